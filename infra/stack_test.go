package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/synthtest"
)

// template returns the stack's template under the context of cdk.json and these
// settings. The function has placeholder code, unless a setting names its directory.
func template(t *testing.T, settings map[string]any) assertions.Template {
	t.Helper()
	return assertions.Template_FromStack(newStack(t, settings), nil)
}

// newStack returns the stack of [template].
func newStack(t *testing.T, settings map[string]any) awscdk.Stack {
	t.Helper()
	all := map[string]any{"tributary:functionCode": synthtest.CodeDir(t)}
	maps.Copy(all, settings)
	return newStackOf(t, all)
}

// newStackOf is [newStack] without a default for the function's code, which is then compiled.
func newStackOf(t *testing.T, settings map[string]any) awscdk.Stack {
	t.Helper()
	text, err := os.ReadFile("../cdk.json")
	if err != nil {
		t.Fatal(err)
	}
	var cdk struct{ Context map[string]any }
	if err := json.Unmarshal(text, &cdk); err != nil {
		t.Fatal(err)
	}
	maps.Copy(cdk.Context, settings)
	app := awscdk.NewApp(&awscdk.AppProps{Context: &cdk.Context, AnalyticsReporting: jsii.Bool(false)})
	return NewStack(app, jsii.String("Tributary"))
}

// TestTemplate compares the whole template with testdata/template.json, which shows
// in reviews what a change deploys to AWS.
func TestTemplate(t *testing.T) { synthtest.Golden(t, newStack(t, nil), "template") }

// TestWarehouseIsSafe checks security properties that CDK's validation doesn't check.
func TestWarehouseIsSafe(t *testing.T) {
	tpl := template(t, nil)
	tpl.HasResourceProperties(jsii.String("AWS::Redshift::Cluster"), &map[string]any{
		"ClusterIdentifier":    "streaming-cluster",
		"NodeType":             "ra3.large",
		"Encrypted":            true,
		"PubliclyAccessible":   false,
		"EnhancedVpcRouting":   true,
		"ManageMasterPassword": true,
		"MasterUserPassword":   assertions.Match_Absent(),
	})
	tpl.HasResourceProperties(jsii.String("AWS::Redshift::ClusterParameterGroup"), &map[string]any{
		"Parameters": []any{map[string]any{"ParameterName": "require_ssl", "ParameterValue": "true"}},
	})
	tpl.HasResourceProperties(jsii.String("AWS::Kinesis::Stream"), &map[string]any{
		"Name":              "ev_stream_data",
		"StreamModeDetails": map[string]any{"StreamMode": "ON_DEMAND"},
		"StreamEncryption":  map[string]any{"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"},
	})
	for _, none := range []string{"AWS::EC2::NatGateway", "AWS::EC2::InternetGateway", "AWS::EC2::Route", "AWS::EC2::EIP"} {
		tpl.ResourceCountIs(jsii.String(none), jsii.Number(0))
	}
	tpl.ResourceCountIs(jsii.String("AWS::Lambda::Function"), jsii.Number(1))
	tpl.ResourcePropertiesCountIs(jsii.String("AWS::EC2::Subnet"), &map[string]any{"MapPublicIpOnLaunch": false}, jsii.Number(2))
}

// TestEverythingIsDeleted checks that no resource is retained when the stack is deleted.
func TestEverythingIsDeleted(t *testing.T) {
	resources := section(t, template(t, nil), "Resources")
	for id, value := range resources {
		resource, ok := value.(map[string]any)
		if !ok {
			t.Fatalf("%s is %v", id, value)
		}
		for _, policy := range []string{"DeletionPolicy", "UpdateReplacePolicy"} {
			if got, ok := resource[policy]; ok && got != "Delete" {
				t.Errorf("%s: want %s Delete, got %v", id, policy, got)
			}
		}
	}
}

