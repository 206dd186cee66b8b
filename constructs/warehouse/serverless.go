package warehouse

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsredshiftserverless"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
	"github.com/tributary-cdk/tributary/constructs/invalid"
	"github.com/tributary-cdk/tributary/internal/contract"
)

// Serverless is a Serverless namespace and its workgroup: encrypted, private,
// reached over TLS only, its own traffic kept within its VPC, its admin password in
// a secret of the stack's.
//
// The password is not managed by Redshift, as a cluster's is: CloudFormation gives
// away no ARN of that secret. It is made up by Secrets Manager, and the template
// holds a reference to it.
type Serverless struct {
	constructs.Construct
	// Network is where the workgroup is. It is nil if the props were bad.
	Network *Network
	// Namespace holds the databases and the roles. It is nil if the props were bad.
	Namespace awsredshiftserverless.CfnNamespace
	// Workgroup runs the statements. It is nil if the props were bad.
	Workgroup awsredshiftserverless.CfnWorkgroup
	// Secret is the admin's. It is nil if the props were bad.
	Secret awssecretsmanager.ISecret

	database string
	roles    *roleList
}

var _ Warehouse = (*Serverless)(nil)

// NewServerless defines a Serverless warehouse under scope. Bad props fail the
// synthesis with every problem, each under its path; then nothing is defined.
func NewServerless(scope constructs.Construct, id *string, props *ServerlessProps) *Serverless {
	p := props.withDefaults()
	s := &Serverless{Construct: constructs.NewConstruct(scope, id), Network: p.Network, database: p.Database, roles: &roleList{}}
	if invalid.Report(s.Construct, p.problems()) {
		return s
	}
	if s.Network == nil {
		s.Network = NewNetwork(s.Construct, jsii.String("Network"), &NetworkProps{Zones: serverlessZones})
	}
	s.newNamespace(p)
	s.newWorkgroup(p)
	for _, limit := range p.UsageLimits {
		s.limit(limit, p.Provider)
	}
	return s
}

// adminSecretLength is short of the 64 characters that the password may have.
const adminSecretLength = 32

func (s *Serverless) newNamespace(p *ServerlessProps) {
	secret := awssecretsmanager.NewSecret(s.Construct, jsii.String("Secret"), &awssecretsmanager.SecretProps{
		Description: jsii.String("The admin of " + *s.Node().Path()), EncryptionKey: p.EncryptionKey, RemovalPolicy: withoutSnapshot(p.RemovalPolicy),
		GenerateSecretString: &awssecretsmanager.SecretStringGenerator{
			SecretStringTemplate: jsii.String(`{"username":"` + p.AdminUsername + `"}`), GenerateStringKey: jsii.String("password"),
			PasswordLength: jsii.Number(adminSecretLength), ExcludePunctuation: jsii.Bool(true), // some of it Redshift refuses
		},
	})
	s.Secret = secret
	name := p.NamespaceName
	if name == "" {
		name = s.uniqueName()
	}
	s.Namespace = awsredshiftserverless.NewCfnNamespace(s.Construct, jsii.String("Namespace"), &awsredshiftserverless.CfnNamespaceProps{
		NamespaceName: jsii.String(name), DbName: jsii.String(p.Database),
		AdminUsername: jsii.String(p.AdminUsername), AdminUserPassword: secret.SecretValueFromJson(jsii.String("password")).UnsafeUnwrap(),
		IamRoles: anyList(*awscdk.Lazy_List(s.roles, &awscdk.LazyListValueOptions{OmitEmpty: jsii.Bool(true)})), LogExports: jsiiList(p.LogExports),
	})
	if p.EncryptionKey != nil {
		s.Namespace.SetKmsKeyId(p.EncryptionKey.KeyArn())
	}
	if p.RemovalPolicy == awscdk.RemovalPolicy_SNAPSHOT {
		// CloudFormation has no snapshot policy for namespaces: Redshift takes one.
		s.Namespace.SetFinalSnapshotName(jsii.String(name))
		s.Namespace.ApplyRemovalPolicy(awscdk.RemovalPolicy_DESTROY, nil)
		return
	}
	s.Namespace.ApplyRemovalPolicy(p.RemovalPolicy, nil)
}

func (s *Serverless) newWorkgroup(p *ServerlessProps) {
	name := p.WorkgroupName
	if name == "" {
		name = s.uniqueName()
	}
	props := &awsredshiftserverless.CfnWorkgroupProps{
		WorkgroupName: jsii.String(name), NamespaceName: s.Namespace.Ref(),
		EnhancedVpcRouting: jsii.Bool(true), PubliclyAccessible: jsii.Bool(false),
		SubnetIds:        anyList(*s.Network.VPC.SelectSubnets(s.Network.Subnets).SubnetIds),
		SecurityGroupIds: &[]any{s.Network.SecurityGroup.SecurityGroupId()},
		ConfigParameters: p.configParameters(),
	}
	if p.BaseCapacity != 0 {
		props.BaseCapacity = jsii.Number(p.BaseCapacity)
	}
	if p.MaxCapacity != 0 {
		props.MaxCapacity = jsii.Number(p.MaxCapacity)
	}
	if p.PricePerformance != 0 {
		props.PricePerformanceTarget = &awsredshiftserverless.CfnWorkgroup_PerformanceTargetProperty{
			Status: jsii.String("ENABLED"), Level: jsii.Number(p.PricePerformance),
		}
	}
	s.Workgroup = awsredshiftserverless.NewCfnWorkgroup(s.Construct, jsii.String("Workgroup"), props)
	// The endpoints are there before whoever needs them.
	s.Workgroup.Node().AddDependency(s.Network.VPC)
	s.Workgroup.ApplyRemovalPolicy(withoutSnapshot(p.RemovalPolicy), nil)
}

