package datagenerator_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/constructs/datagenerator"
	"github.com/tributary-cdk/tributary/internal/synthtest"
)

func TestMain(m *testing.M) { synthtest.Main(m) }

// newStack returns a stack in a region; with "", a stack for any region.
func newStack(region string) awscdk.Stack {
	if region == "" {
		return synthtest.NewStack(nil)
	}
	return synthtest.NewStack(&awscdk.StackProps{Env: &awscdk.Environment{Account: jsii.String("123456789012"), Region: &region}})
}

// TestSnapshots compares all resources of the construct with testdata. Unlike the
// template of KDG itself, they contain no functions, no fixed names, and no permissions on
// other streams.
func TestSnapshots(t *testing.T) {
	tests := map[string]func(awscdk.Stack) *datagenerator.Props{
		"bare": func(stack awscdk.Stack) *datagenerator.Props {
			return &datagenerator.Props{Stream: awskinesis.NewStream(stack, jsii.String("Stream"), nil)}
		},
		"everything": func(stack awscdk.Stack) *datagenerator.Props {
			return &datagenerator.Props{Stream: encryptedStream(stack), Username: "ann", RemovalPolicy: awscdk.RemovalPolicy_RETAIN}
		},
	}
	for name, props := range tests {
		t.Run(name, func(t *testing.T) {
			stack := newStack("")
			datagenerator.New(stack, jsii.String("Generator"), props(stack))
			synthtest.GoldenOf(t, stack, "Generator", name)
		})
	}
}

// encryptedStream defines a stream that is encrypted with a customer managed key.
func encryptedStream(stack awscdk.Stack) awskinesis.IStream {
	return awskinesis.NewStream(stack, jsii.String("Stream"), &awskinesis.StreamProps{
		EncryptionKey: awskms.NewKey(stack, jsii.String("Key"), nil),
	})
}

// TestStatements compares the policies of the role, in each partition: who may assume it,
// and what it may do.
func TestStatements(t *testing.T) {
	const (
		put = "GeneratorRole: Allow kinesis:PutRecords on "
		// IAM has no resource type for these actions.
		list = "GeneratorRole: Allow kinesis:ListStreams, firehose:ListDeliveryStreams, ec2:DescribeRegions on *"
	)
	signedIn := func(service string) string {
		return `GeneratorRole: Allow {"Federated":"` + service + `"} sts:AssumeRoleWithWebIdentity if ` +
			`{"ForAnyValue:StringLike":{"` + service + `:amr":"authenticated"},"StringEquals":{"` + service + `:aud":{"Ref":"GeneratorIdentities"}}}`
	}
	imported := func(arn string) func(awscdk.Stack) awskinesis.IStream {
		return func(stack awscdk.Stack) awskinesis.IStream {
			return awskinesis.Stream_FromStreamArn(stack, jsii.String("Stream"), &arn)
		}
	}
	tests := map[string]struct {
		region string
		stream func(awscdk.Stack) awskinesis.IStream
		want   []string
	}{
		"any region, with a key": {"", encryptedStream, []string{
			signedIn("cognito-identity.amazonaws.com"), put + "${Stream.Arn}", list,
			"GeneratorRole: Allow kms:GenerateDataKey on ${Key.Arn} " +
				`if {"StringEquals":{"kms:ViaService":[{"Fn::Join":["",["kinesis.",{"Ref":"AWS::Region"},".amazonaws.com"]]},{"Fn::Join":["",["kinesis.",{"Ref":"AWS::Region"},".",{"Ref":"AWS::URLSuffix"}]]}]}}`,
		}},
		"aws, imported": {"eu-west-1", imported("arn:aws:kinesis:eu-west-1:123456789012:stream/s"), []string{
			signedIn("cognito-identity.amazonaws.com"), put + "arn:aws:kinesis:eu-west-1:123456789012:stream/s", list,
		}},
		"aws-us-gov, West": {"us-gov-west-1", imported("arn:aws-us-gov:kinesis:us-gov-west-1:123456789012:stream/s"), []string{
			signedIn("cognito-identity-us-gov.amazonaws.com"), put + "arn:aws-us-gov:kinesis:us-gov-west-1:123456789012:stream/s", list,
		}},
		"aws-us-gov, East": {"us-gov-east-1", imported("arn:aws-us-gov:kinesis:us-gov-east-1:123456789012:stream/s"), []string{
			signedIn("cognito-identity.us-gov-east-1.amazonaws.com"), put + "arn:aws-us-gov:kinesis:us-gov-east-1:123456789012:stream/s", list,
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			stack := newStack(test.region)
			datagenerator.New(stack, jsii.String("Generator"), &datagenerator.Props{Stream: test.stream(stack)})
			got := slices.DeleteFunc(synthtest.Statements(t, stack), func(line string) bool { return !strings.HasPrefix(line, "Generator") })
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("statements (-want +got):\n%s", diff)
			}
		})
	}
}

