// Command twostreams synthesizes a stack that reads two streams into one cluster. Each stream has a
// landing view, which never changes, and a plain view over it for queries. A role may read the
// views.
package main

import (
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
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
	stack := awscdk.NewStack(app, jsii.String("TwoStreams"), nil)

	cluster := warehouse.NewCluster(stack, jsii.String("Warehouse"), nil)
	dashboards := awsiam.NewRole(stack, jsii.String("Dashboards"), &awsiam.RoleProps{AssumedBy: awsiam.NewAccountRootPrincipal()})
	for _, column := range []ddl.Column{
		ddl.FieldColumn("clicks", "VARCHAR(200)", "page"),
		ddl.FieldColumn("orders", "DECIMAL(10,2)", "total"),
	} {
		name := column.Name
		ingestion.New(stack, jsii.String(name), &ingestion.Props{
			Warehouse: cluster, SchemaName: name + "_stream",
			Stream: awskinesis.NewStream(stack, jsii.String(name+"-stream"), &awskinesis.StreamProps{
				StreamName: jsii.String(name), StreamMode: awskinesis.StreamMode_ON_DEMAND,
				Encryption: awskinesis.StreamEncryption_MANAGED,
			}),
			Views: []ddl.View{
				ddl.Landing(name + "_landing"),
				{Name: name, From: name + "_landing", Columns: []ddl.Column{
					ddl.MetadataColumn("arrived", ddl.ApproximateArrivalTimestamp), column,
				}},
			},
		}).GrantRead(dashboards)
	}
	return stack
}
