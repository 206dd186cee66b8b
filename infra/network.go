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
	// AvailabilityZones are a new VPC's.
	AvailabilityZones []string
	// STSEndpoint adds an endpoint of STS.
	STSEndpoint bool
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

func (n *Network) settings() []setting {
	return []setting{
		{"vpc", document(&n.VPC, `{"id": "vpc-1", "availabilityZones": ["eu-west-1a", "eu-west-1b"], "subnetIds": ["subnet-1", "subnet-2"], "routeTableIds": ["rtb-1", "rtb-2"]}`)},
		{"availabilityZones", document(&n.AvailabilityZones, `["eu-west-1a", "eu-west-1b"]`)},
		{"stsEndpoint", boolean(&n.STSEndpoint)},
		{"kinesisEndpointId", text(&n.KinesisEndpointID, nil)},
		{"noEndpoints", boolean(&n.NoEndpoints)},
	}
}

// define defines the network that the settings describe, for a warehouse that asks for
// three zones or not; nil leaves it to the warehouse to make one by default.
func (n *Network) define(stack awscdk.Stack, threeZones bool) *warehouse.Network {
	if n.VPC.ID == "" && len(n.AvailabilityZones) == 0 && !n.STSEndpoint {
		return nil
	}
	props := &warehouse.NetworkProps{AvailabilityZones: n.AvailabilityZones, STSEndpoint: n.STSEndpoint, NoEndpoints: n.NoEndpoints}
	switch {
	case n.VPC.ID != "":
		props.VPC = awsec2.Vpc_FromVpcAttributes(stack, jsii.String("Vpc"), &awsec2.VpcAttributes{
			VpcId: jsii.String(n.VPC.ID), AvailabilityZones: jsii.Strings(n.VPC.AvailabilityZones...),
			IsolatedSubnetIds: jsii.Strings(n.VPC.SubnetIDs...), IsolatedSubnetRouteTableIds: jsii.Strings(n.VPC.RouteTableIDs...),
		})
	case len(n.AvailabilityZones) == 0 && threeZones:
		props.Zones = 3
	}
	if n.KinesisEndpointID != "" {
		props.KinesisEndpoint = awsec2.InterfaceVpcEndpoint_FromInterfaceVpcEndpointAttributes(stack, jsii.String("KinesisEndpoint"), &awsec2.InterfaceVpcEndpointAttributes{
			VpcEndpointId: jsii.String(n.KinesisEndpointID), Port: jsii.Number(443),
		})
	}
	return warehouse.NewNetwork(stack, jsii.String("Network"), props)
}
