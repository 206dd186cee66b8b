package warehouse

import (
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// NetworkProps says what [NewNetwork] defines. Nil means all defaults.
type NetworkProps struct {
	// VPC is where the warehouse is.
	//
	// Default: a new one of isolated subnets, without a NAT or an internet gateway.
	//
	// Change: replaces the warehouse.
	VPC awsec2.IVpc
	// Zones is in how many zones a new VPC has subnets. Serverless and Multi-AZ ask
	// for three, which every region has but us-west-1.
	//
	// Default: 2.
	//
	// Change: in place, if it grows; a zone that the warehouse is in can't go.
	Zones int
	// Subnets are those of the warehouse.
	//
	// Default: the isolated ones; of a VPC that has none, the private ones.
	//
	// Change: in place, where Redshift lets the warehouse stay; else it is refused.
	Subnets *awsec2.SubnetSelection
	// SecurityGroup is the warehouse's. Its rules are the caller's.
	//
	// Default: a new one, which nothing may come in through and which lets out HTTPS
	// only.
	//
	// Change: in place.
	SecurityGroup awsec2.ISecurityGroup
	// KinesisEndpoint is an interface endpoint by which the VPC reaches Kinesis
	// already. The warehouse's group is let through to it, if its own is known.
	//
	// Default: the one that the app defines in this VPC; else a new one.
	//
	// Change: in place.
	KinesisEndpoint awsec2.IInterfaceVpcEndpoint
	// NoEndpoints says that the subnets reach Kinesis and S3 otherwise: by a NAT, by
	// a transit gateway, or by endpoints that the app doesn't know of.
	//
	// Default: false.
	//
	// Change: in place.
	NoEndpoints bool
}

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

	zones int // those of a new VPC; 0: not known
}

// defaultZones is in how many zones a cluster's subnets are.
const defaultZones = 2

// NewNetwork defines a Network under scope: by default a VPC of isolated subnets in
// two zones, without a NAT or an internet gateway: all they reach is Kinesis, by an
// interface endpoint, and S3, by a gateway endpoint.
func NewNetwork(scope constructs.Construct, id *string, props *NetworkProps) *Network {
	var p NetworkProps
	if props != nil {
		p = *props
	}
	n := &Network{Construct: constructs.NewConstruct(scope, id), VPC: p.VPC, Subnets: p.Subnets, SecurityGroup: p.SecurityGroup}
	if n.VPC == nil {
		n.newVPC(p.Zones)
	}
	if n.Subnets == nil {
		n.Subnets = warehouseSubnets(n.VPC)
	}
	if n.SecurityGroup == nil {
		group := awsec2.NewSecurityGroup(n.Construct, jsii.String("SecurityGroup"), &awsec2.SecurityGroupProps{
			Vpc: n.VPC, Description: jsii.String("Redshift warehouse"), AllowAllOutbound: jsii.Bool(false),
		})
		// The subnets of a new VPC have no route beyond the endpoints.
		group.AddEgressRule(awsec2.Peer_AnyIpv4(), awsec2.Port_HTTPS(), jsii.String("Kinesis and S3, by the VPC's endpoints"), nil)
		n.SecurityGroup = group
	}
	if !p.NoEndpoints {
		n.reachS3()
		n.reachKinesis(p.KinesisEndpoint)
	}
	return n
}

func (n *Network) newVPC(zones int) {
	if zones == 0 {
		zones = defaultZones
	}
	n.zones = zones
	props := &awsec2.VpcProps{
		SubnetConfiguration: &[]*awsec2.SubnetConfiguration{
			{Name: jsii.String("Warehouse"), SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED, CidrMask: jsii.Number(24)},
		},
		NatGateways: jsii.Number(0),
		// Restricting it takes a second Lambda; nothing uses that group.
		RestrictDefaultSecurityGroup: jsii.Bool(false),
	}
	if zones <= defaultZones {
		props.MaxAzs = jsii.Number(zones)
	} else {
		// A stack that knows no region has two zones for the CDK; the region has more.
		var names []*string
		for i := range zones {
			names = append(names, awscdk.Fn_Select(jsii.Number(i), awscdk.Fn_GetAzs(nil)))
		}
		props.AvailabilityZones = &names
	}
	n.VPC = awsec2.NewVpc(n.Construct, jsii.String("Vpc"), props)
}

