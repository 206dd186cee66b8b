// Command msk synthesizes a stack that reads a topic of Amazon MSK with IAM authentication. It
// follows AWS's documentation, and was never deployed.
package main

import (
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/ingestion"
	"github.com/tributary-cdk/tributary/constructs/warehouse"
	"github.com/tributary-cdk/tributary/ddl"
)

// The MSK cluster, and the VPC of its brokers.
const (
	clusterARN = "arn:aws:kafka:eu-west-1:111122223333:cluster/events/6a1c5f1e-1c1d-4b1a-9a55-0d3c5f8e2b11-3"
	vpcID      = "vpc-0123456789abcdef0"
)

func main() {
	app := awscdk.NewApp(nil)
	newStack(app)
	app.Synth(nil)
	os.Stderr, _ = os.Open(os.DevNull) // jsii.Close reports a process that has already ended
	jsii.Close()
}

func newStack(app awscdk.App) awscdk.Stack {
	stack := awscdk.NewStack(app, jsii.String("MSK"), &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String("111122223333"), Region: jsii.String("eu-west-1")},
	})

	// The VPC of the brokers. It needs no endpoints, since the views read no Kinesis stream.
	vpc := awsec2.Vpc_FromVpcAttributes(stack, jsii.String("Vpc"), &awsec2.VpcAttributes{
		VpcId: jsii.String(vpcID), AvailabilityZones: jsii.Strings("eu-west-1a", "eu-west-1b"),
		PrivateSubnetIds:           jsii.Strings("subnet-0123456789abcdef0", "subnet-0123456789abcdef1"),
		PrivateSubnetRouteTableIds: jsii.Strings("rtb-0123456789abcdef0", "rtb-0123456789abcdef1"),
	})
	network := warehouse.NewNetwork(stack, jsii.String("Network"), &warehouse.NetworkProps{VPC: vpc, NoEndpoints: true})
	brokers := awsec2.SecurityGroup_FromSecurityGroupId(stack, jsii.String("Brokers"), jsii.String("sg-0123456789abcdef0"), nil)
	brokers.Connections().AllowFrom(network.SecurityGroup, awsec2.Port_Tcp(jsii.Number(9098)), jsii.String("The warehouse, by IAM"))
	ingestion.New(stack, jsii.String("Events"), &ingestion.Props{
		Warehouse:  warehouse.NewCluster(stack, jsii.String("Warehouse"), &warehouse.ClusterProps{Network: network}),
		Topic:      &ingestion.Topic{Name: "events", Cluster: ddl.Kafka{ClusterARN: clusterARN, Authentication: ddl.KafkaIAM}},
		SchemaName: "kafka",
		Views:      []ddl.View{ddl.LandingTopic("events_landing")},
	})
	return stack
}