// withoutSnapshot returns the removal policy of a resource that no snapshot can be made
// of, and that holds nothing which the namespace's snapshot lacks.
func withoutSnapshot(policy awscdk.RemovalPolicy) awscdk.RemovalPolicy {
	if policy == awscdk.RemovalPolicy_SNAPSHOT {
		return awscdk.RemovalPolicy_DESTROY
	}
	return policy
}

// uniqueName returns a name that no other stack's warehouse has in this account and
// region, as long as the stacks' names differ.
func (s *Serverless) uniqueName() string {
	return strings.ToLower(*awscdk.Names_UniqueResourceName(s.Construct, &awscdk.UniqueResourceNameOptions{
		MaxLength: jsii.Number(maxServerlessName), Separator: jsii.String("-"),
	}))
}

// limit has the function set a usage limit: CloudFormation has no type for it. The
// four actions have no resource type, neither the workgroup's nor the limit's, so that
// only * grants them, and no condition key that tells one workgroup from another. What
// keeps the function to this workgroup is what it asks for: see package usagelimit.
//
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonredshiftserverless.html
func (s *Serverless) limit(l UsageLimit, provider *ddlprovider.Provider) {
	if provider == nil {
		provider = ddlprovider.InStack(s.Construct)
	}
	arn := s.Workgroup.AttrWorkgroupWorkgroupArn()
	grant := grantOn(
		provider.Function, jsii.String("*"), "redshift-serverless:CreateUsageLimit", "redshift-serverless:ListUsageLimits",
		"redshift-serverless:UpdateUsageLimit", "redshift-serverless:DeleteUsageLimit",
	)
	resource := provider.Resource(s.Construct, l.id(), contract.UsageLimitType, awscdk.RemovalPolicy_DESTROY, contract.Encode(contract.Properties{UsageLimit: contract.UsageLimit{
		WorkgroupARN: *arn, UsageType: l.usageType(), Amount: json.Number(strconv.Itoa(l.Amount)), Period: l.period(), BreachAction: l.breachAction(),
	}}))
	resource.Node().AddDependency(provider.Function)
	grant.ApplyBefore(resource)
}

// Target returns the workgroup, its database and its admin's secret; if the props
// were bad, no more than the database.
func (s *Serverless) Target() Target {
	if s.Workgroup == nil {
		return Target{Database: jsii.String(s.database)}
	}
	return Target{WorkgroupName: s.Workgroup.Ref(), Database: jsii.String(s.database), SecretARN: s.Secret.SecretArn()}
}

// Isolated reports whether the warehouse's network is: see [Network.Isolated].
func (s *Serverless) Isolated() bool { return s.Network != nil && s.Network.Isolated() }

// AttachRole adds role to the namespace's own roles. A role of another stack is
// attached by the function instead: the two stacks would need each other. Then the
// function may pass every role of the account, to Redshift: the list that it writes
// also has the roles that third stacks attach, and that this one can't name without
// needing them.
func (s *Serverless) AttachRole(scope constructs.Construct, role awsiam.IRole, by *ddlprovider.Provider) constructs.IDependable {
	if s.Namespace == nil {
		return nil // the props were bad
	}
	if *awscdk.Stack_Of(role).Node().Addr() != *awscdk.Stack_Of(s.Construct).Node().Addr() {
		to := namespace{name: s.Namespace.Ref(), arn: s.Namespace.AttrNamespaceNamespaceArn()}
		return attachToNamespace(scope, s.Target(), to, role, by)
	}
	s.roles.add(role.RoleArn())
	return nil
}

// GrantDataAPI lets grantee run statements as the admin.
func (s *Serverless) GrantDataAPI(grantee awsiam.IGrantable) awsiam.Grant {
	if s.Workgroup == nil {
		return awsiam.Grant_Drop(grantee, jsii.String("the props are bad"))
	}
	return grantStatements(grantee, s.Workgroup.AttrWorkgroupWorkgroupArn()).
		Combine(grantSecret(s.Construct, grantee, s.Secret))
}

// GrantQuery lets grantee run statements as the user IAMR:<role> or IAM:<user>.
func (s *Serverless) GrantQuery(grantee awsiam.IGrantable) awsiam.Grant {
	if s.Workgroup == nil {
		return awsiam.Grant_Drop(grantee, jsii.String("the props are bad"))
	}
	arn := s.Workgroup.AttrWorkgroupWorkgroupArn()
	return grantStatements(grantee, arn).Combine(grantServerlessCredentials(grantee, arn))
}

// Metric returns a metric of the workgroup.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-monitoring.html
func (s *Serverless) Metric(name *string, props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return metric(s.Construct, serverlessNamespace, name, workgroupDimension, s.Target().Name(), props)
}

// MetricComputeCapacity is how many RPUs are in use.
func (s *Serverless) MetricComputeCapacity(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return s.Metric(jsii.String("ComputeCapacity"), props)
}

// MetricComputeSeconds is how many RPU-seconds were used.
func (s *Serverless) MetricComputeSeconds(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return s.Metric(jsii.String("ComputeSeconds"), props)
}

// MetricDatabaseConnections is how many connections there are.
func (s *Serverless) MetricDatabaseConnections(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return s.Metric(jsii.String("DatabaseConnections"), props)
}
