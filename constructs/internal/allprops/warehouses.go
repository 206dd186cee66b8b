package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
	"github.com/tributary-cdk/tributary/constructs/ingestion"
	"github.com/tributary-cdk/tributary/constructs/warehouse"
)

// use defines everything that adds IAM statements for a warehouse: an ingestion of a new
// stream, roles and a user who may query the warehouse, and a role that may run statements as
// the views' owner.
func (a *all) use(stack awscdk.Stack, w warehouse.Warehouse) {
	views := ingestion.New(stack, jsii.String("Ingestion"), a.minimal(stack, w))
	role := awsiam.NewRole(stack, jsii.String("Reader"), &awsiam.RoleProps{AssumedBy: awsiam.NewAccountRootPrincipal()})
	user := awsiam.NewUser(stack, jsii.String("Analyst"), nil)
	views.GrantRead(role)
	views.GrantRead(user)
	w.GrantQuery(awsiam.NewRole(stack, jsii.String("Querier"), &awsiam.RoleProps{AssumedBy: awsiam.NewAccountRootPrincipal()}))
	w.GrantDataAPI(awsiam.NewRole(stack, jsii.String("Owner"), &awsiam.RoleProps{AssumedBy: awsiam.NewAccountRootPrincipal()}))
}

// key defines a customer managed key.
func key(scope constructs.Construct, id string) awskms.IKey {
	return awskms.NewKey(scope, jsii.String(id), &awskms.KeyProps{EnableKeyRotation: jsii.Bool(true)})
}

func (a *all) clusters() {
	stack := a.stack("Cluster-Minimal")
	a.use(stack, warehouse.NewCluster(stack, jsii.String("Warehouse"), nil))

	stack = a.stack("Cluster-All")
	a.use(stack, warehouse.NewCluster(stack, jsii.String("Warehouse"), with(a.set, &warehouse.ClusterProps{
		ClusterIdentifier: "analytics", NodeType: "ra3.xlplus", Nodes: 2, Relocation: true, Database: "shop", AdminUsername: "root", Port: 8192,
		Network: warehouse.NewNetwork(stack, jsii.String("Network"), nil), EncryptionKey: key(stack, "Key"),
		Parameters: map[string]string{"statement_timeout": "60000"}, MaintenanceWindow: "sun:03:00-sun:03:30", MaintenanceTrack: "trailing",
		SnapshotDays: 7, LogBucket: awss3.NewBucket(stack, jsii.String("Logs"), nil), LogPrefix: "redshift/",
		PauseSchedule: "cron(0 20 * * ? *)", ResumeSchedule: "cron(0 6 * * ? *)", RemovalPolicy: awscdk.RemovalPolicy_SNAPSHOT,
	})))

	stack = a.stack("Cluster-MultiAZ")
	a.use(stack, warehouse.NewCluster(stack, jsii.String("Warehouse"), with(a.set, &warehouse.ClusterProps{
		MultiAZ: true, ParameterGroupName: "ours", LogExports: []string{"connectionlog", "userlog", "useractivitylog"},
	})))
}

func (a *all) serverless() {
	stack := a.stack("Serverless-Minimal")
	a.use(stack, warehouse.NewServerless(stack, jsii.String("Warehouse"), nil))

	stack = a.stack("Serverless-All")
	a.use(stack, warehouse.NewServerless(stack, jsii.String("Warehouse"), with(a.set, &warehouse.ServerlessProps{
		NamespaceName: "space", WorkgroupName: "group", Database: "shop", AdminUsername: "root", BaseCapacity: 8, MaxCapacity: 32,
		UsageLimits: []warehouse.UsageLimit{
			{Amount: 48, Period: "daily", BreachAction: "deactivate"},
			{Amount: 1, Period: "monthly", BreachAction: "log", CrossRegion: true},
		},
		Provider:      ddlprovider.InStack(stack),
		Network:       warehouse.NewNetwork(stack, jsii.String("Network"), &warehouse.NetworkProps{Zones: 3}),
		EncryptionKey: key(stack, "Key"), Parameters: map[string]string{"max_query_execution_time": "60"},
		LogExports: []string{"connectionlog"}, RemovalPolicy: awscdk.RemovalPolicy_SNAPSHOT,
	})))

	stack = a.stack("Serverless-PricePerformance")
	a.use(stack, warehouse.NewServerless(stack, jsii.String("Warehouse"), with(a.set, &warehouse.ServerlessProps{PricePerformance: 50})))
}

// secret imports a secret. If encrypted is true, a customer managed key encrypts it.
func secret(stack awscdk.Stack, encrypted bool) awssecretsmanager.ISecret {
	attributes := &awssecretsmanager.SecretAttributes{
		SecretCompleteArn: jsii.String("arn:aws:secretsmanager:" + region + ":" + account + ":secret:owner-AbCdEf"),
	}
	if encrypted {
		attributes.EncryptionKey = key(stack, "SecretKey")
	}
	return awssecretsmanager.Secret_FromSecretAttributes(stack, jsii.String("Secret"), attributes)
}