// section returns a section of the template, such as Resources.
func section(t *testing.T, tpl assertions.Template, name string) map[string]any {
	t.Helper()
	got, ok := (*tpl.ToJSON())[name].(map[string]any)
	if !ok {
		t.Fatalf("the template has no %s", name)
	}
	return got
}

// TestOutputs compares the names of the outputs.
func TestOutputs(t *testing.T) {
	var got []string
	for name := range section(t, template(t, nil), "Outputs") {
		got = append(got, name)
	}
	want := "ClusterIdentifier DatabaseName RoleArn SecretArn StreamArn StreamName UsageQuery ViewNames"
	slices.Sort(got)
	if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
		t.Errorf("outputs (-want +got):\n%s", diff)
	}
}

// TestBadContext checks that invalid settings fail the synthesis with all problems.
func TestBadContext(t *testing.T) {
	defer func() {
		got := readable(recover())
		want := `The stack can't be synthesized:
  [Tributary] tributary:nodes: got "many"; write a whole number of nodes from 1 to 128
  [Tributary] tributary:retentionHours: got "1"; write a whole number of hours from 24 to 8760`
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}()
	template(t, map[string]any{"tributary:nodes": "many", "tributary:retentionHours": "1"})
	t.Error("the app was synthesized")
}

// TestBadWarehouse checks the error for a value that a construct refuses.
func TestBadWarehouse(t *testing.T) {
	defer func() {
		got := readable(recover())
		want := `The stack can't be synthesized:
  [Tributary/Warehouse] NodeType: got "big"; write one of ra3.large, ra3.xlplus, ra3.4xlarge, ra3.16xlarge, rg.xlarge, rg.4xlarge`
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}()
	template(t, map[string]any{"tributary:nodeType": "big"})
	t.Error("the app was synthesized")
}

// TestWarehouses checks the resources and outputs with different settings.
func TestWarehouses(t *testing.T) {
	tests := map[string]struct {
		context map[string]any
		has     map[string]float64
		outputs string
	}{
		"serverless": {
			map[string]any{"tributary:warehouse": "serverless", "tributary:usageLimits": `[{"amount": 48}]`, "tributary:shards": "2", "tributary:maxRecordKiB": "2048"},
			map[string]float64{"AWS::RedshiftServerless::Workgroup": 1, "AWS::Redshift::Cluster": 0, "Custom::RedshiftUsageLimit": 1, "AWS::Lambda::Function": 1},
			"DatabaseName RoleArn SecretArn StreamArn StreamName UsageQuery ViewNames WorkgroupName",
		},
		"existing cluster and stream": {
			map[string]any{
				"tributary:warehouse": "existingCluster", "tributary:clusterIdentifier": "theirs", "tributary:databaseUser": "etl",
				"tributary:streamArn": "arn:aws:kinesis:us-east-1:123456789012:stream/theirs", "tributary:viewSchemas": `[{"name": "analytics"}]`,
			},
			map[string]float64{"AWS::Redshift::Cluster": 0, "AWS::EC2::VPC": 0, "AWS::Kinesis::Stream": 0, "Custom::RedshiftRoleAttachment": 1, "Custom::RedshiftSchema": 1},
			"ClusterIdentifier DatabaseName DatabaseUser RoleArn StreamArn StreamName UsageQuery ViewNames",
		},
		"existing workgroup": {
			map[string]any{
				"tributary:warehouse": "existingWorkgroup", "tributary:workgroupName": "w", "tributary:workgroupId": "w-id", "tributary:namespaceName": "n", "tributary:namespaceId": "n-id",
				"tributary:namespaceRoleArns": `["arn:aws:iam::123456789012:role/loader"]`,
			},
			map[string]float64{"AWS::RedshiftServerless::Workgroup": 0, "Custom::RedshiftRoleAttachment": 1},
			"DatabaseName RoleArn StreamArn StreamName UsageQuery ViewNames WorkgroupName",
		},
		"named availability zones": {
			map[string]any{"tributary:availabilityZones": `["us-east-1b", "us-east-1d", "us-east-1f"]`, "tributary:multiAz": true, "tributary:nodes": "2"},
			map[string]float64{"AWS::EC2::Subnet": 3, "AWS::EC2::VPCEndpoint": 2},
			"ClusterIdentifier DatabaseName RoleArn SecretArn StreamArn StreamName UsageQuery ViewNames",
		},
		"serverless with an endpoint of STS": {
			map[string]any{"tributary:warehouse": "serverless", "tributary:stsEndpoint": true},
			map[string]float64{"AWS::EC2::Subnet": 3, "AWS::EC2::VPCEndpoint": 3},
			"DatabaseName RoleArn SecretArn StreamArn StreamName UsageQuery ViewNames WorkgroupName",
		},
		"an existing VPC": {
			map[string]any{
				"tributary:vpc":     `{"id": "vpc-1", "availabilityZones": ["us-east-1a", "us-east-1b"], "subnetIds": ["subnet-1", "subnet-2"], "routeTableIds": ["rtb-1", "rtb-2"]}`,
				"tributary:multiAz": false, "tributary:pauseSchedule": "cron(0 19 ? * MON-FRI *)",
			},
			map[string]float64{"AWS::EC2::VPC": 0, "AWS::EC2::VPCEndpoint": 1, "AWS::Redshift::ScheduledAction": 1},
			"ClusterIdentifier DatabaseName RoleArn SecretArn StreamArn StreamName UsageQuery ViewNames",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tpl := template(t, test.context)
			for resource, count := range test.has {
				tpl.ResourceCountIs(jsii.String(resource), jsii.Number(count))
			}
			var got []string
			for output := range section(t, tpl, "Outputs") {
				got = append(got, output)
			}
			slices.Sort(got)
			if diff := cmp.Diff(test.outputs, strings.Join(got, " ")); diff != "" {
				t.Errorf("outputs (-want +got):\n%s", diff)
			}
		})
	}
}

