package ingestion_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
	"github.com/tributary-cdk/tributary/constructs/ingestion"
	"github.com/tributary-cdk/tributary/constructs/warehouse"
	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/synthtest"
)

// here is where the stacks of these tests are.
var here = &awscdk.Environment{Account: jsii.String("111122223333"), Region: jsii.String("eu-west-1")}

const clusterARN = "arn:aws:kafka:eu-west-1:111122223333:cluster/events/6a1c5f1e-1c1d-4b1a-9a55-0d3c5f8e2b11-3"

// newShop returns a stack with a cluster that exists, and a function that needs no
// compiling.
func newShop(t *testing.T) (awscdk.Stack, *ingestion.Props) {
	t.Helper()
	stack := synthtest.NewStack(&awscdk.StackProps{Env: here})
	code := t.TempDir()
	if err := os.WriteFile(filepath.Join(code, "bootstrap"), []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return stack, &ingestion.Props{
		Warehouse: warehouse.FromClusterAttributes(stack, jsii.String("Warehouse"), &warehouse.ClusterAttributes{
			ClusterIdentifier: "theirs", Database: "dev", DatabaseUser: "etl",
		}),
		SchemaName: "web", Views: []ddl.View{rawView("clicks")},
		Provider: ddlprovider.New(stack, jsii.String(ddlprovider.ID), &ddlprovider.Props{Code: awslambda.Code_FromAsset(jsii.String(code), nil)}),
	}
}

func imported(stack awscdk.Stack, arn string) awskinesis.IStream {
	return awskinesis.Stream_FromStreamArn(stack, jsii.String("Stream"), jsii.String(arn))
}

// TestSources holds, for all that views can read, the role statement by statement and
// the whole of what is defined.
func TestSources(t *testing.T) {
	readStream := "Clicks/Role: Allow kinesis:DescribeStreamSummary, kinesis:GetShardIterator, kinesis:GetRecords, kinesis:ListShards, kinesis:DescribeStream on "
	listStreams := "Clicks/Role: Allow kinesis:ListStreams on *" // takes no resource
	tests := map[string]struct {
		source func(awscdk.Stack, *ingestion.Props)
		want   []string
	}{
		"bare": {
			func(stack awscdk.Stack, p *ingestion.Props) {
				p.Stream = awskinesis.NewStream(stack, jsii.String("Stream"), nil)
			},
			[]string{readStream + "${Stream.Arn}", listStreams},
		},
		"another-region": {
			func(stack awscdk.Stack, p *ingestion.Props) {
				p.Stream = imported(stack, "arn:aws:kinesis:us-east-1:111122223333:stream/clicks")
			},
			[]string{readStream + "arn:aws:kinesis:us-east-1:111122223333:stream/clicks", listStreams},
		},
		"another-account": {
			func(stack awscdk.Stack, p *ingestion.Props) {
				p.Stream = imported(stack, "arn:aws:kinesis:eu-west-1:444455556666:stream/clicks")
				p.StreamRole = awsiam.Role_FromRoleArn(stack, jsii.String("StreamRole"), jsii.String("arn:aws:iam::444455556666:role/reader"), nil)
			},
			[]string{"Clicks/Role: Allow sts:AssumeRole on arn:aws:iam::444455556666:role/reader"},
		},
		"msk": {
			func(_ awscdk.Stack, p *ingestion.Props) {
				p.Topic = &ingestion.Topic{Name: "clicks", Cluster: ddl.Kafka{ClusterARN: clusterARN, Authentication: ddl.KafkaIAM}}
			},
			[]string{
				"Clicks/Role: Allow kafka:GetBootstrapBrokers on " + clusterARN,
				"Clicks/Role: Allow kafka-cluster:Connect on " + clusterARN,
				"Clicks/Role: Allow kafka-cluster:ReadData, kafka-cluster:DescribeTopic on " + strings.Replace(clusterARN, ":cluster/", ":topic/", 1) + "/clicks",
			},
		},
		"kafka": {
			func(_ awscdk.Stack, p *ingestion.Props) {
				p.Topic = &ingestion.Topic{Name: "clicks", Cluster: ddl.Kafka{
					URI: "b-1.example.com:9094", Authentication: ddl.KafkaMTLS, SecretARN: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:mtls-AbCdEf",
				}}
			},
			[]string{"Clicks/Role: Allow secretsmanager:GetSecretValue on arn:aws:secretsmanager:eu-west-1:111122223333:secret:mtls-AbCdEf"},
		},
		"kafka-open": {
			func(_ awscdk.Stack, p *ingestion.Props) {
				p.Topic = &ingestion.Topic{Name: "clicks", Cluster: ddl.Kafka{URI: "b-1.example.com:9092", Authentication: ddl.KafkaNone}}
			},
			nil,
		},
		"everything": {
			func(stack awscdk.Stack, p *ingestion.Props) {
				p.Stream = awskinesis.NewStream(stack, jsii.String("Stream"), &awskinesis.StreamProps{EncryptionKey: awskms.NewKey(stack, jsii.String("Key"), nil)})
				p.SchemaGrants = []ddl.Grantee{{Role: "builders"}}
				p.ViewSchemas = []ddl.ViewSchema{{Name: "analytics", Grants: []ddl.Grantee{{Group: "bi"}}}}
				p.Views = []ddl.View{
					{Name: "landing", Schema: "analytics", Columns: ddl.Landing("landing").Columns, DistStyle: "ALL", SortKey: []string{"refresh_time"}, OnReplace: ddl.RefuseChange},
					{Name: "clicks", Schema: "analytics", From: "landing", Columns: []ddl.Column{ddl.FieldColumn("page", "VARCHAR(20)", "page")}},
				}
				p.RemovalPolicy = awscdk.RemovalPolicy_DESTROY
			},
			[]string{readStream + "${Stream.Arn}", listStreams, "Clicks/Role: Allow kms:Decrypt on ${Key.Arn}"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			stack, props := newShop(t)
			test.source(stack, props)
			in := ingestion.New(stack, jsii.String("Clicks"), props)
			if name == "everything" {
				in.GrantRead(awsiam.NewRole(stack, jsii.String("Dashboards"), &awsiam.RoleProps{AssumedBy: awsiam.NewAccountRootPrincipal()}))
				in.GrantRead(awsiam.NewUser(stack, jsii.String("Ann"), nil))
			}
			var got []string
			for _, line := range synthtest.Statements(t, stack) {
				if rest, ok := strings.CutPrefix(line, "ClicksRole"); ok && !strings.Contains(rest, `"Service"`) {
					got = append(got, "Clicks/Role"+rest)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("statements (-want +got):\n%s", diff)
			}
			synthtest.GoldenOf(t, stack, "Clicks", name)
		})
	}
}

// TestServerlessMayAssumeTheRole holds that the role trusts both of Redshift's
// services where both come.
func TestServerlessMayAssumeTheRole(t *testing.T) {
	stack, props := newShop(t)
	props.Warehouse = warehouse.NewServerless(stack, jsii.String("Serverless"), nil)
	props.Stream = awskinesis.NewStream(stack, jsii.String("Stream"), nil)
	ingestion.New(stack, jsii.String("Clicks"), props)
	var got []string
	for _, line := range synthtest.Statements(t, stack) {
		if strings.HasPrefix(line, "ClicksRole: ") && strings.Contains(line, `"Service"`) {
			got = append(got, line)
		}
	}
	want := []string{
		`ClicksRole: Allow {"Service":"redshift.amazonaws.com"} sts:AssumeRole`,
		`ClicksRole: Allow {"Service":"redshift-serverless.amazonaws.com"} sts:AssumeRole`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("trust (-want +got):\n%s", diff)
	}
}

// TestGrantRead holds what a reader may do in IAM, and is granted in the database.
func TestGrantRead(t *testing.T) {
	stack, props := newShop(t)
	props.Stream = awskinesis.NewStream(stack, jsii.String("Stream"), nil)
	props.ViewSchemas = []ddl.ViewSchema{{Name: "analytics"}}
	in := ingestion.New(stack, jsii.String("Clicks"), props)
	function := awslambda.NewFunction(stack, jsii.String("Reader"), &awslambda.FunctionProps{
		Runtime: awslambda.Runtime_NODEJS_22_X(), Handler: jsii.String("index.handler"), Code: awslambda.Code_FromInline(jsii.String("//")),
	})
	in.GrantRead(function)
	in.GrantRead(function) // once is enough
	granted := []any{map[string]any{"iamRole": map[string]any{"Ref": "ReaderServiceRole8283AF10"}}}
	tpl := assertions.Template_FromStack(stack, nil)
	tpl.HasResourceProperties(jsii.String("Custom::RedshiftStreamingView"), &map[string]any{"View": map[string]any{"grants": granted}})
	tpl.HasResourceProperties(jsii.String("Custom::RedshiftSchema"), &map[string]any{"ViewSchema": map[string]any{"grants": granted}})
	var got []string
	for _, line := range synthtest.Statements(t, stack) {
		if rest, ok := strings.CutPrefix(line, "ReaderServiceRoleDefaultPolicy: "); ok {
			got = append(got, rest)
		}
	}
	want := []string{
		"Allow redshift-data:ExecuteStatement on arn:${AWS::Partition}:redshift:eu-west-1:111122223333:cluster:theirs",
		// The Data API knows no resource for these.
		`Allow redshift-data:DescribeStatement, redshift-data:GetStatementResult, redshift-data:CancelStatement, redshift-data:ListStatements on * ` +
			`if {"StringEquals":{"redshift-data:statement-owner-iam-userid":"${aws:userid}"}}`,
		"Allow redshift:GetClusterCredentialsWithIAM on arn:${AWS::Partition}:redshift:eu-west-1:111122223333:dbname:theirs/dev",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("statements (-want +got):\n%s", diff)
	}
}

func TestSourcesTellEveryProblem(t *testing.T) {
	tests := map[string]struct {
		source func(awscdk.Stack, *ingestion.Props)
		want   []string
	}{
		"a stream of another account": {func(stack awscdk.Stack, p *ingestion.Props) {
			p.Stream = imported(stack, "arn:aws:kinesis:eu-west-1:444455556666:stream/clicks")
		}, []string{"[Shop/Clicks] StreamRole: required, since the stream is the account 444455556666's and the stack 111122223333's; " +
			"pass a role of the stream's account that may read the stream and that trusts Ingestion.Role"}},
		"a topic": {func(_ awscdk.Stack, p *ingestion.Props) {
			p.Topic = &ingestion.Topic{Name: "Clicks", Cluster: ddl.Kafka{Authentication: "sasl"}}
			p.ViewSchemas = []ddl.ViewSchema{{Name: "WEB"}, {Name: "table"}}
		}, []string{
			`[Shop/Clicks] Topic.Name: "Clicks" has upper-case letters, which Redshift folds away; name the topic "clicks"`,
			`[Shop/Clicks] Topic.Cluster: has both or neither of clusterArn and uri; set one`,
			`[Shop/Clicks] Topic.Cluster.authentication: "sasl" is not known; write none, iam or mtls`,
			`[Shop/Clicks] ViewSchemas[0].name: "WEB" is the external schema, which holds no views; rename one`,
			`[Shop/Clicks] ViewSchemas[1].name: "table" is a reserved word of Redshift; write another name, such as "table_"`,
		}},
		"both": {func(stack awscdk.Stack, p *ingestion.Props) {
			p.Stream, p.Topic = awskinesis.NewStream(stack, jsii.String("Stream"), nil), &ingestion.Topic{Name: "x", Cluster: ddl.Kafka{URI: "b:1", Authentication: ddl.KafkaNone}}
		}, []string{"[Shop/Clicks] Topic: there is a Stream, too; leave one of both out"}},
		"neither": {func(awscdk.Stack, *ingestion.Props) {}, []string{"[Shop/Clicks] Stream: required; pass a new or an imported awskinesis stream, or a Topic"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			stack, props := newShop(t)
			test.source(stack, props)
			ingestion.New(stack, jsii.String("Clicks"), props)
			defer func() {
				var got []string
				for _, line := range strings.Split(fmt.Sprint(recover()), "\n") {
					if line = strings.TrimSpace(line); strings.HasPrefix(line, "[Shop") {
						got = append(got, line)
					}
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("problems (-want +got):\n%s", diff)
				}
			}()
			assertions.Template_FromStack(stack, nil)
			t.Error("the stack was synthesized")
		})
	}
}
