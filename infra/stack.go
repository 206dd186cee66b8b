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

// NewStack defines the lab's stack under scope. The context of scope contains its settings. If
// they are invalid, the synthesis fails with all problems. All resources are deleted with the
// stack.
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
	if views.Role != nil && *target.Target().Name() != "" { // the props are valid
		addOutputs(stack, stream, target.Target(), views)
	}
	if config.DataGenerator {
		addGenerator(stack, stream)
	}
	return stack
}

// addGenerator defines the sign-in to the Kinesis Data Generator's page, and the outputs that
// the command "tributary kdg-user" reads.
func addGenerator(stack awscdk.Stack, stream awskinesis.IStream) {
	generator := datagenerator.New(stack, jsii.String("Generator"), &datagenerator.Props{Stream: stream})
	if generator.Secret == nil { // its props are invalid, and the synthesis fails
		return
	}
	addOutput(stack, "GeneratorUrl", "The URL of the Kinesis Data Generator's page; run tributary kdg-user first, which sets the password", generator.URL)
	addOutput(stack, "GeneratorUserPoolId", "The Cognito user pool of the Kinesis Data Generator's page", generator.UserPoolID)
	addOutput(stack, "GeneratorUsername", "The user who signs in to the Kinesis Data Generator's page", jsii.String(generator.Username))
	addOutput(stack, "GeneratorSecretArn", "The secret with the password for the Kinesis Data Generator's page", generator.Secret.SecretArn())
}

func addOutput(stack awscdk.Stack, id, description string, value *string) {
	awscdk.NewCfnOutput(stack, jsii.String(id), &awscdk.CfnOutputProps{Description: jsii.String(description), Value: value})
}

// newProvider defines the function if the settings have its code or the name of its role.
// Otherwise it returns nil, which means the default function.
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

// addOutputs defines the outputs that the command "tributary" reads, and those for users.
func addOutputs(stack awscdk.Stack, stream awskinesis.IStream, target warehouse.Target, views *ingestion.Ingestion) {
	output := func(id, description string, value *string) { addOutput(stack, id, description, value) }
	output("StreamName", "The Kinesis stream to put records into", stream.StreamName())
	output("StreamArn", "The ARN of the Kinesis stream", stream.StreamArn())
	on := "--cluster-identifier"
	if target.ClusterIdentifier != nil {
		output("ClusterIdentifier", "The Redshift cluster", target.ClusterIdentifier)
	} else {
		on = "--workgroup-name"
		output("WorkgroupName", "The Redshift Serverless workgroup", target.WorkgroupName)
	}
	output("DatabaseName", "The database that contains the views", target.Database)
	as := ""
	switch {
	case target.SecretARN != nil:
		output("SecretArn", "The secret of the user who owns the views", target.SecretARN)
		as = " --secret-arn " + *target.SecretARN
	case target.DatabaseUser != nil:
		output("DatabaseUser", "The database user who owns the views", target.DatabaseUser)
		as = " --db-user " + *target.DatabaseUser
	}
	output("RoleArn", "The role that Redshift assumes to read the stream", views.Role.RoleArn())
	output("ViewNames", "The streaming views", jsii.String(strings.Join(views.ViewNames, ",")))
	output("UsageQuery", "Runs the lab's usage query; read its rows with: aws redshift-data get-statement-result --id ID",
		jsii.String("aws redshift-data execute-statement "+on+" "+*target.Name()+" --database "+*target.Database+as+
			` --sql "`+strings.ReplaceAll(lab.UsageQuery, `"`, `\"`)+`"`))
}
