package warehouse_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/constructs/warehouse"
	"github.com/tributary-cdk/tributary/internal/synthtest"
)

func TestMain(m *testing.M) { synthtest.Main(m) }

// newRole defines a role that Redshift may assume.
func newRole(scope constructs.Construct) awsiam.Role {
	return awsiam.NewRole(scope, jsii.String("Reader"), &awsiam.RoleProps{
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("redshift.amazonaws.com"), nil),
	})
}

// expectProblems synthesizes a stack, and compares the problems that the synthesis fails with.
func expectProblems(t *testing.T, stack awscdk.Stack, problems ...string) {
	t.Helper()
	defer func() {
		t.Helper()
		got := fmt.Sprint(recover())
		var lines []string
		for _, line := range strings.Split(got, "\n") {
			if line = strings.TrimSpace(line); strings.HasPrefix(line, "[Shop") {
				lines = append(lines, line)
			}
		}
		if diff := cmp.Diff(problems, lines); diff != "" {
			t.Errorf("problems (-want +got):\n%s", diff)
		}
	}()
	assertions.Template_FromStack(stack, nil)
	t.Error("the stack was synthesized")
}

func TestClusterBare(t *testing.T) {
	stack := synthtest.NewStack(nil)
	warehouse.NewCluster(stack, jsii.String("Warehouse"), nil)
	synthtest.Golden(t, stack, "cluster-bare")
}