func (a *all) importedClusters() {
	for name, attributes := range map[string]func(awscdk.Stack) *warehouse.ClusterAttributes{
		"User": func(awscdk.Stack) *warehouse.ClusterAttributes {
			return &warehouse.ClusterAttributes{ClusterIdentifier: "theirs", Database: "dev", DatabaseUser: "owner"}
		},
		"Secret": func(stack awscdk.Stack) *warehouse.ClusterAttributes {
			return &warehouse.ClusterAttributes{ClusterIdentifier: "theirs", Database: "dev", Secret: secret(stack, false)}
		},
		"SecretWithKey": func(stack awscdk.Stack) *warehouse.ClusterAttributes {
			return &warehouse.ClusterAttributes{ClusterIdentifier: "theirs", Database: "dev", Secret: secret(stack, true)}
		},
		"SecretByName": func(stack awscdk.Stack) *warehouse.ClusterAttributes {
			return &warehouse.ClusterAttributes{
				ClusterIdentifier: "theirs", Database: "dev",
				Secret: awssecretsmanager.Secret_FromSecretNameV2(stack, jsii.String("Secret"), jsii.String("owner")),
			}
		},
	} {
		stack := a.stack("ImportedCluster-" + name)
		a.use(stack, warehouse.FromClusterAttributes(stack, jsii.String("Warehouse"), with(a.set, attributes(stack))))
	}
}

func (a *all) importedWorkgroups() {
	minimal := warehouse.WorkgroupAttributes{
		WorkgroupName: "group", WorkgroupID: "11111111-2222-3333-4444-555555555555",
		NamespaceName: "space", NamespaceID: "66666666-7777-8888-9999-000000000000", Database: "dev",
	}
	stack := a.stack("ImportedWorkgroup-Minimal")
	a.use(stack, warehouse.FromWorkgroupAttributes(stack, jsii.String("Warehouse"), &minimal))

	stack = a.stack("ImportedWorkgroup-All")
	minimal.Secret = secret(stack, true)
	minimal.NamespaceRoles = []awsiam.IRole{awsiam.Role_FromRoleArn(stack, jsii.String("Theirs"), jsii.String("arn:aws:iam::"+account+":role/theirs"), nil)}
	a.use(stack, warehouse.FromWorkgroupAttributes(stack, jsii.String("Warehouse"), with(a.set, &minimal)))
}

func (a *all) networks() {
	stack := a.stack("Network-All")
	vpc := awsec2.NewVpc(stack, jsii.String("Vpc"), &awsec2.VpcProps{MaxAzs: jsii.Number(2), NatGateways: jsii.Number(0), RestrictDefaultSecurityGroup: jsii.Bool(false)})
	endpoint := vpc.AddInterfaceEndpoint(jsii.String("Kinesis"), &awsec2.InterfaceVpcEndpointOptions{
		Service: awsec2.InterfaceVpcEndpointAwsService_KINESIS_STREAMS(), Subnets: &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PUBLIC},
	})
	warehouse.NewNetwork(stack, jsii.String("Theirs"), with(a.set, &warehouse.NetworkProps{
		VPC: vpc, Subnets: &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PUBLIC},
		SecurityGroup:   awsec2.NewSecurityGroup(stack, jsii.String("Group"), &awsec2.SecurityGroupProps{Vpc: vpc}),
		KinesisEndpoint: endpoint,
	}))
	warehouse.NewNetwork(stack, jsii.String("New"), with(a.set, &warehouse.NetworkProps{Zones: 1, NoEndpoints: true}))
	warehouse.NewNetwork(stack, jsii.String("Named"), with(a.set, &warehouse.NetworkProps{
		AvailabilityZones: []string{region + "a", region + "b"}, STSEndpoint: true,
	}))
}

// twoStacks attaches roles of one stack to warehouses of another stack, which the function
// does.
func (a *all) twoStacks() {
	first, second := a.stack("TwoStacks-Warehouses"), a.stack("TwoStacks-Ingestions")
	for id, w := range map[string]warehouse.Warehouse{
		"Cluster":   warehouse.NewCluster(first, jsii.String("Cluster"), nil),
		"Workgroup": warehouse.NewServerless(first, jsii.String("Workgroup"), nil),
	} {
		scope := constructs.NewConstruct(second, jsii.String(id))
		w.AttachRole(scope, awsiam.NewRole(scope, jsii.String("Role"), &awsiam.RoleProps{
			AssumedBy: awsiam.NewServicePrincipal(jsii.String("redshift.amazonaws.com"), nil),
		}), ddlprovider.InStack(scope))
		w.GrantDataAPI(ddlprovider.InStack(scope).Function)
	}
}
