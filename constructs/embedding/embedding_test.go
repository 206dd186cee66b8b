// Package embedding tests that the constructs work in apps that embed them.
package embedding

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/constructs/ingestion"
	"github.com/tributary-cdk/tributary/constructs/warehouse"
	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/synthtest"
)

func TestMain(m *testing.M) { synthtest.Main(m) }

func newApp(context map[string]any) awscdk.App {
	return awscdk.NewApp(&awscdk.AppProps{AnalyticsReporting: jsii.Bool(false), Context: &context})
}

// newStack returns a stack with a cluster, and an ingestion into the cluster.
func newStack(t *testing.T, scope constructs.Construct, id string, props *awscdk.StackProps) awscdk.Stack {
	t.Helper()
	stack := awscdk.NewStack(scope, jsii.String(id), props)
	ingest(t, stack, warehouse.NewCluster(stack, jsii.String("Warehouse"), nil))
	return stack
}

// ingest defines an ingestion of a new stream, with one view.
func ingest(t *testing.T, stack awscdk.Stack, into warehouse.Warehouse) {
	t.Helper()
	ingestion.New(stack, jsii.String("Clicks"), &ingestion.Props{
		Warehouse: into, Stream: awskinesis.NewStream(stack, jsii.String("Stream"), nil), SchemaName: "web",
		Views:    []ddl.View{{Name: "clicks", Columns: []ddl.Column{ddl.PayloadColumn("click")}}},
		Provider: synthtest.NewProvider(t, stack),
	})
}

