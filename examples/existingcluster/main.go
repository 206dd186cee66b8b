// Command existingcluster synthesizes a stack with streaming views in an existing cluster. The
// stack changes only the list of the cluster's roles, and restores it when the stack is deleted.
package main

import (
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/ingestion"
	"github.com/tributary-cdk/tributary/constructs/warehouse"
	"github.com/tributary-cdk/tributary/ddl"
)

// The cluster, and the secret of the database user who will own the views.
const (
	clusterIdentifier = "analytics-cluster"
	adminARN          = "arn:aws:secretsmanager:us-east-1:000000000000:secret:analytics-admin-AbCdEf"
)

func main() {
	app := awscdk.NewApp(nil)
	newStack(app)
	app.Synth(nil)
	os.Stderr, _ = os.Open(os.DevNull) // jsii.Close reports a process that has already ended
	jsii.Close()
}

func newStack(app awscdk.App) awscdk.Stack {
	stack := awscdk.NewStack(app, jsii.String("ExistingCluster"), nil)

	cluster := warehouse.FromClusterAttributes(stack, jsii.String("Warehouse"), &warehouse.ClusterAttributes{
		ClusterIdentifier: clusterIdentifier,
		Database:          "dev",
		Secret:            awssecretsmanager.Secret_FromSecretCompleteArn(stack, jsii.String("Secret"), jsii.String(adminARN)),
	})
	stream := awskinesis.NewStream(stack, jsii.String("Stream"), &awskinesis.StreamProps{
		StreamName: jsii.String("clicks"), Encryption: awskinesis.StreamEncryption_MANAGED,
		RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
	ingestion.New(stack, jsii.String("Clicks"), &ingestion.Props{
		Warehouse: cluster, Stream: stream, SchemaName: "web",
		ViewSchemas: []ddl.Schema{{Name: "analytics", Grants: []ddl.Grantee{{Role: "analyst"}}}},
		Views: []ddl.View{{
			Name: "clicks", Schema: "analytics", Grants: []ddl.Grantee{{Role: "analyst"}},
			Columns: []ddl.Column{ddl.PayloadColumn("click")},
		}},
		RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
	return stack
}
