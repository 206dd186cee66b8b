package monitoring_test

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssnssubscriptions"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/ingestion"
	"github.com/tributary-cdk/tributary/constructs/monitoring"
	"github.com/tributary-cdk/tributary/constructs/warehouse"
	"github.com/tributary-cdk/tributary/ddl"
)

// Alarms by email, one of them with a threshold of its own.
func ExampleNew() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Shop"), nil)

	stream := awskinesis.NewStream(stack, jsii.String("Stream"), &awskinesis.StreamProps{
		StreamName: jsii.String("clicks"), Encryption: awskinesis.StreamEncryption_MANAGED,
	})
	cluster := warehouse.NewCluster(stack, jsii.String("Warehouse"), nil)
	clicks := ingestion.New(stack, jsii.String("Clicks"), &ingestion.Props{
		Warehouse: cluster, Stream: stream, SchemaName: "web",
		Views: []ddl.View{ddl.Landing("clicks")},
	})
	watched := monitoring.New(stack, jsii.String("Monitoring"), &monitoring.Props{
		Warehouse: cluster, Stream: stream, ViewNames: clicks.ViewNames,
		Thresholds: monitoring.Thresholds{Freshness: 30 * time.Minute},
	})
	watched.Topic.AddSubscription(awssnssubscriptions.NewEmailSubscription(jsii.String("on-call@example.com"), nil))
}
