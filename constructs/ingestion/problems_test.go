package ingestion_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/constructs/ingestion"
	"github.com/tributary-cdk/tributary/ddl"
)

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
			p.ViewSchemas = []ddl.Schema{{Name: "WEB"}, {Name: "table"}, {Name: "a"}, {Name: "A"}}
		}, []string{
			`[Shop/Clicks] Topic.Name: "Clicks" has upper-case letters, which Redshift folds to lower case; name the topic "clicks"`,
			`[Shop/Clicks] Topic.Cluster: needs clusterArn or uri; set one of them`,
			`[Shop/Clicks] Topic.Cluster.authentication: "sasl" is not an authentication method; write none, iam or mtls`,
			`[Shop/Clicks] ViewSchemas[0].name: "WEB" is the external schema, which holds no views; rename one`,
			`[Shop/Clicks] ViewSchemas[1].name: "table" is a reserved word of Redshift; write another name, such as "table_"`,
			`[Shop/Clicks] ViewSchemas[3].name: "A" is also ViewSchemas[2]; leave one out`,
		}},
		"a topic by iam of unknown brokers": {func(stack awscdk.Stack, p *ingestion.Props) {
			p.Topic = &ingestion.Topic{Name: "x", Cluster: ddl.Kafka{URI: "b:1", Authentication: ddl.KafkaIAM}}
			p.StreamRole = awsiam.Role_FromRoleArn(stack, jsii.String("StreamRole"), jsii.String("arn:aws:iam::444455556666:role/reader"), nil)
		}, []string{
			"[Shop/Clicks] StreamRole: is for a Stream; leave it out",
			"[Shop/Clicks] Role: required for iam by uri, since brokers don't tell whose the topic is; pass a role that may read it, or write clusterArn instead of uri",
		}},
		"both": {func(stack awscdk.Stack, p *ingestion.Props) {
			p.Stream, p.Topic = awskinesis.NewStream(stack, jsii.String("Stream"), nil), &ingestion.Topic{Name: "x", Cluster: ddl.Kafka{URI: "b:1", Authentication: ddl.KafkaNone}}
		}, []string{"[Shop/Clicks] Topic: there is a Stream, too; remove one of them"}},
		"neither": {func(awscdk.Stack, *ingestion.Props) {}, []string{"[Shop/Clicks] Stream: required; pass a new or an imported awskinesis stream, or a Topic"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			stack, props := newShop(t)
			test.source(stack, props)
			ingestion.New(stack, jsii.String("Clicks"), props)
			if diff := cmp.Diff(test.want, problemsOf(t, stack)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// problemsOf synthesizes a stack that must not be, and returns what the CDK says is
// wrong with it.
func problemsOf(t *testing.T, stack awscdk.Stack) (problems []string) {
	t.Helper()
	defer func() {
		for _, line := range strings.Split(fmt.Sprint(recover()), "\n") {
			if line = strings.TrimSpace(line); strings.HasPrefix(line, "[Shop") {
				problems = append(problems, line)
			}
		}
	}()
	assertions.Template_FromStack(stack, nil)
	t.Error("the stack was synthesized")
	return nil
}
