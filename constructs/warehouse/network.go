package warehouse

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/invalid"
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
	// AvailabilityZones are the names of a new VPC's zones, such as eu-west-1a, instead
	// of their number. Not every zone has all that a warehouse needs: aws ec2
	// describe-vpc-endpoint-services tells which ones have the Kinesis endpoint, and aws
	// redshift describe-orderable-cluster-options which ones have the type of nodes.
	//
	// Default: the first Zones of the region.
	//
	// Change: in place, if names are appended; else EC2 refuses it, since the subnet in
	// the new zone would have the addresses of the one in the old zone.
	AvailabilityZones []string
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
	// STSEndpoint adds an interface endpoint by which the VPC reaches STS of its own
	// region. No documentation says that Redshift assumes roles from within the VPC, and
	// an endpoint costs $0.01 an hour and zone, so there is none unless you ask for it.
	// Set it if a stream is read by an ingestion's StreamRole, the VPC has no way out,
	// and the first refresh ends in a timeout. NoEndpoints excludes it.
	//
	// Default: false.
	//
	// Change: in place.
	STSEndpoint bool
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

	zones    int // those of a new VPC; 0: not known
	isolated bool
}

// Isolated reports whether the warehouse reaches nothing but the endpoints: Kinesis of
// its own region, and S3. So it is in a VPC that [NewNetwork] made, unless NoEndpoints
// says that there is another way. Of a VPC that the caller passes, nobody knows.
func (n *Network) Isolated() bool { return n.isolated }

// defaultZones is in how many zones a cluster's subnets are.
const defaultZones = 2

// NewNetwork defines a Network under scope: by default a VPC of isolated subnets in
// two zones, without a NAT or an internet gateway: all they reach is Kinesis, by an
// interface endpoint, and S3, by a gateway endpoint. Bad props fail the synthesis with
// every problem, each under its path.
func NewNetwork(scope constructs.Construct, id *string, props *NetworkProps) *Network {
	var p NetworkProps
	if props != nil {
		p = *props
	}
	n := &Network{
		Construct: constructs.NewConstruct(scope, id), VPC: p.VPC, Subnets: p.Subnets, SecurityGroup: p.SecurityGroup,
		isolated: p.VPC == nil && !p.NoEndpoints,
	}
	if invalid.Report(n.Construct, p.problems(awscdk.Stack_Of(scope))) {
		p.Zones, p.AvailabilityZones = serverlessZones, nil // enough for whatever is defined on it
	}
	if n.VPC == nil {
		n.newVPC(p.Zones, p.AvailabilityZones)
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
		n.reach(kinesis, p.KinesisEndpoint)
	}
	if p.STSEndpoint {
		n.reach(sts, nil)
	}
	return n
}

// newVPC defines a VPC in the zones of these names, or else in as many zones.
func (n *Network) newVPC(zones int, names []string) {
	switch {
	case len(names) > 0:
		zones = len(names)
	case zones == 0:
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
	switch {
	case len(names) > 0:
		props.AvailabilityZones = jsiiList(names)
	case zones <= defaultZones:
		props.MaxAzs = jsii.Number(zones)
	default:
		// A stack that knows no region has two zones for the CDK; the region has more.
		var some []*string
		for i := range zones {
			some = append(some, awscdk.Fn_Select(jsii.Number(i), awscdk.Fn_GetAzs(nil)))
		}
		props.AvailabilityZones = &some
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
