package datagenerator_test

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/datagenerator"
)

// A user of the page who may put records into one stream. After the deployment,
// "tributary kdg-user --stack Shop" reads these outputs and sets the password.
func ExampleNew() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Shop"), nil)

	stream := awskinesis.NewStream(stack, jsii.String("Stream"), &awskinesis.StreamProps{
		StreamName: jsii.String("clicks"), Encryption: awskinesis.StreamEncryption_MANAGED,
	})
	generator := datagenerator.New(stack, jsii.String("Generator"), &datagenerator.Props{Stream: stream})
	for id, value := range map[string]*string{
		"GeneratorUrl":        generator.URL,
		"GeneratorUserPoolId": generator.UserPoolID,
		"GeneratorUsername":   jsii.String(generator.Username),
		"GeneratorSecretArn":  generator.Secret.SecretArn(),
	} {
		awscdk.NewCfnOutput(stack, jsii.String(id), &awscdk.CfnOutputProps{Value: value})
	}
}
