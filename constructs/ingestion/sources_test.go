package ingestion_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/constructs/ingestion"
	"github.com/tributary-cdk/tributary/constructs/warehouse"
	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/synthtest"
)

// here is the account and region of the stacks in these tests.
var here = &awscdk.Environment{Account: jsii.String("111122223333"), Region: jsii.String("eu-west-1")}

const clusterARN = "arn:aws:kafka:eu-west-1:111122223333:cluster/events/6a1c5f1e-1c1d-4b1a-9a55-0d3c5f8e2b11-3"

// newShop returns a stack, and props for an ingestion in it with an existing cluster and a
// Provider with placeholder code. The props lack a Stream or a Topic.
func newShop(t *testing.T) (awscdk.Stack, *ingestion.Props) {
	t.Helper()
	stack := synthtest.NewStack(&awscdk.StackProps{Env: here})
	return stack, &ingestion.Props{
		Warehouse: warehouse.FromClusterAttributes(stack, jsii.String("Warehouse"), &warehouse.ClusterAttributes{
			ClusterIdentifier: "theirs", Database: "dev", DatabaseUser: "etl",
		}),
		SchemaName: "web", Views: []ddl.View{rawView("clicks")},
		Provider: synthtest.NewProvider(t, stack),
	}
}

// imported imports the stream with this ARN.
func imported(stack awscdk.Stack, arn string) awskinesis.IStream {
	return awskinesis.Stream_FromStreamArn(stack, jsii.String("Stream"), jsii.String(arn))
}

// TestSources compares, for each kind of stream and topic, the statements of the role, and
// all resources of the ingestion with testdata.
func TestSources(t *testing.T) {
	readStream := "Clicks/Role: Allow kinesis:DescribeStreamSummary, kinesis:GetShardIterator, kinesis:GetRecords, kinesis:ListShards, kinesis:DescribeStream on "
	listStreams := "Clicks/Role: Allow kinesis:ListStreams on *" // has no resource type
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
		"a-role-that-exists": {
			func(stack awscdk.Stack, p *ingestion.Props) {
				p.Stream = awskinesis.NewStream(stack, jsii.String("Stream"), nil)
				p.Role = awsiam.Role_FromRoleArn(stack, jsii.String("Role"), jsii.String("arn:aws:iam::111122223333:role/reader"), nil)
			},
			nil,
		},
		"msk": {
			func(_ awscdk.Stack, p *ingestion.Props) {
				p.Topic = &ingestion.Topic{Name: "clicks", Cluster: ddl.Kafka{ClusterARN: clusterARN, Authentication: ddl.KafkaIAM}}
			},
			[]string{
				"Clicks/Role: Allow kafka:GetBootstrapBrokers on *",
				"Clicks/Role: Allow kafka-cluster:Connect on " + clusterARN,
				"Clicks/Role: Allow kafka-cluster:ReadData, kafka-cluster:DescribeTopic on " + strings.Replace(clusterARN, ":cluster/", ":topic/", 1) + "/clicks",
				"Clicks/Role: Allow kafka-cluster:AlterGroup, kafka-cluster:DescribeGroup on " + strings.Replace(clusterARN, ":cluster/", ":group/", 1) + "/*",
			},
		},
		"msk-open": {
			func(_ awscdk.Stack, p *ingestion.Props) {
				p.Topic = &ingestion.Topic{Name: "clicks", Cluster: ddl.Kafka{ClusterARN: clusterARN, Authentication: ddl.KafkaNone}}
			},
			[]string{"Clicks/Role: Allow kafka:GetBootstrapBrokers on *"},
		},
		"msk-certificate": {
			func(_ awscdk.Stack, p *ingestion.Props) {
				p.Topic = &ingestion.Topic{Name: "clicks", Cluster: ddl.Kafka{
					ClusterARN: clusterARN, Authentication: ddl.KafkaMTLS, CertificateARN: "arn:aws:acm:eu-west-1:111122223333:certificate/2b7c",
				}}
			},
			[]string{
				"Clicks/Role: Allow kafka:GetBootstrapBrokers on *",
				"Clicks/Role: Allow acm:ExportCertificate on arn:aws:acm:eu-west-1:111122223333:certificate/2b7c",
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
				p.ViewSchemas = []ddl.Schema{{Name: "analytics", Grants: []ddl.Grantee{{Group: "bi"}}}, {Name: "shop"}}
				p.Views = []ddl.View{
					{Name: "landing", Schema: "analytics", Columns: ddl.Landing("landing").Columns, DistStyle: "ALL", SortKey: []string{"refresh_time"}, OnReplace: ddl.RefuseChange},
					{Name: "clicks", Schema: "analytics", From: "landing", Columns: []ddl.Column{ddl.FieldColumn("page", "VARCHAR(20)", "page")}},
					{Name: "clicks", Schema: "shop", Columns: []ddl.Column{ddl.PayloadColumn("click")}}, // the same name in another schema
				}
				p.RemovalPolicy = awscdk.RemovalPolicy_DESTROY
			},
			[]string{
				readStream + "${Stream.Arn}", listStreams, `Clicks/Role: Allow kms:Decrypt on ${Key.Arn} if {"StringEquals":{"kms:ViaService":` +
					`["kinesis.eu-west-1.amazonaws.com",{"Fn::Join":["",["kinesis.eu-west-1.",{"Ref":"AWS::URLSuffix"}]]}]}}`,
			},
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

// TestServerlessMayAssumeTheRole checks that, for a workgroup, the role trusts the service
// principals of both Redshift and Redshift Serverless.
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
