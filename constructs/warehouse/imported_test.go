package warehouse_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/constructs/warehouse"
	"github.com/tributary-cdk/tributary/internal/synthtest"
)

// inAccount are environments with a known account and region, by partition.
var inAccount = map[string]*awscdk.Environment{
	"aws":        {Account: jsii.String("123456789012"), Region: jsii.String("eu-west-1")},
	"aws-cn":     {Account: jsii.String("123456789012"), Region: jsii.String("cn-north-1")},
	"aws-us-gov": {Account: jsii.String("123456789012"), Region: jsii.String("us-gov-west-1")},
}

const secretARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:theirs-AbCdEf"

// functionStatements returns the statements of the function's policy, except those for its log.
func functionStatements(t *testing.T, stack awscdk.Stack) []string {
	t.Helper()
	var statements []string
	for _, line := range synthtest.Statements(t, stack) {
		if strings.HasPrefix(line, "TributaryDDLRoleDefaultPolicy") && !strings.Contains(line, "logs:") {
			_, statement, _ := strings.Cut(line, ": ")
			statements = append(statements, statement)
		}
	}
	return statements
}

// ownStatements is the policy statement for actions on the grantee's own SQL statements. IAM
// has no resource type for them.
const ownStatements = `Allow redshift-data:DescribeStatement, redshift-data:GetStatementResult, redshift-data:CancelStatement, redshift-data:ListStatements on * ` +
	`if {"StringEquals":{"redshift-data:statement-owner-iam-userid":"${aws:userid}"}}`

func TestImportedCluster(t *testing.T) {
	tests := map[string]struct {
		attributes func(awscdk.Stack) warehouse.ClusterAttributes
		want       []string
	}{
		"secret": {
			func(stack awscdk.Stack) warehouse.ClusterAttributes {
				return warehouse.ClusterAttributes{
					ClusterIdentifier: "theirs", Database: "dev",
					Secret: awssecretsmanager.Secret_FromSecretCompleteArn(stack, jsii.String("Secret"), jsii.String(secretARN)),
				}
			},
			[]string{"Allow secretsmanager:GetSecretValue on " + secretARN},
		},
		"user": {
			func(awscdk.Stack) warehouse.ClusterAttributes {
				return warehouse.ClusterAttributes{ClusterIdentifier: "theirs", Database: "dev", DatabaseUser: "etl"}
			},
			[]string{"Allow redshift:GetClusterCredentials on arn:${AWS::Partition}:redshift:eu-west-1:123456789012:dbuser:theirs/etl, arn:${AWS::Partition}:redshift:eu-west-1:123456789012:dbname:theirs/dev"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			stack := synthtest.NewStack(&awscdk.StackProps{Env: inAccount["aws"]})
			attributes := test.attributes(stack)
			cluster := warehouse.FromClusterAttributes(stack, jsii.String("Warehouse"), &attributes)
			provider, role := synthtest.NewProvider(t, stack), newRole(stack)
			cluster.GrantDataAPI(provider.Function)
			for range 2 { // the second call returns the same attachment
				if cluster.AttachRole(stack, role, provider) == nil {
					t.Error("want a resource that attaches the role, got nil")
				}
			}
			want := append([]string{"Allow redshift-data:ExecuteStatement on arn:${AWS::Partition}:redshift:eu-west-1:123456789012:cluster:theirs", ownStatements}, test.want...)
			want = append(
				want,
				"Allow redshift:ModifyClusterIamRoles, redshift:DescribeClusters on arn:${AWS::Partition}:redshift:eu-west-1:123456789012:cluster:theirs",
				`Allow iam:PassRole on ${Reader.Arn} if {"StringEquals":{"iam:PassedToService":"redshift.amazonaws.com"}}`,
			)
			if diff := cmp.Diff(want, functionStatements(t, stack)); diff != "" {
				t.Errorf("statements (-want +got):\n%s", diff)
			}
			synthtest.GoldenOf(t, stack, "RoleAttachment", "imported-cluster-"+name)
		})
	}
}

func TestImportedWorkgroup(t *testing.T) {
	tests := map[string]struct {
		secret bool
		want   string
	}{
		"secret": {true, "Allow secretsmanager:GetSecretValue on " + secretARN},
		"itself": {false, "Allow redshift-serverless:GetCredentials on arn:${AWS::Partition}:redshift-serverless:eu-west-1:123456789012:workgroup/w-id"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			stack := synthtest.NewStack(&awscdk.StackProps{Env: inAccount["aws"]})
			attributes := &warehouse.WorkgroupAttributes{WorkgroupName: "w", WorkgroupID: "w-id", NamespaceName: "n", NamespaceID: "n-id", Database: "dev"}
			if test.secret {
				attributes.Secret = awssecretsmanager.Secret_FromSecretCompleteArn(stack, jsii.String("Secret"), jsii.String(secretARN))
			}
			workgroup := warehouse.FromWorkgroupAttributes(stack, jsii.String("Warehouse"), attributes)
			provider := synthtest.NewProvider(t, stack)
			workgroup.GrantDataAPI(provider.Function)
			workgroup.AttachRole(stack, newRole(stack), provider)
			want := []string{
				"Allow redshift-data:ExecuteStatement on arn:${AWS::Partition}:redshift-serverless:eu-west-1:123456789012:workgroup/w-id", ownStatements, test.want,
				"Allow redshift-serverless:GetNamespace, redshift-serverless:UpdateNamespace on arn:${AWS::Partition}:redshift-serverless:eu-west-1:123456789012:namespace/n-id",
				`Allow iam:PassRole on arn:${AWS::Partition}:iam::123456789012:role/* ` + toRedshift,
			}
			if diff := cmp.Diff(want, functionStatements(t, stack)); diff != "" {
				t.Errorf("statements (-want +got):\n%s", diff)
			}
			synthtest.GoldenOf(t, stack, "RoleAttachment", "imported-workgroup-"+name)
		})
	}
}

