package warehouse_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
	"github.com/tributary-cdk/tributary/constructs/warehouse"
	"github.com/tributary-cdk/tributary/internal/synthtest"
)

func TestServerlessBare(t *testing.T) {
	stack := synthtest.NewStack(nil)
	warehouse.NewServerless(stack, jsii.String("Warehouse"), nil)
	synthtest.Golden(t, stack, "serverless-bare")
	tpl := assertions.Template_FromStack(stack, nil)
	tpl.HasResourceProperties(jsii.String("AWS::RedshiftServerless::Workgroup"), &map[string]any{
		"PubliclyAccessible": false, "EnhancedVpcRouting": true,
		"ConfigParameters": []any{map[string]any{"ParameterKey": "require_ssl", "ParameterValue": "true"}},
	})
	tpl.ResourceCountIs(jsii.String("AWS::EC2::Subnet"), jsii.Number(3))
	tpl.ResourceCountIs(jsii.String("AWS::Lambda::Function"), jsii.Number(0))
}

func TestServerlessWithEverything(t *testing.T) {
	stack := synthtest.NewStack(nil)
	p := synthtest.NewProvider(t, stack)
	workgroup := warehouse.NewServerless(stack, jsii.String("Warehouse"), &warehouse.ServerlessProps{
		NamespaceName: "shop-data", WorkgroupName: "shop", Database: "sales", AdminUsername: "root", BaseCapacity: 8, MaxCapacity: 64,
		UsageLimits: []warehouse.UsageLimit{
			{Amount: 100, Period: "weekly", BreachAction: "deactivate"}, {Amount: 2, CrossRegion: true},
		},
		EncryptionKey: awskms.NewKey(stack, jsii.String("Key"), nil), Parameters: map[string]string{"datestyle": "ISO, MDY"},
		LogExports: []string{"userlog"}, RemovalPolicy: awscdk.RemovalPolicy_SNAPSHOT,
	})
	if attachment := workgroup.AttachRole(stack, newRole(stack), p); attachment != nil {
		t.Error("want the role in the namespace's resource, got a custom resource")
	}
	workgroup.GrantQuery(awsiam.NewUser(stack, jsii.String("Analyst"), nil))
	synthtest.Golden(t, stack, "serverless-everything")
	var got []string
	for _, line := range synthtest.Statements(t, stack) {
		if strings.HasPrefix(line, "TributaryDDLRoleDefaultPolicy") {
			_, statement, _ := strings.Cut(line, ": ")
			got = append(got, statement)
		}
	}
	want := []string{
		`Allow logs:CreateLogStream, logs:PutLogEvents on ${TributaryDDLLogs.Arn}`,
		// IAM has no resource type for these actions.
		`Allow redshift-serverless:CreateUsageLimit, redshift-serverless:ListUsageLimits, redshift-serverless:UpdateUsageLimit, redshift-serverless:DeleteUsageLimit on *`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("statements (-want +got):\n%s", diff)
	}
}

// TestServerlessProvider checks that the Provider of the props sets the usage limits, and that
// the stack has no other function.
func TestServerlessProvider(t *testing.T) {
	stack := synthtest.NewStack(nil)
	own := ddlprovider.New(stack, jsii.String("Own"), &ddlprovider.Props{Code: synthtest.Code(t)})
	warehouse.NewServerless(stack, jsii.String("Warehouse"), &warehouse.ServerlessProps{
		UsageLimits: []warehouse.UsageLimit{{Amount: 100}}, Provider: own,
	})
	tpl := assertions.Template_FromStack(stack, nil)
	tpl.ResourceCountIs(jsii.String("AWS::Lambda::Function"), jsii.Number(1))
	tpl.HasResourceProperties(jsii.String("Custom::RedshiftUsageLimit"), &map[string]any{"ServiceToken": stack.Resolve(own.Function.FunctionArn())})
}

// TestServerlessProblems checks that the synthesis fails with all problems at once.
func TestServerlessProblems(t *testing.T) {
	stack := synthtest.NewStack(nil)
	workgroup := warehouse.NewServerless(stack, jsii.String("Warehouse"), &warehouse.ServerlessProps{
		NamespaceName: "A", WorkgroupName: "b_", Database: "table", AdminUsername: "Root", BaseCapacity: 12, MaxCapacity: 6000, PricePerformance: 101,
		Network:    warehouse.NewNetwork(stack, jsii.String("Network"), nil),
		LogExports: []string{"all"},
		UsageLimits: []warehouse.UsageLimit{
			{}, {Amount: 1, Period: "hourly", BreachAction: "stop"}, {Amount: 1},
		},
	})
	workgroup.GrantDataAPI(awsiam.NewUser(stack, jsii.String("Admin"), nil))
	expectProblems(
		t, stack,
		`[Shop/Warehouse] NamespaceName: got "A"; write 3 to 64 lower-case letters, digits and hyphens`,
		`[Shop/Warehouse] WorkgroupName: got "b_"; write 3 to 64 lower-case letters, digits and hyphens`,
		`[Shop/Warehouse] Database: "table" is a reserved word of Redshift; write another name, such as "table_"`,
		`[Shop/Warehouse] AdminUsername: got "Root"; write up to 127 lower-case letters, digits and _+.@-, beginning with a letter`,
		`[Shop/Warehouse] BaseCapacity: got 12; write 4, or 8 to 1024 in steps of 8`,
		`[Shop/Warehouse] MaxCapacity: got 6000; write a number from BaseCapacity to 5632`,
		`[Shop/Warehouse] PricePerformance: got 101; write 1 to 100`,
		`[Shop/Warehouse] BaseCapacity: is set together with PricePerformance; remove one of them`,
		`[Shop/Warehouse] Network: a workgroup needs subnets in three zones; set NetworkProps.Zones to 3, or name three AvailabilityZones`,
		`[Shop/Warehouse] LogExports[0]: got "all"; write one of connectionlog, userlog, useractivitylog`,
		`[Shop/Warehouse] UsageLimits[0].Amount: got 0; write more than 0`,
		`[Shop/Warehouse] UsageLimits[1].Period: got "hourly"; write daily, weekly or monthly`,
		`[Shop/Warehouse] UsageLimits[1].BreachAction: got "stop"; write log, emit-metric or deactivate`,
		`[Shop/Warehouse] UsageLimits[2].Period: UsageLimits[0] is also monthly; remove one of them`,
	)
}
