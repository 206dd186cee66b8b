package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/warehouse"
)

// Network is the network of a new warehouse. The zero value means a new VPC.
type Network struct {
	VPC VPC
	// AvailabilityZones are the names of a new VPC's zones.
	AvailabilityZones []string
	// STSEndpoint adds an endpoint of STS.
	STSEndpoint bool
	// KinesisEndpointID is the ID of the interface endpoint through which the VPC reaches
	// Kinesis. It is empty if there is none.
	KinesisEndpointID string
	// NoEndpoints adds no endpoints, since the subnets reach Kinesis in another way.
	NoEndpoints bool
}

// VPC is an existing VPC.
type VPC struct {
	ID string `json:"id"`
	// AvailabilityZones are the zones of the subnets, in the order of SubnetIDs.
	AvailabilityZones []string `json:"availabilityZones"`
	// SubnetIDs are the IDs of the warehouse's subnets.
	SubnetIDs []string `json:"subnetIds"`
	// RouteTableIDs are the IDs of the subnets' route tables, in the order of SubnetIDs.
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

// define defines the network of the settings. threeZones tells whether the warehouse needs
// subnets in three zones. define returns nil if no setting is set. The warehouse then defines
// its default network.
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
