// Command crossaccount reads a stream that belongs to another account. The role there
// has to trust the one here, StreamReader, and may read the stream: see
// ingestion.Props.StreamRole for its statements.
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

// The stream's account, and what it offers.
const (
	streamARN     = "arn:aws:kinesis:eu-west-1:444455556666:stream/orders"
	streamRoleARN = "arn:aws:iam::444455556666:role/orders-reader"
)

func main() {
	app := awscdk.NewApp(nil)
	newStack(app)
	app.Synth(nil)
	os.Stderr, _ = os.Open(os.DevNull) // jsii reports a process that has ended already
	jsii.Close()
}

func newStack(app awscdk.App) awscdk.Stack {
	stack := awscdk.NewStack(app, jsii.String("CrossAccount"), &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String("111122223333"), Region: jsii.String("eu-west-1")},
	})

	// Of a name that the other account can write into its role's trust.
	role := awsiam.NewRole(stack, jsii.String("Role"), &awsiam.RoleProps{
		RoleName: jsii.String("StreamReader"), AssumedBy: awsiam.NewServicePrincipal(jsii.String("redshift.amazonaws.com"), nil),
	})
	theirs := awsiam.Role_FromRoleArn(stack, jsii.String("StreamRole"), jsii.String(streamRoleARN), nil)
	theirs.GrantAssumeRole(role)
	ingestion.New(stack, jsii.String("Orders"), &ingestion.Props{
		Warehouse: warehouse.FromClusterAttributes(stack, jsii.String("Warehouse"), &warehouse.ClusterAttributes{
			ClusterIdentifier: "analytics-cluster", Database: "dev", DatabaseUser: "etl",
		}),
		Stream:     awskinesis.Stream_FromStreamArn(stack, jsii.String("Stream"), jsii.String(streamARN)),
		Role:       role,
		StreamRole: theirs,
		SchemaName: "orders_stream",
		Views:      []ddl.View{ddl.Landing("orders_landing")},
	})
	return stack
}
