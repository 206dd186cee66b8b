package ingestion_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tributary-cdk/tributary/internal/synthtest"

	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/constructs/ingestion"
	"github.com/tributary-cdk/tributary/constructs/warehouse"
	"github.com/tributary-cdk/tributary/ddl"
)

func TestMain(m *testing.M) { synthtest.Main(m) }

// rawView returns a streaming view with one column for the whole record.
func rawView(name string) ddl.View {
	return ddl.View{Name: name, Columns: []ddl.Column{ddl.PayloadColumn("payload")}}
}

// TestTwoIngestionsShareOneFunction checks two ingestions into one cluster.
func TestTwoIngestionsShareOneFunction(t *testing.T) {
	stack := synthtest.NewStack(nil)
	synthtest.NewProvider(t, stack)
	cluster := warehouse.NewCluster(stack, jsii.String("Warehouse"), nil)
	for _, name := range []string{"clicks", "orders"} {
		in := ingestion.New(stack, jsii.String(name), &ingestion.Props{
			Warehouse:  cluster,
			Stream:     awskinesis.NewStream(stack, jsii.String(name+"-stream"), nil),
			SchemaName: name + "_stream",
			Views:      []ddl.View{rawView(name)},
		})
		if diff := cmp.Diff([]string{name}, in.ViewNames); diff != "" {
			t.Errorf("view names (-want +got):\n%s", diff)
		}
	}
	tpl := assertions.Template_FromStack(stack, nil)
	for resource, count := range map[string]float64{
		"AWS::Lambda::Function":          1,
		"Custom::RedshiftExternalSchema": 2,
		"Custom::RedshiftStreamingView":  2,
	} {
		tpl.ResourceCountIs(jsii.String(resource), jsii.Number(count))
	}
	// Both roles are attached. The cluster and the views are retained by default.
	roles := assertions.NewCapture(nil)
	tpl.HasResource(jsii.String("AWS::Redshift::Cluster"), &map[string]any{
		"DeletionPolicy": "Retain", "Properties": map[string]any{"IamRoles": roles},
	})
	if got := len(*roles.AsArray()); got != 2 {
		t.Errorf("want 2 roles attached, got %d", got)
	}
	tpl.AllResources(jsii.String("Custom::RedshiftStreamingView"), &map[string]any{"DeletionPolicy": "Retain"})
}

// TestRoleMayReadTheStreamOnly compares all statements of the role.
func TestRoleMayReadTheStreamOnly(t *testing.T) {
	stack := synthtest.NewStack(nil)
	synthtest.NewProvider(t, stack)
	key := awskms.NewKey(stack, jsii.String("Key"), nil)
	ingestion.New(stack, jsii.String("Clicks"), &ingestion.Props{
		Warehouse:  warehouse.NewCluster(stack, jsii.String("Warehouse"), nil),
		Stream:     awskinesis.NewStream(stack, jsii.String("Stream"), &awskinesis.StreamProps{EncryptionKey: key}),
		SchemaName: "clicks_stream",
		Views:      []ddl.View{rawView("clicks")},
	})
	stream := map[string]any{"Fn::GetAtt": []any{"Stream790BDEE4", "Arn"}}
	assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String("AWS::IAM::Role"), &map[string]any{
		"AssumeRolePolicyDocument": map[string]any{"Statement": []any{map[string]any{
			"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": map[string]any{"Service": "redshift.amazonaws.com"},
		}}},
		"ManagedPolicyArns": assertions.Match_Absent(),
		"Policies": []any{map[string]any{"PolicyDocument": map[string]any{"Statement": []any{
			map[string]any{
				"Sid": "ReadStream", "Effect": "Allow", "Resource": stream,
				"Action": []any{"kinesis:DescribeStreamSummary", "kinesis:GetShardIterator", "kinesis:GetRecords", "kinesis:ListShards", "kinesis:DescribeStream"},
			},
			// IAM has no resource type for kinesis:ListStreams.
			map[string]any{"Sid": "ListStreams", "Effect": "Allow", "Action": "kinesis:ListStreams", "Resource": "*"},
			map[string]any{"Sid": "DecryptStream", "Effect": "Allow", "Action": "kms:Decrypt", "Resource": map[string]any{"Fn::GetAtt": []any{"Key961B73FD", "Arn"}}},
		}}}},
	})
}

// TestFunctionMayRunStatementsOnly compares all statements of the function's policy.
func TestFunctionMayRunStatementsOnly(t *testing.T) {
	stack := synthtest.NewStack(nil)
	synthtest.NewProvider(t, stack)
	cluster := warehouse.NewCluster(stack, jsii.String("Warehouse"), nil)
	ingestion.New(stack, jsii.String("Clicks"), &ingestion.Props{
		Warehouse: cluster, Stream: awskinesis.NewStream(stack, jsii.String("Stream"), nil),
		SchemaName: "clicks_stream", Views: []ddl.View{rawView("clicks")},
	})
	var got []string
	for _, line := range synthtest.Statements(t, stack) {
		if statement, ok := strings.CutPrefix(line, "TributaryDDLRoleDefaultPolicy: "); ok {
			got = append(got, statement)
		}
	}
	want := []string{
		"Allow logs:CreateLogStream, logs:PutLogEvents on ${TributaryDDLLogs.Arn}",
		"Allow redshift-data:ExecuteStatement on arn:${AWS::Partition}:redshift:${AWS::Region}:${AWS::AccountId}:cluster:${WarehouseCluster}",
		// IAM has no resource type for these actions.
		`Allow redshift-data:DescribeStatement, redshift-data:GetStatementResult, redshift-data:CancelStatement, redshift-data:ListStatements on * ` +
			`if {"StringEquals":{"redshift-data:statement-owner-iam-userid":"${aws:userid}"}}`,
		"Allow secretsmanager:GetSecretValue on ${WarehouseCluster.MasterPasswordSecretArn}",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("statements (-want +got):\n%s", diff)
	}
}

