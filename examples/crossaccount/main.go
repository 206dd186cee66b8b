// Command crossaccount synthesizes a stack that reads a stream of another account. A role in that
// account must be allowed to read the stream, and must trust the role StreamReader of this stack:
// see ingestion.Props.StreamRole.
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

// The stream, and the role that may read it, in the stream's account.
const (
	streamARN     = "arn:aws:kinesis:eu-west-1:444455556666:stream/orders"
	streamRoleARN = "arn:aws:iam::444455556666:role/orders-reader"
)

func main() {
	app := awscdk.NewApp(nil)
	newStack(app)
	app.Synth(nil)
	os.Stderr, _ = os.Open(os.DevNull) // jsii.Close reports a process that has already ended
	jsii.Close()
}

func newStack(app awscdk.App) awscdk.Stack {
	stack := awscdk.NewStack(app, jsii.String("CrossAccount"), &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String("111122223333"), Region: jsii.String("eu-west-1")},
	})

	// The role has a fixed name, so that the role of the other account can trust it.
	role := awsiam.NewRole(stack, jsii.String("Role"), &awsiam.RoleProps{
		RoleName: jsii.String("StreamReader"), AssumedBy: awsiam.NewServicePrincipal(jsii.String("redshift.amazonaws.com"), nil),
	})
	streamRole := awsiam.Role_FromRoleArn(stack, jsii.String("StreamRole"), jsii.String(streamRoleARN), nil)
	streamRole.GrantAssumeRole(role)
	ingestion.New(stack, jsii.String("Orders"), &ingestion.Props{
		Warehouse: warehouse.FromClusterAttributes(stack, jsii.String("Warehouse"), &warehouse.ClusterAttributes{
			ClusterIdentifier: "analytics-cluster", Database: "dev", DatabaseUser: "etl",
		}),
		Stream:     awskinesis.Stream_FromStreamArn(stack, jsii.String("Stream"), jsii.String(streamARN)),
		Role:       role,
		StreamRole: streamRole,
		SchemaName: "orders_stream",
		Views:      []ddl.View{ddl.Landing("orders_landing")},
	})
	return stack
}