// text returns a stack's template as JSON.
func text(t *testing.T, stack awscdk.Stack) string {
	t.Helper()
	data, err := json.Marshal(assertions.Template_FromStack(stack, nil).ToJSON())
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestPipelineStage checks that a stage of CDK Pipelines deploys the same template as an
// app without a pipeline does.
func TestPipelineStage(t *testing.T) {
	app := newApp(nil)
	outer := awscdk.NewStack(app, jsii.String("Pipeline"), nil)
	pipeline := pipelines.NewCodePipeline(outer, jsii.String("Pipeline"), &pipelines.CodePipelineProps{
		Synth: pipelines.NewShellStep(jsii.String("Synth"), &pipelines.ShellStepProps{
			Input:    pipelines.CodePipelineSource_S3(awss3.NewBucket(outer, jsii.String("Source"), nil), jsii.String("app.zip"), nil),
			Commands: jsii.Strings("npx cdk synth"),
		}),
	})
	stage := awscdk.NewStage(app, jsii.String("Prod"), nil)
	shop := newStack(t, stage, "Shop", nil)
	pipeline.AddStage(stage, nil)
	assembly := app.Synth(nil).GetNestedAssembly(stage.ArtifactId())
	data, err := json.Marshal(assembly.GetStackArtifact(shop.ArtifactId()).Template())
	if err != nil {
		t.Fatal(err)
	}
	want, got := text(t, newStack(t, newApp(nil), "Shop", nil)), string(data)
	if diff := cmp.Diff(withoutStage(t, want), withoutStage(t, got)); diff != "" {
		t.Errorf("template (-without a pipeline +in a stage):\n%s", diff)
	}
	stages := assertions.NewCapture(nil)
	assertions.Template_FromStack(outer, nil).HasResourceProperties(jsii.String("AWS::CodePipeline::Pipeline"), &map[string]any{"Stages": stages})
	var names []any
	for _, s := range *stages.AsArray() {
		names = append(names, s.(map[string]any)["Name"]) //nolint:errcheck,forcetypeassert // CDK wrote it
	}
	if diff := cmp.Diff([]any{"Source", "Build", "UpdatePipeline", "Assets", "Prod"}, names); diff != "" {
		t.Errorf("stages of the pipeline (-want +got):\n%s", diff)
	}
}

// ruleID matches the logical ids of the rules between security groups: CDK builds them
// from the path of the other group, which includes the stage's name.
var ruleID = regexp.MustCompile(`(Prod)?Shop(Warehouse\w*SecurityGroup)[0-9A-F]+`)

// withoutStage returns a template as indented JSON in which the stage Prod is removed
// from the paths of constructs. CDK writes such paths into descriptions, tags and ids.
func withoutStage(t *testing.T, template string) string {
	t.Helper()
	template = strings.ReplaceAll(ruleID.ReplaceAllString(template, "Shop${2}HASH"), "Prod/Shop", "Shop")
	var lines bytes.Buffer
	if err := json.Indent(&lines, []byte(template), "", "  "); err != nil {
		t.Fatal(err)
	}
	return lines.String()
}

// TestTwoStacks checks an ingestion into a warehouse of another stack. The two stacks must not
// depend on each other.
func TestTwoStacks(t *testing.T) {
	app := newApp(nil)
	other, shop := awscdk.NewStack(app, jsii.String("Warehouse"), nil), awscdk.NewStack(app, jsii.String("Shop"), nil)
	ingest(t, shop, warehouse.NewCluster(other, jsii.String("Warehouse"), nil))
	app.Synth(nil)
	assertions.Template_FromStack(shop, nil).ResourceCountIs(jsii.String("Custom::RedshiftRoleAttachment"), jsii.Number(1))
}

// TestNoNamesAreFixed checks that two stacks can be deployed into one account and region: each
// physical name in a template is unique to the stack.
func TestNoNamesAreFixed(t *testing.T) {
	names := []string{"ClusterIdentifier", "RoleName", "FunctionName", "LogGroupName", "PolicyName", "ParameterGroupName", "NamespaceName", "WorkgroupName"}
	found := map[string]string{}
	for _, id := range []string{"First", "Second"} {
		stack := newStack(t, newApp(nil), id, nil)
		warehouse.NewServerless(stack, jsii.String("Serverless"), nil)
		for logical, resource := range synthtest.Resources(t, stack, "") {
			properties, _ := resource["Properties"].(map[string]any)
			for _, name := range names {
				value, ok := properties[name].(string)
				if !ok || resource["Type"] == "AWS::IAM::Policy" { // the name of an inline policy is unique only in its role
					continue
				}
				if other := found[name+" "+value]; other != "" {
					t.Errorf("%s and %s/%s have the same name %s", other, id, logical, value)
				}
				found[name+" "+value] = id + "/" + logical
			}
		}
	}
}

// TestPartitions checks that no ARN assumes the partition aws.
func TestPartitions(t *testing.T) {
	for partition, region := range map[string]string{"aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"} {
		t.Run(partition, func(t *testing.T) {
			stack := newStack(t, newApp(nil), "Shop", &awscdk.StackProps{Env: &awscdk.Environment{Account: jsii.String("123456789012"), Region: jsii.String(region)}})
			template := text(t, stack)
			if strings.Contains(template, "arn:aws:") {
				t.Errorf("the template contains an ARN of the partition aws: %s", template)
			}
		})
	}
}

// TestPermissionsBoundary checks that every role gets a permissions boundary, in both ways in
// which CDK supports it.
func TestPermissionsBoundary(t *testing.T) {
	const arn = "arn:aws:iam::123456789012:policy/boundary"
	tests := map[string]struct {
		context map[string]any
		apply   func(awscdk.Stack)
	}{
		"by an aspect": {nil, func(stack awscdk.Stack) {
			awsiam.PermissionsBoundary_Of(stack).Apply(awsiam.ManagedPolicy_FromManagedPolicyArn(stack, jsii.String("Boundary"), jsii.String(arn)))
		}},
		"by context": {map[string]any{"@aws-cdk/core:permissionsBoundary": map[string]any{"arn": arn}}, func(awscdk.Stack) {}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			stack := newStack(t, newApp(test.context), "Shop", nil)
			test.apply(stack)
			for id, resource := range synthtest.Resources(t, stack, "") {
				properties, _ := resource["Properties"].(map[string]any)
				if resource["Type"] == "AWS::IAM::Role" && properties["PermissionsBoundary"] != arn {
					t.Errorf("%s: want the boundary %s, got %v", id, arn, properties["PermissionsBoundary"])
				}
			}
		})
	}
}

// TestLogicalIDs compares the logical ids with those that are deployed. Another logical id
// would replace the resource.
func TestLogicalIDs(t *testing.T) {
	var got []string
	for id := range synthtest.Resources(t, newStack(t, newApp(nil), "Shop", nil), "") {
		if !strings.Contains(id, "Vpc") {
			got = append(got, id)
		}
	}
	slices.Sort(got)
	want := []string{
		"ClicksRoleDD55FA00", "ClicksSchema70FF3C34", "ClicksViewsclicks534BD920", "Stream790BDEE4", "TributaryDDLFunction9AAFB51E",
		"TributaryDDLFunctionEventInvokeConfig3D4AF4F2", "TributaryDDLLogsBF717271", "TributaryDDLRole4206D075", "TributaryDDLRoleDefaultPolicy6A9B0C58",
		"WarehouseCluster0ED2F148", "WarehouseNetworkSecurityGroup5BEDB3CC", "WarehouseParameterGroup41E5FFD7", "WarehouseSubnetGroupB16957CB",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("logical ids (-want +got):\n%s", diff)
	}
}
