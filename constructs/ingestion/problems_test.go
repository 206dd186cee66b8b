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

// TestProblemsOfSources checks the problems of streams and topics.
func TestProblemsOfSources(t *testing.T) {
	tests := map[string]struct {
		source func(awscdk.Stack, *ingestion.Props)
		want   []string
	}{
		"a stream of another account": {func(stack awscdk.Stack, p *ingestion.Props) {
			p.Stream = imported(stack, "arn:aws:kinesis:eu-west-1:444455556666:stream/clicks")
		}, []string{"[Shop/Clicks] StreamRole: required, since the stream is in account 444455556666 and the stack in 111122223333; " +
			"pass a role of the stream's account that may read the stream and that trusts Ingestion.Role"}},
		"a topic": {func(_ awscdk.Stack, p *ingestion.Props) {
			p.Topic = &ingestion.Topic{Name: "Clicks", Cluster: ddl.Kafka{Authentication: "sasl"}}
			p.ViewSchemas = []ddl.Schema{{Name: "WEB"}, {Name: "table"}, {Name: "a"}, {Name: "A"}}
		}, []string{
			`[Shop/Clicks] Topic.Name: "Clicks" has upper-case letters, which Redshift folds to lower case; name the topic "clicks"`,
			`[Shop/Clicks] Topic.Cluster: needs clusterArn or uri; set one of them`,
			`[Shop/Clicks] Topic.Cluster.authentication: "sasl" is not an authentication method; write none, iam or mtls`,
			`[Shop/Clicks] ViewSchemas[0].name: "WEB" is also SchemaName, and an external schema can't contain views; rename one of them`,
			`[Shop/Clicks] ViewSchemas[1].name: "table" is a reserved word of Redshift; write another name, such as "table_"`,
			`[Shop/Clicks] ViewSchemas[3].name: "A" is also ViewSchemas[2]; remove one of them`,
		}},
		"a topic with IAM authentication and a URI": {func(stack awscdk.Stack, p *ingestion.Props) {
			p.Topic = &ingestion.Topic{Name: "x", Cluster: ddl.Kafka{URI: "b:1", Authentication: ddl.KafkaIAM}}
			p.StreamRole = awsiam.Role_FromRoleArn(stack, jsii.String("StreamRole"), jsii.String("arn:aws:iam::444455556666:role/reader"), nil)
		}, []string{
			"[Shop/Clicks] StreamRole: works only with a Stream; remove it",
			"[Shop/Clicks] Role: required for authentication iam with a uri, which doesn't include the ARN of the topic; pass a role that may read the topic, or write clusterArn instead of uri",
		}},
		"a stream and a topic": {func(stack awscdk.Stack, p *ingestion.Props) {
			p.Stream, p.Topic = awskinesis.NewStream(stack, jsii.String("Stream"), nil), &ingestion.Topic{Name: "x", Cluster: ddl.Kafka{URI: "b:1", Authentication: ddl.KafkaNone}}
		}, []string{"[Shop/Clicks] Topic: is set together with Stream; remove one of them"}},
		"no stream and no topic": {func(awscdk.Stack, *ingestion.Props) {}, []string{"[Shop/Clicks] Stream: required; pass a new or an imported awskinesis.IStream, or set Topic"}},
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

// problemsOf synthesizes a stack and returns the problems that the synthesis fails with.
// The test fails if the synthesis succeeds.
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