// toRedshift is met if a role is passed to any service of Redshift, or to an unnamed service.
const toRedshift = `if {"StringLikeIfExists":{"iam:PassedToService":"redshift*.amazonaws.com"}}`

// TestNamespaceRoles checks which roles the function may pass: the attached roles of the
// namespace, or all roles if the attached ones are unknown.
func TestNamespaceRoles(t *testing.T) {
	theirs := "arn:aws:iam::123456789012:role/service-role/theirs"
	tests := map[string]struct {
		warehouse func(awscdk.App, awscdk.Stack) warehouse.Warehouse
		want      string
	}{
		"known": {func(_ awscdk.App, stack awscdk.Stack) warehouse.Warehouse {
			return workgroupWith(stack, []awsiam.IRole{awsiam.Role_FromRoleArn(stack, jsii.String("Theirs"), jsii.String(theirs), nil)})
		}, "${Reader.Arn}, " + theirs},
		"none": {func(_ awscdk.App, stack awscdk.Stack) warehouse.Warehouse {
			return workgroupWith(stack, []awsiam.IRole{})
		}, "${Reader.Arn}"},
		"unknown": {func(_ awscdk.App, stack awscdk.Stack) warehouse.Warehouse {
			return workgroupWith(stack, nil)
		}, "arn:${AWS::Partition}:iam::123456789012:role/*"},
		"a workgroup of another stack": {func(app awscdk.App, _ awscdk.Stack) warehouse.Warehouse {
			return warehouse.NewServerless(awscdk.NewStack(app, jsii.String("Theirs"), &awscdk.StackProps{Env: inAccount["aws"]}), jsii.String("Warehouse"), nil)
		}, "arn:${AWS::Partition}:iam::123456789012:role/*"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			app := awscdk.NewApp(&awscdk.AppProps{AnalyticsReporting: jsii.Bool(false)})
			stack := awscdk.NewStack(app, jsii.String("Shop"), &awscdk.StackProps{Env: inAccount["aws"]})
			if test.warehouse(app, stack).AttachRole(stack, newRole(stack), synthtest.NewProvider(t, stack)) == nil {
				t.Error("want a resource that attaches the role, got nil")
			}
			var got []string
			for _, statement := range functionStatements(t, stack) {
				if strings.Contains(statement, "iam:PassRole") {
					got = append(got, statement)
				}
			}
			if diff := cmp.Diff([]string{"Allow iam:PassRole on " + test.want + " " + toRedshift}, got); diff != "" {
				t.Errorf("statements (-want +got):\n%s", diff)
			}
		})
	}
}

func workgroupWith(stack awscdk.Stack, roles []awsiam.IRole) warehouse.Warehouse {
	return warehouse.FromWorkgroupAttributes(stack, jsii.String("Warehouse"), &warehouse.WorkgroupAttributes{
		WorkgroupName: "w", WorkgroupID: "w-id", NamespaceName: "n", NamespaceID: "n-id", NamespaceRoles: roles, Database: "dev",
	})
}

// TestPartitions checks that no statement assumes the partition aws.
func TestPartitions(t *testing.T) {
	for partition, env := range inAccount {
		t.Run(partition, func(t *testing.T) {
			stack := synthtest.NewStack(&awscdk.StackProps{Env: env})
			cluster := warehouse.FromClusterAttributes(stack, jsii.String("Warehouse"), &warehouse.ClusterAttributes{ClusterIdentifier: "c", Database: "d", DatabaseUser: "u"})
			provider := synthtest.NewProvider(t, stack)
			cluster.GrantDataAPI(provider.Function)
			for _, statement := range functionStatements(t, stack) {
				if strings.Contains(statement, "arn:aws") {
					t.Errorf("want the partition of %s, got %s", partition, statement)
				}
			}
		})
	}
}

