package warehouse

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/invalid"
)

// NetworkProps are the properties of a [Network]. Nil means all defaults.
type NetworkProps struct {
	// VPC is the VPC of the warehouse.
	//
	// Default: a new VPC with isolated subnets, without a NAT or an internet gateway.
	//
	// Change: replaces the warehouse.
	VPC awsec2.IVpc
	// Zones is the number of availability zones in which a new VPC has subnets. A
	// Serverless workgroup and a Multi-AZ cluster need three, which all regions but
	// us-west-1 have.
	//
	// Default: 2.
	//
	// Change: in place to a larger number; a zone that the warehouse uses can't be removed.
	Zones int
	// AvailabilityZones are the names of a new VPC's zones, such as eu-west-1a. They exclude
	// Zones. Some zones lack the Kinesis endpoint: see aws ec2
	// describe-vpc-endpoint-services. Some lack a type of nodes: see aws redshift
	// describe-orderable-cluster-options.
	//
	// Default: the first Zones of the region.
	//
	// Change: in place, if you append names; otherwise, EC2 refuses the change, since the
	// subnet in the new zone would have the addresses of the subnet in the old zone.
	AvailabilityZones []string
	// Subnets are the subnets of the warehouse.
	//
	// Default: the isolated subnets; in a VPC without isolated subnets, the private ones.
	//
	// Change: in place, if the warehouse can stay in its subnet; otherwise refused.
	Subnets *awsec2.SubnetSelection
	// SecurityGroup is the security group of the warehouse. If you pass a group, define its
	// rules yourself.
	//
	// Default: a new group that allows no ingress, and only HTTPS as egress.
	//
	// Change: in place.
	SecurityGroup awsec2.ISecurityGroup
	// KinesisEndpoint is an existing interface endpoint through which the VPC reaches
	// Kinesis. If its security group is known, the warehouse is allowed to connect to it.
	//
	// Default: the endpoint that the app defines in this VPC, or else a new one.
	//
	// Change: in place.
	KinesisEndpoint awsec2.IInterfaceVpcEndpoint
	// STSEndpoint adds an interface endpoint through which the VPC reaches STS in its
	// region. It excludes NoEndpoints. It is off by default, since AWS doesn't document
	// that Redshift assumes roles from within the VPC, and an endpoint costs $0.01 per hour
	// and zone. Set it if an ingestion has a StreamRole, the VPC has no internet access,
	// and the first refresh times out.
	//
	// Default: false.
	//
	// Change: in place.
	STSEndpoint bool
	// NoEndpoints adds no endpoints to the VPC. Set it if the subnets reach Kinesis and S3
	// in another way: through a NAT, a transit gateway, or endpoints that are not defined
	// in the app.
	//
	// Default: false.
	//
	// Change: in place.
	NoEndpoints bool
}

// Network is the VPC, the subnets and the security group of a warehouse, with the endpoints
// through which it reaches Kinesis and S3.
type Network struct {
	constructs.Construct
	// VPC contains the subnets and the endpoints.
	VPC awsec2.IVpc
	// Subnets are the subnets of the warehouse.
	Subnets *awsec2.SubnetSelection
	// SecurityGroup is the security group of the warehouse. By default it allows no ingress.
	// To let clients connect, add ingress rules to it.
	SecurityGroup awsec2.ISecurityGroup

	zones    int // number of zones of a new VPC; 0 if the VPC is not new
	isolated bool
}

// Isolated reports whether the warehouse reaches only the endpoints: Kinesis of its own
// region, and S3. This is the case in a VPC that [NewNetwork] defined, unless NoEndpoints is
// set. For a VPC that the caller passes, Isolated returns false, since its routes are unknown.
func (n *Network) Isolated() bool { return n.isolated }

// defaultZones is the number of zones in which a cluster has subnets by default.
const defaultZones = 2

// NewNetwork defines a Network under scope. By default, it defines a VPC with isolated subnets
// in two zones, without a NAT or an internet gateway. These subnets reach only Kinesis,
// through an interface endpoint, and S3, through a gateway endpoint. If the props are invalid,
// the synthesis fails with all problems, each with the path of its prop.
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
		p.Zones, p.AvailabilityZones = serverlessZones, nil // so that warehouses in this network report no problems of zones
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
		// The subnets of a new VPC have routes only to the endpoints.
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

// newVPC defines a VPC in the zones of these names. Without names, it defines a VPC in this
// number of zones; 0 means the default.
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
		// Restricting the default group needs another Lambda function. Nothing uses the group.
		RestrictDefaultSecurityGroup: jsii.Bool(false),
	}
	switch {
	case len(names) > 0:
		props.AvailabilityZones = jsiiList(names)
	case zones <= defaultZones:
		props.MaxAzs = jsii.Number(zones)
	default:
		// In a stack without a region, CDK assumes two zones. The region has more.
		var list []*string
		for i := range zones {
			list = append(list, awscdk.Fn_Select(jsii.Number(i), awscdk.Fn_GetAzs(nil)))
		}
		props.AvailabilityZones = &list
	}
	n.VPC = awsec2.NewVpc(n.Construct, jsii.String("Vpc"), props)
}

// warehouseSubnets returns the isolated subnets, or the private ones if there are none.
func warehouseSubnets(vpc awsec2.IVpc) *awsec2.SubnetSelection {
	if len(*vpc.IsolatedSubnets()) > 0 {
		return &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED}
	}
	return &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_WITH_EGRESS}
}