// warehouseSubnets returns the subnets that have the fewest ways out.
func warehouseSubnets(vpc awsec2.IVpc) *awsec2.SubnetSelection {
	if len(*vpc.IsolatedSubnets()) > 0 {
		return &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED}
	}
	return &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_WITH_EGRESS}
}

// The ids of the endpoints, below the VPC or, of one that exists already, below
// the network.
const (
	s3Endpoint      = "S3"
	kinesisEndpoint = "Kinesis"
)

// reachS3 defines a gateway endpoint, unless the VPC has one in this app. It costs
// nothing, but a route table takes one only: a VPC that exists outside of the app
// is left as it is.
func (n *Network) reachS3() {
	vpc, ours := n.VPC.(awsec2.Vpc)
	if ours && n.endpointOf("s3") == nil {
		vpc.AddGatewayEndpoint(jsii.String(s3Endpoint), &awsec2.GatewayVpcEndpointOptions{Service: awsec2.GatewayVpcEndpointAwsService_S3()})
	}
}

// reachKinesis lets the warehouse's group through to an interface endpoint: the one
// given, the one that the app has in this VPC, or a new one.
func (n *Network) reachKinesis(given awsec2.IInterfaceVpcEndpoint) {
	endpoint := given
	if endpoint == nil {
		endpoint, _ = n.endpointOf("kinesis-streams").(awsec2.IInterfaceVpcEndpoint)
	}
	if endpoint == nil {
		scope, id := n.Construct, kinesisEndpoint
		if vpc, ours := n.VPC.(awsec2.Vpc); ours {
			scope = vpc
		}
		// The endpoint only answers. With no rule for the way out, EC2 would allow all;
		// so the CDK writes one that matches nothing: ICMP to 255.255.255.255/32.
		group := awsec2.NewSecurityGroup(scope, jsii.String(id+"SecurityGroup"), &awsec2.SecurityGroupProps{
			Vpc: n.VPC, Description: jsii.String("Kinesis endpoint of the Redshift warehouse"), AllowAllOutbound: jsii.Bool(false),
		})
		endpoint = awsec2.NewInterfaceVpcEndpoint(scope, jsii.String(id), &awsec2.InterfaceVpcEndpointProps{
			Vpc: n.VPC, Service: awsec2.InterfaceVpcEndpointAwsService_KINESIS_STREAMS(), Subnets: n.Subnets, Open: jsii.Bool(false),
			SecurityGroups: &[]awsec2.ISecurityGroup{group},
		})
	}
	endpoint.Connections().AllowDefaultPortFrom(n.SecurityGroup, jsii.String("The warehouse"))
}

// endpointOf returns the construct of the endpoint of a service that the VPC's stack
// has in it already, or nil.
func (n *Network) endpointOf(service string) constructs.IConstruct {
	if n.zones > 0 {
		return nil // the VPC is new
	}
	vpc := *n.VPC.VpcId()
	for _, found := range *awscdk.Stack_Of(n.VPC).Node().FindAll(constructs.ConstructOrder_PREORDER) {
		endpoint, ok := found.Node().DefaultChild().(awsec2.CfnVPCEndpoint)
		if !ok || *endpoint.VpcId() != vpc {
			continue
		}
		// Before and behind the service's own name may stand tokens.
		if name := endpoint.ServiceName(); name != nil && slices.Contains(strings.FieldsFunc(*name, func(c rune) bool { return c == '.' || c == '$' }), service) {
			return found
		}
	}
	return nil
}
