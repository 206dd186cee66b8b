package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/warehouse"
)

// Network is where a new warehouse is; the zero Network, a new one.
type Network struct {
	VPC VPC
	// KinesisEndpointID is the interface endpoint by which the VPC reaches Kinesis.
	KinesisEndpointID string
	// NoEndpoints says that the subnets reach Kinesis otherwise.
	NoEndpoints bool
}

// VPC is one that exists.
type VPC struct {
	ID string `json:"id"`
	// AvailabilityZones are those of the subnets, in their order.
	AvailabilityZones []string `json:"availabilityZones"`
	// SubnetIDs are the warehouse's.
	SubnetIDs []string `json:"subnetIds"`
	// RouteTableIDs are the subnets', in their order.
	RouteTableIDs []string `json:"routeTableIds"`
}

// networkSettings are the network's.
func networkSettings() []setting {
	fresh := []string{cluster, serverless}
	return []setting{
		{"vpc", fresh, document(
			func(c *Config) *VPC { return &c.Network.VPC },
			`{"id": "vpc-1", "availabilityZones": ["eu-west-1a", "eu-west-1b"], "subnetIds": ["subnet-1", "subnet-2"], "routeTableIds": ["rtb-1", "rtb-2"]}`,
		)},
		{"kinesisEndpointId", fresh, text(func(c *Config) *string { return &c.Network.KinesisEndpointID }, nil)},
		{"noEndpoints", fresh, boolean(func(c *Config) *bool { return &c.Network.NoEndpoints })},
	}
}

// newNetwork defines the network in a VPC that exists; nil leaves it to the
// warehouse to make a new one.
func newNetwork(stack awscdk.Stack, config *Config) *warehouse.Network {
	n := config.Network
	if n.VPC.ID == "" {
		return nil
	}
	props := &warehouse.NetworkProps{
		NoEndpoints: n.NoEndpoints,
		VPC: awsec2.Vpc_FromVpcAttributes(stack, jsii.String("Vpc"), &awsec2.VpcAttributes{
			VpcId: jsii.String(n.VPC.ID), AvailabilityZones: jsii.Strings(n.VPC.AvailabilityZones...),
			IsolatedSubnetIds: jsii.Strings(n.VPC.SubnetIDs...), IsolatedSubnetRouteTableIds: jsii.Strings(n.VPC.RouteTableIDs...),
		}),
	}
	if n.KinesisEndpointID != "" {
		props.KinesisEndpoint = awsec2.InterfaceVpcEndpoint_FromInterfaceVpcEndpointAttributes(stack, jsii.String("KinesisEndpoint"), &awsec2.InterfaceVpcEndpointAttributes{
			VpcEndpointId: jsii.String(n.KinesisEndpointID), Port: jsii.Number(443),
		})
	}
	return warehouse.NewNetwork(stack, jsii.String("Network"), props)
}
