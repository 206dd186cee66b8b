package main

import (
	"strings"
	"sync"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/datagenerator"
	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
	"github.com/tributary-cdk/tributary/constructs/ingestion"
	"github.com/tributary-cdk/tributary/constructs/invalid"
	"github.com/tributary-cdk/tributary/constructs/warehouse"
	"github.com/tributary-cdk/tributary/internal/lab"
)

// NewStack defines the lab's stack under scope, as scope's context configures
// it. A bad configuration fails the synthesis with all that is wrong. Nothing
// of the stack outlives it.
func NewStack(scope constructs.Construct, id *string) awscdk.Stack {
	stack := awscdk.NewStack(scope, id, &awscdk.StackProps{
		Description: jsii.String("Tributary: live Amazon Redshift views of a Kinesis data stream"),
	})
	context, _ := stack.Node().GetAllContext(nil).(map[string]any)
	config, problems := NewConfig(context)
	if invalid.Report(stack, problems) {
		return stack
	}
	stream := newStream(stack, config.Stream)
	provider := sync.OnceValue(func() *ddlprovider.Provider { return newProvider(stack, config) })
	target := config.Warehouse.define(stack, provider)
	views := ingestion.New(stack, jsii.String("Ingestion"), &ingestion.Props{
		Warehouse:     target,
		Stream:        stream,
		StreamRole:    roleOf(stack, "StreamRole", config.Stream.RoleARN),
		Role:          roleOf(stack, "Role", config.RoleARN),
		SchemaName:    config.SchemaName,
		ViewSchemas:   config.ViewSchemas,
		Views:         config.Views,
		RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
		Provider:      provider(),
	})
	if views.Role != nil && *target.Target().Name() != "" { // else the props were bad
		addOutputs(stack, stream, target.Target(), views)
	}
	if config.DataGenerator {
		addGenerator(stack, stream)
	}
	return stack
}

// addGenerator defines the sign-in to the Kinesis Data Generator's page, and the
// outputs by which tributary kdg-user finds it.
func addGenerator(stack awscdk.Stack, stream awskinesis.IStream) {
	generator := datagenerator.New(stack, jsii.String("Generator"), &datagenerator.Props{Stream: stream})
	if generator.Secret == nil { // it was refused, and synth tells why
		return
	}
	addOutput(stack, "GeneratorUrl", "The Kinesis Data Generator's page; tributary kdg-user sets the password first", generator.URL)
	addOutput(stack, "GeneratorUserPoolId", "Who may sign in there", generator.UserPoolID)
	addOutput(stack, "GeneratorUsername", "As whom to sign in there", jsii.String(generator.Username))
	addOutput(stack, "GeneratorSecretArn", "The secret that holds the password", generator.Secret.SecretArn())
}

func addOutput(stack awscdk.Stack, id, description string, value *string) {
	awscdk.NewCfnOutput(stack, jsii.String(id), &awscdk.CfnOutputProps{Description: jsii.String(description), Value: value})
}

// newProvider defines the function as config has it, or returns nil for the one that
// is compiled at synthesis and has a role of any name.
func newProvider(stack awscdk.Stack, config *Config) *ddlprovider.Provider {
	if config.FunctionCode == "" && config.FunctionRole == "" {
		return nil
	}
	props := &ddlprovider.Props{RoleName: config.FunctionRole}
	if config.FunctionCode != "" {
		props.Code = awslambda.Code_FromAsset(jsii.String(config.FunctionCode), nil)
	}
	return ddlprovider.New(stack, jsii.String(ddlprovider.ID), props)
}

func addOutputs(stack awscdk.Stack, stream awskinesis.IStream, target warehouse.Target, views *ingestion.Ingestion) {
	output := func(id, description string, value *string) { addOutput(stack, id, description, value) }
	output("StreamName", "The Kinesis stream to send records to", stream.StreamName())
	output("StreamArn", "The Kinesis stream's ARN", stream.StreamArn())
	on := "--cluster-identifier"
	if target.ClusterIdentifier != nil {
		output("ClusterIdentifier", "The Redshift cluster", target.ClusterIdentifier)
	} else {
		on = "--workgroup-name"
		output("WorkgroupName", "The Redshift Serverless workgroup", target.WorkgroupName)
	}
	output("DatabaseName", "The database that holds the views", target.Database)
	as := ""
	switch {
	case target.SecretARN != nil:
		output("SecretArn", "The secret of the user who owns the views", target.SecretARN)
		as = " --secret-arn " + *target.SecretARN
	case target.DatabaseUser != nil:
		output("DatabaseUser", "The database user who owns the views", target.DatabaseUser)
		as = " --db-user " + *target.DatabaseUser
	}
	output("RoleArn", "The role by which Redshift reads the stream", views.Role.RoleArn())
	output("ViewNames", "The streaming views", jsii.String(strings.Join(views.ViewNames, ",")))
	output("UsageQuery", "Runs the lab's usage query; read its rows with: aws redshift-data get-statement-result --id ID",
		jsii.String("aws redshift-data execute-statement "+on+" "+*target.Name()+" --database "+*target.Database+as+
			` --sql "`+strings.ReplaceAll(lab.UsageQuery, `"`, `\"`)+`"`))
}
