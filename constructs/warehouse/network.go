package warehouse

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// Network is where a warehouse is and from where it reaches Kinesis.
type Network struct {
	constructs.Construct
	// VPC holds the subnets and the endpoints.
	VPC awsec2.IVpc
	// Subnets are those of the warehouse.
	Subnets *awsec2.SubnetSelection
	// SecurityGroup is the warehouse's. Nothing may come in through it; the
	// caller opens it for its own clients.
	SecurityGroup awsec2.ISecurityGroup
}

// NewNetwork defines a VPC of isolated subnets in two zones, without a NAT or an
// internet gateway: all they reach is Kinesis, by an interface endpoint, and S3,
// by a gateway endpoint.
func NewNetwork(scope constructs.Construct, id *string) *Network {
	n := &Network{
		Construct: constructs.NewConstruct(scope, id),
		Subnets:   &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED},
	}
	vpc := awsec2.NewVpc(n.Construct, jsii.String("Vpc"), &awsec2.VpcProps{
		MaxAzs: jsii.Number(2),
		SubnetConfiguration: &[]*awsec2.SubnetConfiguration{
			{Name: jsii.String("Warehouse"), SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED, CidrMask: jsii.Number(24)},
		},
		NatGateways: jsii.Number(0),
		// Restricting it takes a second Lambda; nothing uses that group.
		RestrictDefaultSecurityGroup: jsii.Bool(false),
	})
	n.VPC = vpc
	group := awsec2.NewSecurityGroup(n.Construct, jsii.String("SecurityGroup"), &awsec2.SecurityGroupProps{
		Vpc: vpc, Description: jsii.String("Redshift warehouse"), AllowAllOutbound: jsii.Bool(false),
	})
	// The subnets have no route beyond the endpoints.
	group.AddEgressRule(awsec2.Peer_AnyIpv4(), awsec2.Port_HTTPS(), jsii.String("Kinesis and S3, by the VPC's endpoints"), nil)
	n.SecurityGroup = group
	vpc.AddGatewayEndpoint(jsii.String("S3"), &awsec2.GatewayVpcEndpointOptions{Service: awsec2.GatewayVpcEndpointAwsService_S3()})
	kinesis := vpc.AddInterfaceEndpoint(jsii.String("Kinesis"), &awsec2.InterfaceVpcEndpointOptions{
		Service: awsec2.InterfaceVpcEndpointAwsService_KINESIS_STREAMS(), Subnets: n.Subnets, Open: jsii.Bool(false),
	})
	kinesis.Connections().AllowDefaultPortFrom(group, jsii.String("The warehouse"))
	return n
}