// TestBadViews checks the error for a view that package ddl refuses.
func TestBadViews(t *testing.T) {
	defer func() {
		got := readable(recover())
		want := `The stack can't be synthesized:
  [Tributary] tributary:views[0].columns[0].type: "TEXTT" is not a supported column type`
		if !strings.HasPrefix(got, want) {
			t.Errorf("want %s…\ngot  %s", want, got)
		}
	}()
	template(t, map[string]any{"tributary:views": `[{"name": "v", "columns": [{"name": "a", "type": "TEXTT", "path": ["a"]}]}]`})
	t.Error("the app was synthesized")
}

// TestFunctionRole checks that the setting gives the function's role a name, and doesn't
// change its logical id.
func TestFunctionRole(t *testing.T) {
	const role = "TributaryDDLRole"
	names := map[string]any{}
	for _, context := range []map[string]any{nil, {"tributary:functionRoleName": "lab-ddl"}} {
		for id, value := range section(t, template(t, context), "Resources") {
			resource, _ := value.(map[string]any)
			properties, _ := resource["Properties"].(map[string]any)
			if strings.HasPrefix(id, role) && resource["Type"] == "AWS::IAM::Role" {
				names[fmt.Sprint(id, " of ", context)] = properties["RoleName"]
			}
		}
	}
	want := map[string]any{
		"TributaryDDLRole4206D075 of map[]":                                   nil,
		"TributaryDDLRole4206D075 of map[tributary:functionRoleName:lab-ddl]": "lab-ddl",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

// TestDataGeneratorIsOptIn checks that only the setting adds the sign-in to KDG's page.
func TestDataGeneratorIsOptIn(t *testing.T) {
	pools := jsii.String("AWS::Cognito::UserPool")
	template(t, nil).ResourceCountIs(pools, jsii.Number(0))
	tpl := template(t, map[string]any{"tributary:dataGenerator": "true"})
	tpl.ResourceCountIs(pools, jsii.Number(1))
	tpl.HasOutput(jsii.String("GeneratorUrl"), &map[string]any{})
}
