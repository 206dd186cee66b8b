// Command customerkey synthesizes a stack that encrypts the stream, the cluster and the admin's
// secret with one customer managed key. The role that reads the stream may decrypt with the key.
package main

import (
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
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
	stack := awscdk.NewStack(app, jsii.String("CustomerKey"), nil)

	key := awskms.NewKey(stack, jsii.String("Key"), &awskms.KeyProps{EnableKeyRotation: jsii.Bool(true)})
	stream := awskinesis.NewStream(stack, jsii.String("Stream"), &awskinesis.StreamProps{
		StreamName: jsii.String("payments"), EncryptionKey: key,
		StreamMode: awskinesis.StreamMode_PROVISIONED, ShardCount: jsii.Number(2),
		RetentionPeriod: awscdk.Duration_Days(jsii.Number(7)),
	})
	cluster := warehouse.NewCluster(stack, jsii.String("Warehouse"), &warehouse.ClusterProps{
		Nodes: 2, EncryptionKey: key, SnapshotDays: 7,
		LogExports: []string{"connectionlog", "userlog", "useractivitylog"},
	})
	ingestion.New(stack, jsii.String("Payments"), &ingestion.Props{
		Warehouse: cluster, Stream: stream, SchemaName: "payments_stream",
		Views: []ddl.View{{Name: "payments", OnReplace: ddl.RefuseChange, Columns: []ddl.Column{
			ddl.FieldColumn("amount", "DECIMAL(12,2)", "amount"),
			ddl.FieldColumn("paid_at", "TIMESTAMP", "paidAt"),
			ddl.PayloadColumn("payment"),
		}}},
	})
	return stack
}
