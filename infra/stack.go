package main

import (
	"errors"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/datagenerator"
	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
	"github.com/tributary-cdk/tributary/constructs/ingestion"
	"github.com/tributary-cdk/tributary/constructs/warehouse"
	"github.com/tributary-cdk/tributary/ddl"
)

// NewStack defines the lab's stack under scope, as scope's context configures
// it. A bad configuration fails the synthesis with all that is wrong. Nothing
// of the stack outlives it.
func NewStack(scope constructs.Construct, id *string) awscdk.Stack {
	stack := awscdk.NewStack(scope, id, &awscdk.StackProps{
		Description: jsii.String("Tributary: live Amazon Redshift views of a Kinesis data stream"),
	})
	context, _ := stack.Node().GetAllContext(nil).(map[string]any)
	config, err := NewConfig(context)
	if err != nil {
		var problems ddl.Problems
		errors.As(err, &problems)
		stack.Node().AddValidation(&validation{problems})
		return stack
	}
	stream := awskinesis.NewStream(stack, jsii.String("Stream"), &awskinesis.StreamProps{
		StreamName:      jsii.String(config.StreamName),
		StreamMode:      awskinesis.StreamMode_ON_DEMAND,
		Encryption:      awskinesis.StreamEncryption_MANAGED,
		RetentionPeriod: awscdk.Duration_Hours(jsii.Number(config.RetentionHours)),
		RemovalPolicy:   awscdk.RemovalPolicy_DESTROY,
	})
	cluster := warehouse.NewCluster(stack, jsii.String("Warehouse"), &warehouse.ClusterProps{
		ClusterIdentifier: config.ClusterIdentifier,
		NodeType:          config.NodeType,
		Database:          config.Database,
		AdminUsername:     config.AdminUsername,
		RemovalPolicy:     awscdk.RemovalPolicy_DESTROY,
	})
	views := ingestion.New(stack, jsii.String("Ingestion"), &ingestion.Props{
		Warehouse:     cluster,
		Stream:        stream,
		SchemaName:    config.SchemaName,
		Views:         config.Views,
		RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
		Provider:      newProvider(stack, config),
	})
	if views.Role != nil {
		addOutputs(stack, stream, cluster.Target(), views)
	}
	if config.DataGenerator {
		addGenerator(stack, stream)
	}
	return stack
}

// addGenerator defines the sign-in to the Kinesis Data Generator's page, and the
// outputs by which tributary kdg-user finds it.
func addGenerator(stack awscdk.Stack, stream awskinesis.Stream) {
	generator := datagenerator.New(stack, jsii.String("Generator"), &datagenerator.Props{Stream: stream})
	addOutput(stack, "GeneratorUrl", "The Kinesis Data Generator's page; tributary kdg-user sets the password first", generator.URL)
	addOutput(stack, "GeneratorUserPoolId", "Who may sign in there", generator.UserPoolID)
	addOutput(stack, "GeneratorUsername", "As whom to sign in there", jsii.String(generator.Username))
	addOutput(stack, "GeneratorSecretArn", "The secret that holds the password", generator.Secret.SecretArn())
}

func addOutput(stack awscdk.Stack, id, description string, value *string) {
	awscdk.NewCfnOutput(stack, jsii.String(id), &awscdk.CfnOutputProps{Description: jsii.String(description), Value: value})
}

// newProvider defines the function by the code that config names, or returns nil
// for the one that is compiled at synthesis.
func newProvider(stack awscdk.Stack, config *Config) *ddlprovider.Provider {
	if config.FunctionCode == "" {
		return nil
	}
	return ddlprovider.New(stack, jsii.String(ddlprovider.ID), &ddlprovider.Props{
		Code: awslambda.Code_FromAsset(jsii.String(config.FunctionCode), nil),
	})
}

func addOutputs(stack awscdk.Stack, stream awskinesis.Stream, target warehouse.Target, views *ingestion.Ingestion) {
	output := func(id, description string, value *string) { addOutput(stack, id, description, value) }
	output("StreamName", "The Kinesis stream to send records to", stream.StreamName())
	output("StreamArn", "The Kinesis stream's ARN", stream.StreamArn())
	output("ClusterIdentifier", "The Redshift cluster", target.ClusterIdentifier)
	output("DatabaseName", "The database that holds the views", target.Database)
	output("SecretArn", "The secret of the database's admin", target.SecretARN)
	output("RoleArn", "The role by which Redshift reads the stream", views.Role.RoleArn())
	output("ViewNames", "The streaming views", jsii.String(strings.Join(views.ViewNames, ",")))
	output("UsageQuery", "Runs the lab's usage query; read its rows with: aws redshift-data get-statement-result --id ID",
		jsii.String("aws redshift-data execute-statement --cluster-identifier "+*target.ClusterIdentifier+
			" --database "+*target.Database+" --secret-arn "+*target.SecretARN+
			` --sql "`+strings.ReplaceAll(usageQuery, `"`, `\"`)+`"`))
}

// validation reports problems at synthesis, a line each.
type validation struct{ problems ddl.Problems }

// Validate returns the lines.
func (v *validation) Validate() *[]*string {
	lines := make([]*string, len(v.problems))
	for i, p := range v.problems {
		lines[i] = jsii.String(p.String())
	}
	return &lines
}