// TestClusterByDefault checks the most important defaults explicitly.
func TestClusterByDefault(t *testing.T) {
	stack := synthtest.NewStack(nil)
	warehouse.NewCluster(stack, jsii.String("Warehouse"), nil)
	tpl := assertions.Template_FromStack(stack, nil)
	tpl.HasResource(jsii.String("AWS::Redshift::Cluster"), &map[string]any{
		"DeletionPolicy": "Retain",
		"Properties": map[string]any{
			"ClusterIdentifier":    assertions.Match_Absent(), // CloudFormation generates one
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
	// The group allows no ingress, and only HTTPS as egress. The VPC has only endpoints.
	tpl.HasResourceProperties(jsii.String("AWS::EC2::SecurityGroup"), &map[string]any{
		"GroupDescription":     "Redshift warehouse",
		"SecurityGroupIngress": assertions.Match_Absent(),
		"SecurityGroupEgress":  []any{map[string]any{"CidrIp": "0.0.0.0/0", "FromPort": 443, "ToPort": 443, "IpProtocol": "tcp"}},
	})
	tpl.ResourceCountIs(jsii.String("AWS::EC2::VPCEndpoint"), jsii.Number(2))
	tpl.ResourceCountIs(jsii.String("AWS::Lambda::Function"), jsii.Number(0))
}

func TestClusterWithEverything(t *testing.T) {
	stack := synthtest.NewStack(nil)
	cluster := warehouse.NewCluster(stack, jsii.String("Warehouse"), &warehouse.ClusterProps{
		ClusterIdentifier: "shop", NodeType: "ra3.xlplus", Nodes: 3, Relocation: true, Database: "sales", AdminUsername: "root", Port: 5440,
		Network:           warehouse.NewNetwork(stack, jsii.String("Network"), &warehouse.NetworkProps{Zones: 3}),
		EncryptionKey:     awskms.NewKey(stack, jsii.String("Key"), nil),
		Parameters:        map[string]string{"statement_timeout": "60000", "enable_user_activity_logging": "true"},
		MaintenanceWindow: "sun:03:00-sun:03:30", MaintenanceTrack: "trailing", SnapshotDays: 7,
		LogBucket: awss3.NewBucket(stack, jsii.String("Logs"), nil), LogPrefix: "audit/",
		PauseSchedule: "cron(0 19 ? * MON-FRI *)", ResumeSchedule: "cron(0 7 ? * MON-FRI *)",
		RemovalPolicy: awscdk.RemovalPolicy_SNAPSHOT,
	})
	if attachment := cluster.AttachRole(stack, newRole(stack), synthtest.NewProvider(t, stack)); attachment != nil {
		t.Error("want the role in the cluster's resource, got a custom resource")
	}
	cluster.GrantDataAPI(awsiam.NewUser(stack, jsii.String("Admin"), nil))
	cluster.GrantQuery(awsiam.NewUser(stack, jsii.String("Analyst"), nil))
	synthtest.Golden(t, stack, "cluster-everything")
	var got []string
	for _, line := range synthtest.Statements(t, stack) {
		if strings.HasPrefix(line, "Admin") || strings.HasPrefix(line, "Analyst") || strings.HasPrefix(line, "WarehousePause") {
			got = append(got, strings.ReplaceAll(line, "arn:${AWS::Partition}:redshift:${AWS::Region}:${AWS::AccountId}:cluster:${WarehouseCluster}", "CLUSTER"))
		}
	}
	want := []string{
		"AdminDefaultPolicy: Allow redshift-data:ExecuteStatement on CLUSTER",
		// IAM has no resource type for these actions.
		`AdminDefaultPolicy: Allow redshift-data:DescribeStatement, redshift-data:GetStatementResult, redshift-data:CancelStatement, redshift-data:ListStatements on * if {"StringEquals":{"redshift-data:statement-owner-iam-userid":"${aws:userid}"}}`,
		`AdminDefaultPolicy: Allow secretsmanager:GetSecretValue on ${WarehouseCluster.MasterPasswordSecretArn}`,
		"AdminDefaultPolicy: Allow kms:Decrypt on ${Key.Arn} " + viaSecretsManager,
		"AnalystDefaultPolicy: Allow redshift-data:ExecuteStatement on CLUSTER",
		`AnalystDefaultPolicy: Allow redshift-data:DescribeStatement, redshift-data:GetStatementResult, redshift-data:CancelStatement, redshift-data:ListStatements on * if {"StringEquals":{"redshift-data:statement-owner-iam-userid":"${aws:userid}"}}`,
		`AnalystDefaultPolicy: Allow redshift:GetClusterCredentialsWithIAM on arn:${AWS::Partition}:redshift:${AWS::Region}:${AWS::AccountId}:dbname:${WarehouseCluster}/sales`,
		`WarehousePauseRole: Allow {"Service":"scheduler.redshift.amazonaws.com"} sts:AssumeRole`,
		"WarehousePauseRole: Allow redshift:PauseCluster on CLUSTER",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("statements (-want +got):\n%s", diff)
	}
}

func TestClusterInTwoZones(t *testing.T) {
	stack := synthtest.NewStack(nil)
	warehouse.NewCluster(stack, jsii.String("Warehouse"), &warehouse.ClusterProps{MultiAZ: true})
	tpl := assertions.Template_FromStack(stack, nil)
	tpl.HasResourceProperties(jsii.String("AWS::Redshift::Cluster"), &map[string]any{"MultiAZ": true, "NumberOfNodes": 2, "ClusterType": "multi-node"})
	tpl.ResourceCountIs(jsii.String("AWS::EC2::Subnet"), jsii.Number(3)) // Redshift picks two of the three zones
}

// TestClusterProblems checks that the synthesis fails with all problems at once.
func TestClusterProblems(t *testing.T) {
	stack := synthtest.NewStack(nil)
	cluster := warehouse.NewCluster(stack, jsii.String("Warehouse"), &warehouse.ClusterProps{
		ClusterIdentifier: "My--Cluster", NodeType: "dc2.large", Nodes: 1, MultiAZ: true, Relocation: true, Database: "Sales", AdminUsername: "1", Port: 80,
		Parameters: map[string]string{"a": "b"}, ParameterGroupName: "theirs", MaintenanceWindow: "sunday", MaintenanceTrack: "old", SnapshotDays: 36,
		LogPrefix: "x", LogExports: []string{"everything"}, PauseSchedule: "every evening",
	})
	// A grant on an invalid cluster doesn't hide the problems.
	cluster.GrantDataAPI(awsiam.NewUser(stack, jsii.String("Admin"), nil))
	expectProblems(
		t, stack,
		`[Shop/Warehouse] ClusterIdentifier: got "My--Cluster"; write up to 63 lower-case letters, digits and single hyphens, beginning with a letter`,
		`[Shop/Warehouse] NodeType: got "dc2.large"; write one of ra3.large, ra3.xlplus, ra3.4xlarge, ra3.16xlarge, rg.xlarge, rg.4xlarge`,
		`[Shop/Warehouse] NodeType: got "dc2.large"; MultiAZ needs an ra3 type`,
		`[Shop/Warehouse] Nodes: got 1; MultiAZ needs 2 in each zone`,
		`[Shop/Warehouse] Relocation: is set together with MultiAZ, which relocates by itself; remove one of them`,
		`[Shop/Warehouse] PauseSchedule: a MultiAZ cluster can't be paused; remove the schedules or MultiAZ`,
		`[Shop/Warehouse] Database: got "Sales"; write "sales"`,
		`[Shop/Warehouse] AdminUsername: got "1"; write up to 127 lower-case letters, digits and _+.@-, beginning with a letter`,
		`[Shop/Warehouse] Port: got 80; write a port from 5431 to 5455 or from 8191 to 8215`,
		`[Shop/Warehouse] Parameters: is set together with ParameterGroupName; remove one of them`,
		`[Shop/Warehouse] MaintenanceWindow: got "sunday"; write a window such as sun:03:00-sun:03:30`,
		`[Shop/Warehouse] MaintenanceTrack: got "old"; write current or trailing`,
		`[Shop/Warehouse] SnapshotDays: got 36; write 1 to 35 days`,
		`[Shop/Warehouse] LogExports[0]: got "everything"; write one of connectionlog, userlog, useractivitylog`,
		`[Shop/Warehouse] LogPrefix: needs a LogBucket; set LogBucket, too`,
		`[Shop/Warehouse] PauseSchedule: got "every evening"; write a schedule such as cron(0 19 ? * MON-FRI *), in UTC`,
	)
}

// TestRoleOfAnotherStack checks that the function attaches a role of another stack, so that
// the two stacks don't depend on each other.
func TestRoleOfAnotherStack(t *testing.T) {
	app := awscdk.NewApp(&awscdk.AppProps{AnalyticsReporting: jsii.Bool(false)})
	theirs, ours := awscdk.NewStack(app, jsii.String("Warehouse"), nil), awscdk.NewStack(app, jsii.String("Shop"), nil)
	cluster := warehouse.NewCluster(theirs, jsii.String("Warehouse"), nil)
	if attachment := cluster.AttachRole(ours, newRole(ours), synthtest.NewProvider(t, ours)); attachment == nil {
		t.Error("want a resource that attaches the role, got nil")
	}
	assertions.Template_FromStack(ours, nil).ResourceCountIs(jsii.String("Custom::RedshiftRoleAttachment"), jsii.Number(1))
	assertions.Template_FromStack(theirs, nil).HasResourceProperties(jsii.String("AWS::Redshift::Cluster"), &map[string]any{"IamRoles": assertions.Match_Absent()})
}

// TestUserActivityLog checks the parameter that the user activity log needs.
func TestUserActivityLog(t *testing.T) {
	const name = "enable_user_activity_logging"
	tests := map[string]struct {
		exports    []string
		parameters map[string]string
		want       map[string]string
	}{
		"exported":     {[]string{"userlog", "useractivitylog"}, nil, map[string]string{"require_ssl": "true", name: "true"}},
		"not exported": {[]string{"userlog"}, nil, map[string]string{"require_ssl": "true"}},
		"overridden":   {[]string{"useractivitylog"}, map[string]string{name: "false"}, map[string]string{"require_ssl": "true", name: "false"}},
	}
	for title, test := range tests {
		t.Run(title, func(t *testing.T) {
			stack := synthtest.NewStack(nil)
			warehouse.NewCluster(stack, jsii.String("Warehouse"), &warehouse.ClusterProps{LogExports: test.exports, Parameters: test.parameters})
			var list []any
			for _, want := range slices.Sorted(maps.Keys(test.want)) {
				list = append(list, map[string]any{"ParameterName": want, "ParameterValue": test.want[want]})
			}
			assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String("AWS::Redshift::ClusterParameterGroup"), map[string]any{"Parameters": list})
		})
	}
}
