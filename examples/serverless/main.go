// Command serverless synthesizes a stack with streaming views in a new Serverless workgroup. AWS
// bills the workgroup only while it runs queries, and a usage limit stops it each day after 48
// RPU-hours.
package main

import (
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/ingestion"
	"github.com/tributary-cdk/tributary/constructs/warehouse"
	"github.com/tributary-cdk/tributary/ddl"
)

func main() {
	app := awscdk.NewApp(nil)
	newStack(app)
	app.Synth(nil)
	os.Stderr, _ = os.Open(os.DevNull) // jsii.Close reports a process that has already ended
	jsii.Close()
}

func newStack(app awscdk.App) awscdk.Stack {
	stack := awscdk.NewStack(app, jsii.String("Serverless"), nil)

	workgroup := warehouse.NewServerless(stack, jsii.String("Warehouse"), &warehouse.ServerlessProps{
		BaseCapacity: 8, MaxCapacity: 32,
		UsageLimits:   []warehouse.UsageLimit{{Amount: 48, Period: "daily", BreachAction: "deactivate"}},
		RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
	stream := awskinesis.NewStream(stack, jsii.String("Stream"), &awskinesis.StreamProps{
		StreamName: jsii.String("clicks"), Encryption: awskinesis.StreamEncryption_MANAGED,
		RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
	ingestion.New(stack, jsii.String("Clicks"), &ingestion.Props{
		Warehouse: workgroup, Stream: stream, SchemaName: "web",
		// Run REFRESH MATERIALIZED VIEW when you need new records: automatic refreshes would
		// keep the workgroup running.
		Views: []ddl.View{{
			Name: "clicks", ManualRefresh: true,
			Columns: []ddl.Column{ddl.FieldColumn("page", "VARCHAR(200)", "page"), ddl.PayloadColumn("click")},
		}},
		RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
	return stack
}