// TestTwoInOneStack checks that a stack can contain two DataGenerators.
func TestTwoInOneStack(t *testing.T) {
	stack := newStack("")
	stream := awskinesis.NewStream(stack, jsii.String("Stream"), nil)
	got := map[string]int{}
	for _, id := range []string{"One", "Two"} {
		datagenerator.New(stack, jsii.String(id), &datagenerator.Props{Stream: stream})
	}
	for _, resource := range synthtest.Resources(t, stack, "") {
		got[fmt.Sprint(resource["Type"])]++
	}
	want := map[string]int{
		"AWS::Kinesis::Stream": 1, "AWS::Cognito::UserPool": 2, "AWS::Cognito::UserPoolClient": 2, "AWS::Cognito::UserPoolUser": 2,
		"AWS::Cognito::IdentityPool": 2, "AWS::Cognito::IdentityPoolRoleAttachment": 2, "AWS::IAM::Role": 2, "AWS::SecretsManager::Secret": 2,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("resources (-want +got):\n%s", diff)
	}
}

// TestURL compares the URL of the page, for a known and an unknown region.
func TestURL(t *testing.T) {
	tests := map[string]struct {
		region string
		want   any
	}{
		"unknown region": {"", map[string]any{"Ref": "AWS::Region"}},
		"known region":   {"us-gov-west-1", "us-gov-west-1"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			stack := newStack(test.region)
			g := datagenerator.New(stack, jsii.String("Generator"), &datagenerator.Props{Stream: awskinesis.NewStream(stack, jsii.String("Stream"), nil)})
			// The URL contains references to resources, which the stack resolves.
			got := stack.Resolve(g.URL)
			ref := func(id string) any {
				return stack.Resolve(stack.GetLogicalId(g.Node().FindChild(jsii.String(id)).(awscdk.CfnElement))) //nolint:errcheck // it is one
			}
			parts := []any{
				"https://awslabs.github.io/amazon-kinesis-data-generator/web/producer.html?upid=",
				map[string]any{"Ref": ref("Users")},
				"&ipid=",
				map[string]any{"Ref": ref("Identities")},
				"&cid=",
				map[string]any{"Ref": ref("Page")},
			}
			if region, ok := test.want.(string); ok {
				parts = append(parts, "&r="+region)
			} else {
				parts = append(parts, "&r=", test.want)
			}
			if diff := cmp.Diff(any(map[string]any{"Fn::Join": []any{"", parts}}), got); diff != "" {
				t.Errorf("url (-want +got):\n%s", diff)
			}
		})
	}
}

// TestProblems checks that the synthesis fails with all problems at once.
func TestProblems(t *testing.T) {
	stack := newStack("cn-north-1")
	datagenerator.New(stack, jsii.String("Generator"), &datagenerator.Props{Username: "a b"})
	defer func() {
		got := fmt.Sprint(recover())
		for _, want := range []string{
			`[Shop/Generator] Env.Region: "cn-north-1" has no Cognito user pools, which the sign-in to KDG's page needs; put records by "tributary generate" instead`,
			"[Shop/Generator] Stream: required; pass a new or an imported awskinesis.IStream",
			`[Shop/Generator] Username: got "a b"; write a name without blanks, double quotes and \`,
		} {
			if !strings.Contains(got, want) {
				t.Errorf("want %s\nin %s", want, got)
			}
		}
	}()
	assertions.Template_FromStack(stack, nil)
	t.Error("the stack was synthesized")
}