// TestProblems checks that the synthesis fails with all problems at once.
func TestProblems(t *testing.T) {
	stack := synthtest.NewStack(nil)
	ingestion.New(stack, jsii.String("Clicks"), &ingestion.Props{
		Stream:       awskinesis.Stream_FromStreamArn(stack, jsii.String("Stream"), jsii.String("arn:aws:kinesis:eu-west-1:123456789012:stream/Clicks")),
		SchemaName:   "table",
		SchemaGrants: []ddl.Grantee{{}},
		Views: []ddl.View{
			rawView("a"), rawView("b b"), rawView("A"),
			{Name: "c"},
			{Name: "d", From: "landing", Columns: []ddl.Column{ddl.PayloadColumn("payload")}},
		},
	})
	defer func() {
		got := fmt.Sprint(recover())
		for _, want := range []string{
			"[Shop/Clicks] Warehouse: required; pass a warehouse of package warehouse",
			`[Shop/Clicks] Stream: "Clicks" has upper-case letters, which Redshift folds to lower case; name the stream "clicks"`,
			`[Shop/Clicks] SchemaName: "table" is a reserved word of Redshift; write another name, such as "table_"`,
			`[Shop/Clicks] Views[1].name: "b b" has ' ' at byte 1; write letters, digits, _ and $, not beginning with a digit or $`,
			`[Shop/Clicks] Views[2].name: "A" is also Views[0]; rename one of them`,
			"[Shop/Clicks] Views[3].columns: required; declare at least one column",
			"[Shop/Clicks] SchemaGrants[0]: sets 0 of user, group, role, iamRole and iamUser; set exactly one",
			`[Shop/Clicks] Views[4].from: no streaming view "landing" is declared before this view, in the same schema; declare one`,
		} {
			if !strings.Contains(got, want) {
				t.Errorf("want %s\nin %s", want, got)
			}
		}
	}()
	assertions.Template_FromStack(stack, nil)
	t.Error("the stack was synthesized")
}

// TestDependencies checks that the deployment creates the objects one after another, and
// the first one after the function with its retry settings.
func TestDependencies(t *testing.T) {
	stack := synthtest.NewStack(nil)
	synthtest.NewProvider(t, stack)
	ingestion.New(stack, jsii.String("Clicks"), &ingestion.Props{
		Warehouse: warehouse.NewCluster(stack, jsii.String("Warehouse"), nil), Stream: awskinesis.NewStream(stack, jsii.String("Stream"), nil),
		SchemaName: "clicks_stream", Views: []ddl.View{rawView("a"), rawView("b")},
	})
	resources, ok := (*assertions.Template_FromStack(stack, nil).ToJSON())["Resources"].(map[string]any)
	if !ok {
		t.Fatal("the template has no resources")
	}
	got := map[string]any{}
	for id, resource := range resources {
		r, ok := resource.(map[string]any)
		if ok && strings.HasPrefix(fmt.Sprint(r["Type"]), "Custom::") {
			got[id] = r["DependsOn"]
		}
	}
	want := map[string]any{
		"ClicksSchema70FF3C34": []any{"TributaryDDLFunctionEventInvokeConfig3D4AF4F2", "TributaryDDLFunction9AAFB51E"},
		"ClicksViewsa4F21C101": []any{"ClicksSchema70FF3C34"},
		"ClicksViewsbABF24D0F": []any{"ClicksViewsa4F21C101"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("dependencies (-want +got):\n%s", diff)
	}
}

// TestPlainViewsOverALandingView checks a plain view over a landing view of the same
// ingestion.
func TestPlainViewsOverALandingView(t *testing.T) {
	stack := synthtest.NewStack(nil)
	synthtest.NewProvider(t, stack)
	ingestion.New(stack, jsii.String("Clicks"), &ingestion.Props{
		Warehouse: warehouse.NewCluster(stack, jsii.String("Warehouse"), nil), Stream: awskinesis.NewStream(stack, jsii.String("Stream"), nil),
		SchemaName: "clicks_stream", Views: []ddl.View{
			ddl.Landing("clicks_landing"),
			{Name: "clicks", From: "clicks_landing", Columns: []ddl.Column{ddl.FieldColumn("page", "VARCHAR(200)", "page")}},
		},
	})
	tpl := assertions.Template_FromStack(stack, nil)
	tpl.ResourceCountIs(jsii.String("Custom::RedshiftStreamingView"), jsii.Number(1))
	tpl.HasResourceProperties(jsii.String("Custom::RedshiftView"), &map[string]any{
		"View": map[string]any{"name": "clicks", "from": "clicks_landing", "stream": assertions.Match_Absent()},
	})
}
