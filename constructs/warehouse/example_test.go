package warehouse_test

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/warehouse"
)

// A cluster of two nodes, which is paused at night and is removed with the stack.
func ExampleNewCluster() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Shop"), nil)

	warehouse.NewCluster(stack, jsii.String("Warehouse"), &warehouse.ClusterProps{
		NodeType:       "ra3.xlplus",
		Nodes:          2,
		SnapshotDays:   7,
		PauseSchedule:  "cron(0 19 ? * MON-FRI *)",
		ResumeSchedule: "cron(0 7 ? * MON-FRI *)",
		RemovalPolicy:  awscdk.RemovalPolicy_DESTROY,
	})
}

// A workgroup that stops running queries once it has used 48 RPU-hours in a day.
func ExampleNewServerless() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Shop"), nil)

	warehouse.NewServerless(stack, jsii.String("Warehouse"), &warehouse.ServerlessProps{
		BaseCapacity: 8,
		MaxCapacity:  32,
		UsageLimits:  []warehouse.UsageLimit{{Amount: 48, Period: "daily", BreachAction: "deactivate"}},
	})
}

// A network in a VPC that exists, whose subnets have a route to Kinesis already.
func ExampleNewNetwork() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Shop"), nil)

	vpc := awsec2.Vpc_FromVpcAttributes(stack, jsii.String("Vpc"), &awsec2.VpcAttributes{
		VpcId:                      jsii.String("vpc-0123456789abcdef0"),
		AvailabilityZones:          jsii.Strings("eu-west-1a", "eu-west-1b"),
		PrivateSubnetIds:           jsii.Strings("subnet-0123456789abcdef0", "subnet-0123456789abcdef1"),
		PrivateSubnetRouteTableIds: jsii.Strings("rtb-0123456789abcdef0", "rtb-0123456789abcdef1"),
	})
	network := warehouse.NewNetwork(stack, jsii.String("Network"), &warehouse.NetworkProps{VPC: vpc, NoEndpoints: true})
	warehouse.NewCluster(stack, jsii.String("Warehouse"), &warehouse.ClusterProps{Network: network})
}

// A cluster that exists. The user of the secret creates the views.
func ExampleFromClusterAttributes() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Shop"), nil)

	const secretARN = "arn:aws:secretsmanager:us-east-1:111122223333:secret:analytics-admin-AbCdEf"
	warehouse.FromClusterAttributes(stack, jsii.String("Warehouse"), &warehouse.ClusterAttributes{
		ClusterIdentifier: "analytics-cluster",
		Database:          "dev",
		Secret:            awssecretsmanager.Secret_FromSecretCompleteArn(stack, jsii.String("Secret"), jsii.String(secretARN)),
	})
}

// A workgroup that exists, whose namespace has one role already.
func ExampleFromWorkgroupAttributes() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Shop"), nil)

	const (
		secretARN = "arn:aws:secretsmanager:us-east-1:111122223333:secret:analytics-admin-AbCdEf"
		loaderARN = "arn:aws:iam::111122223333:role/loader"
	)
	warehouse.FromWorkgroupAttributes(stack, jsii.String("Warehouse"), &warehouse.WorkgroupAttributes{
		WorkgroupName:  "analytics",
		WorkgroupID:    "11111111-2222-3333-4444-555555555555",
		NamespaceName:  "analytics",
		NamespaceID:    "66666666-7777-8888-9999-000000000000",
		NamespaceRoles: []awsiam.IRole{awsiam.Role_FromRoleArn(stack, jsii.String("Loader"), jsii.String(loaderARN), nil)},
		Database:       "dev",
		Secret:         awssecretsmanager.Secret_FromSecretCompleteArn(stack, jsii.String("Secret"), jsii.String(secretARN)),
	})
}
