package datagenerator_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/tributary-cdk/tributary/internal/synthtest"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/datagenerator"
)

func TestMain(m *testing.M) { synthtest.Main(m) }

func newStack(region string) awscdk.Stack {
	props := &awscdk.StackProps{}
	if region != "" {
		props.Env = &awscdk.Environment{Region: jsii.String(region)}
	}
	return awscdk.NewStack(awscdk.NewApp(&awscdk.AppProps{AnalyticsReporting: jsii.Bool(false)}), jsii.String("Shop"), props)
}

// TestNoFunctionNoSharing holds what KDG's own template has wrong: functions, names
// that are taken by the first stack, and more than one stream to put into.
func TestNoFunctionNoSharing(t *testing.T) {
	stack := newStack("")
	key := awskms.NewKey(stack, jsii.String("Key"), nil)
	stream := awskinesis.NewStream(stack, jsii.String("Stream"), &awskinesis.StreamProps{EncryptionKey: key})
	for _, id := range []string{"One", "Two"} {
		datagenerator.New(stack, jsii.String(id), &datagenerator.Props{Stream: stream})
	}
	tpl := assertions.Template_FromStack(stack, nil)
	for resource, count := range map[string]float64{
		"AWS::Lambda::Function": 0, "AWS::Cognito::UserPool": 2, "AWS::Cognito::UserPoolClient": 2, "AWS::Cognito::UserPoolUser": 2,
		"AWS::Cognito::IdentityPool": 2, "AWS::Cognito::IdentityPoolRoleAttachment": 2, "AWS::IAM::Role": 2, "AWS::SecretsManager::Secret": 2,
	} {
		tpl.ResourceCountIs(jsii.String(resource), jsii.Number(count))
	}
	for _, resource := range []string{"AWS::Cognito::UserPool", "AWS::Cognito::IdentityPool", "AWS::SecretsManager::Secret"} {
		tpl.AllResources(jsii.String(resource), &map[string]any{"DeletionPolicy": "Delete"})
	}
	tpl.AllResourcesProperties(jsii.String("AWS::Cognito::UserPoolUser"), &map[string]any{"Username": "generator", "MessageAction": "SUPPRESS"})
	tpl.AllResourcesProperties(jsii.String("AWS::IAM::Role"), &map[string]any{
		"AssumeRolePolicyDocument": map[string]any{"Statement": []any{map[string]any{
			"Action": "sts:AssumeRoleWithWebIdentity", "Effect": "Allow", "Principal": map[string]any{"Federated": "cognito-identity.amazonaws.com"},
			"Condition": map[string]any{
				"StringEquals":           map[string]any{"cognito-identity.amazonaws.com:aud": assertions.Match_AnyValue()},
				"ForAnyValue:StringLike": map[string]any{"cognito-identity.amazonaws.com:amr": "authenticated"},
			},
		}}},
		"Policies": []any{map[string]any{"PolicyDocument": map[string]any{"Statement": []any{
			map[string]any{"Sid": "PutRecords", "Effect": "Allow", "Action": "kinesis:PutRecords", "Resource": map[string]any{"Fn::GetAtt": []any{"Stream790BDEE4", "Arn"}}},
			// AWS scopes none of these.
			map[string]any{"Sid": "List", "Effect": "Allow", "Action": []any{"kinesis:ListStreams", "firehose:ListDeliveryStreams", "ec2:DescribeRegions"}, "Resource": "*"},
			map[string]any{"Sid": "EncryptRecords", "Effect": "Allow", "Action": "kms:GenerateDataKey", "Resource": map[string]any{"Fn::GetAtt": []any{"Key961B73FD", "Arn"}}},
		}}}},
	})
}

// TestSnapshots holds all that is defined.
func TestSnapshots(t *testing.T) {
	for name, props := range map[string]datagenerator.Props{
		"bare": {}, "everything": {Username: "ann", RemovalPolicy: awscdk.RemovalPolicy_RETAIN},
	} {
		t.Run(name, func(t *testing.T) {
			stack := newStack("")
			props.Stream = awskinesis.NewStream(stack, jsii.String("Stream"), nil)
			datagenerator.New(stack, jsii.String("Generator"), &props)
			synthtest.GoldenOf(t, stack, "Generator", name)
		})
	}
}

func TestURLNamesTheSignIn(t *testing.T) {
	stack := newStack("us-gov-west-1")
	g := datagenerator.New(stack, jsii.String("Generator"), &datagenerator.Props{
		Stream: awskinesis.NewStream(stack, jsii.String("Stream"), nil), Username: "ada",
	})
	awscdk.NewCfnOutput(stack, jsii.String("Url"), &awscdk.CfnOutputProps{Value: g.URL})
	tpl := assertions.Template_FromStack(stack, nil)
	output, err := json.Marshal((*tpl.ToJSON())["Outputs"])
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"Fn::Join":["",["https://awslabs.github.io/amazon-kinesis-data-generator/web/producer.html?upid=",` +
		`{"Ref":"GeneratorUsers6B3D8AFD"},"\u0026ipid=",{"Ref":"GeneratorIdentities8A0D8F4E"},"\u0026cid=",{"Ref":"GeneratorPageB7C8D0F4"},"\u0026r=us-gov-west-1"]]}`
	if got := mask(string(output)); !strings.Contains(got, mask(want)) {
		t.Errorf("got %s, want %s", got, mask(want))
	}
	tpl.HasResourceProperties(jsii.String("AWS::IAM::Role"), &map[string]any{
		"AssumeRolePolicyDocument": map[string]any{"Statement": []any{map[string]any{"Principal": map[string]any{"Federated": "cognito-identity-us-gov.amazonaws.com"}}}},
	})
}

// mask takes the hashes off logical ids.
func mask(text string) string {
	for _, id := range []string{"GeneratorUsers", "GeneratorIdentities", "GeneratorPage"} {
		if at := strings.Index(text, id); at >= 0 {
			text = text[:at+len(id)] + text[at+len(id)+8:]
		}
	}
	return text
}

func TestNewTellsEveryProblem(t *testing.T) {
	stack := newStack("")
	datagenerator.New(stack, jsii.String("Generator"), &datagenerator.Props{Username: "a b"})
	defer func() {
		got := fmt.Sprint(recover())
		for _, want := range []string{
			"[Shop/Generator] Stream: required; pass a new or an imported awskinesis stream",
			`[Shop/Generator] Username: must hold no blanks, quotes or \, got "a b"`,
		} {
			if !strings.Contains(got, want) {
				t.Errorf("want %s\nin %s", want, got)
			}
		}
	}()
	assertions.Template_FromStack(stack, nil)
	t.Error("the stack was synthesized")
}
