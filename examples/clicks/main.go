// Command clicks synthesizes a stack that reads a new stream of clicks into a streaming view in a
// new cluster.
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
	stack := awscdk.NewStack(app, jsii.String("Clicks"), nil)

	stream := awskinesis.NewStream(stack, jsii.String("Stream"), &awskinesis.StreamProps{
		StreamName: jsii.String("clicks"), Encryption: awskinesis.StreamEncryption_MANAGED,
	})
	cluster := warehouse.NewCluster(stack, jsii.String("Warehouse"), nil)
	ingestion.New(stack, jsii.String("Clicks"), &ingestion.Props{
		Warehouse: cluster, Stream: stream, SchemaName: "web",
		Views: []ddl.View{{Name: "clicks", Columns: []ddl.Column{
			ddl.MetadataColumn("arrived", ddl.ApproximateArrivalTimestamp),
			ddl.FieldColumn("page", "VARCHAR(200)", "page", "url"),
			ddl.PayloadColumn("click"),
		}}},
	})
	return stack
}
