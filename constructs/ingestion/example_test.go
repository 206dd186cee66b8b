package ingestion_test

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/ingestion"
	"github.com/tributary-cdk/tributary/constructs/warehouse"
	"github.com/tributary-cdk/tributary/ddl"
)

// A new stream and a new cluster, with a view that has a column for each field.
func ExampleNew() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Shop"), nil)

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
}

// A landing view, which never has to change, and a plain view over it. A role may read
// both.
func ExampleIngestion_GrantRead() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Shop"), nil)

	stream := awskinesis.NewStream(stack, jsii.String("Stream"), &awskinesis.StreamProps{
		StreamName: jsii.String("clicks"), Encryption: awskinesis.StreamEncryption_MANAGED,
	})
	clicks := ingestion.New(stack, jsii.String("Clicks"), &ingestion.Props{
		Warehouse: warehouse.NewCluster(stack, jsii.String("Warehouse"), nil), Stream: stream, SchemaName: "web",
		Views: []ddl.View{
			ddl.Landing("clicks_landing"),
			{Name: "clicks", From: "clicks_landing", Columns: []ddl.Column{
				ddl.MetadataColumn("arrived", ddl.ApproximateArrivalTimestamp),
				ddl.FieldColumn("page", "VARCHAR(200)", "page", "url"),
			}},
		},
	})
	dashboards := awsiam.NewRole(stack, jsii.String("Dashboards"), &awsiam.RoleProps{AssumedBy: awsiam.NewAccountRootPrincipal()})
	clicks.GrantRead(dashboards)
}