// TestProblemsOfImports checks that the synthesis fails with all problems at once.
func TestProblemsOfImports(t *testing.T) {
	stack := synthtest.NewStack(nil)
	warehouse.FromClusterAttributes(stack, jsii.String("Cluster"), nil)
	warehouse.FromWorkgroupAttributes(stack, jsii.String("Workgroup"), nil)
	expectProblems(
		t, stack,
		"[Shop/Cluster] ClusterIdentifier: required; write the cluster's name",
		"[Shop/Cluster] Database: required; write the database's name",
		"[Shop/Cluster] Secret: needs exactly one of Secret and DatabaseUser, got both or neither",
		"[Shop/Workgroup] WorkgroupName: required; write the workgroup's name",
		"[Shop/Workgroup] WorkgroupID: required; write the UUID at the end of the workgroup's ARN",
		"[Shop/Workgroup] NamespaceName: required; write the namespace's name",
		"[Shop/Workgroup] NamespaceID: required; write the UUID at the end of the namespace's ARN",
		"[Shop/Workgroup] Database: required; write the database's name",
	)
}

// TestNetworksShareEndpoints checks that two networks in a VPC share an endpoint, and use an
// existing one that the app defines or names.
func TestNetworksShareEndpoints(t *testing.T) {
	imported := func(stack awscdk.Stack) awsec2.IVpc {
		return awsec2.Vpc_FromVpcAttributes(stack, jsii.String("Vpc"), &awsec2.VpcAttributes{
			VpcId: jsii.String("vpc-1"), AvailabilityZones: jsii.Strings("eu-west-1a", "eu-west-1b"),
			IsolatedSubnetIds: jsii.Strings("subnet-1", "subnet-2"),
		})
	}
	own := func(stack awscdk.Stack) awsec2.IVpc { return awsec2.NewVpc(stack, jsii.String("Vpc"), nil) }
	endpoint := func(stack awscdk.Stack, vpc awsec2.IVpc) awsec2.IInterfaceVpcEndpoint {
		return awsec2.NewInterfaceVpcEndpoint(stack, jsii.String("Theirs"), &awsec2.InterfaceVpcEndpointProps{
			Vpc: vpc, Service: awsec2.InterfaceVpcEndpointAwsService_KINESIS_STREAMS(),
		})
	}
	tests := map[string]struct {
		vpc       func(awscdk.Stack) awsec2.IVpc
		prepare   func(awscdk.Stack, awsec2.IVpc) *warehouse.NetworkProps
		endpoints float64
	}{
		"a VPC of the app": {own, nil, 2}, // S3 and Kinesis
		"an imported VPC":  {imported, nil, 1},
		"an endpoint of the app": {own, func(stack awscdk.Stack, vpc awsec2.IVpc) *warehouse.NetworkProps {
			endpoint(stack, vpc)
			return &warehouse.NetworkProps{}
		}, 2},
		"KinesisEndpoint": {imported, func(stack awscdk.Stack, _ awsec2.IVpc) *warehouse.NetworkProps {
			return &warehouse.NetworkProps{KinesisEndpoint: awsec2.InterfaceVpcEndpoint_FromInterfaceVpcEndpointAttributes(stack, jsii.String("Theirs"), &awsec2.InterfaceVpcEndpointAttributes{
				VpcEndpointId: jsii.String("vpce-1"), Port: jsii.Number(443),
				SecurityGroups: &[]awsec2.ISecurityGroup{awsec2.SecurityGroup_FromSecurityGroupId(stack, jsii.String("Group"), jsii.String("sg-1"), nil)},
			})}
		}, 0},
		"NoEndpoints": {imported, func(awscdk.Stack, awsec2.IVpc) *warehouse.NetworkProps {
			return &warehouse.NetworkProps{NoEndpoints: true}
		}, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			stack := synthtest.NewStack(&awscdk.StackProps{Env: inAccount["aws"]})
			vpc, props := test.vpc(stack), &warehouse.NetworkProps{}
			if test.prepare != nil {
				props = test.prepare(stack, vpc)
			}
			props.VPC = vpc
			for _, id := range []string{"First", "Second"} {
				warehouse.NewNetwork(stack, jsii.String(id), props)
			}
			tpl := assertions.Template_FromStack(stack, nil)
			tpl.ResourceCountIs(jsii.String("AWS::EC2::VPCEndpoint"), jsii.Number(test.endpoints))
			if name != "NoEndpoints" { // the endpoint accepts both groups
				for _, group := range []string{"FirstSecurityGroup", "SecondSecurityGroup"} {
					text := strings.Join(ingressSources(t, stack), " ")
					if !strings.Contains(text, group) {
						t.Errorf("want %s among the groups that the endpoint accepts, got %s", group, text)
					}
				}
			}
		})
	}
}

// ingressSources returns the source security groups of all ingress rules.
func ingressSources(t *testing.T, stack awscdk.Stack) []string {
	t.Helper()
	var sources []string
	for _, resource := range synthtest.Resources(t, stack, "") {
		properties, _ := resource["Properties"].(map[string]any)
		if resource["Type"] == "AWS::EC2::SecurityGroupIngress" {
			source, _ := properties["SourceSecurityGroupId"].(map[string]any)
			attribute, _ := source["Fn::GetAtt"].([]any)
			id, _ := attribute[0].(string)
			sources = append(sources, id)
		}
	}
	return sources
}
