package warehouse_test

import (
	"os"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/warehouse"
)

func TestMain(m *testing.M) {
	code := m.Run()
	stderr := os.Stderr
	os.Stderr, _ = os.Open(os.DevNull) // Close reports a process that has ended already
	jsii.Close()
	os.Stderr = stderr
	os.Exit(code)
}

func newStack() awscdk.Stack {
	return awscdk.NewStack(awscdk.NewApp(&awscdk.AppProps{AnalyticsReporting: jsii.Bool(false)}), jsii.String("Shop"), nil)
}

func TestClusterByDefault(t *testing.T) {
	stack := newStack()
	warehouse.NewCluster(stack, jsii.String("Warehouse"), nil)
	tpl := assertions.Template_FromStack(stack, nil)
	tpl.HasResource(jsii.String("AWS::Redshift::Cluster"), &map[string]any{
		"DeletionPolicy": "Retain",
		"Properties": map[string]any{
			"ClusterIdentifier":    assertions.Match_Absent(), // CloudFormation makes one up
			"ClusterType":          "single-node",
			"NodeType":             "ra3.large",
			"DBName":               "dev",
			"MasterUsername":       "awsuser",
			"ManageMasterPassword": true,
			"MasterUserPassword":   assertions.Match_Absent(),
			"Encrypted":            true,
			"PubliclyAccessible":   false,
			"EnhancedVpcRouting":   true,
		},
	})
	// Nothing may come in, and what goes out stays within the VPC's endpoints.
	tpl.HasResourceProperties(jsii.String("AWS::EC2::SecurityGroup"), &map[string]any{
		"GroupDescription":     "Redshift warehouse",
		"SecurityGroupIngress": assertions.Match_Absent(),
		"SecurityGroupEgress":  []any{map[string]any{"CidrIp": "0.0.0.0/0", "FromPort": 443, "ToPort": 443, "IpProtocol": "tcp"}},
	})
	tpl.ResourceCountIs(jsii.String("AWS::EC2::VPCEndpoint"), jsii.Number(2))
	tpl.ResourceCountIs(jsii.String("AWS::Lambda::Function"), jsii.Number(0))
}

func TestClusterWithEverythingSet(t *testing.T) {
	stack := newStack()
	cluster := warehouse.NewCluster(stack, jsii.String("Warehouse"), &warehouse.ClusterProps{
		ClusterIdentifier: "shop", NodeType: "ra3.xlplus", Database: "sales", AdminUsername: "root",
		Network: warehouse.NewNetwork(stack, jsii.String("Network")), RemovalPolicy: awscdk.RemovalPolicy_SNAPSHOT,
	})
	role := awsiam.NewRole(stack, jsii.String("Reader"), &awsiam.RoleProps{
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("redshift.amazonaws.com"), nil),
	})
	cluster.AttachRole(role)
	resource, ok := role.Node().DefaultChild().(awsiam.CfnRole)
	if !ok {
		t.Fatal("the role has no resource")
	}
	tpl := assertions.Template_FromStack(stack, nil)
	tpl.HasResource(jsii.String("AWS::Redshift::Cluster"), &map[string]any{
		"DeletionPolicy": "Snapshot",
		"Properties": map[string]any{
			"ClusterIdentifier": "shop", "NodeType": "ra3.xlplus", "DBName": "sales", "MasterUsername": "root",
			"IamRoles": []any{map[string]any{"Fn::GetAtt": []any{*stack.GetLogicalId(resource), "Arn"}}},
		},
	})
	tpl.ResourceCountIs(jsii.String("AWS::EC2::VPC"), jsii.Number(1))
	if target := cluster.Target(); *target.Database != "sales" {
		t.Errorf("want the database %q, got %q", "sales", *target.Database)
	}
}

func TestGrantDataAPI(t *testing.T) {
	stack := newStack()
	cluster := warehouse.NewCluster(stack, jsii.String("Warehouse"), &warehouse.ClusterProps{ClusterIdentifier: "shop"})
	user := awsiam.NewUser(stack, jsii.String("Analyst"), nil)
	cluster.GrantDataAPI(user)
	assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String("AWS::IAM::Policy"), &map[string]any{
		"PolicyDocument": map[string]any{"Statement": []any{
			map[string]any{"Sid": "RunStatements", "Action": "redshift-data:ExecuteStatement", "Effect": "Allow", "Resource": assertions.Match_ObjectLike(&map[string]any{
				"Fn::Join": assertions.Match_AnyValue(),
			})},
			assertions.Match_ObjectLike(&map[string]any{"Sid": "FollowOwnStatements", "Resource": "*", "Condition": map[string]any{
				"StringEquals": map[string]any{"redshift-data:statement-owner-iam-userid": "${aws:userid}"},
			}}),
			assertions.Match_ObjectLike(&map[string]any{"Sid": "ReadAdminSecret", "Action": "secretsmanager:GetSecretValue"}),
		}},
	})
}
