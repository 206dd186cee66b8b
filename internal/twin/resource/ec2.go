package resource

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"net/netip"

	"github.com/tributary-cdk/tributary/internal/twin/cloudformation"
)

// networkTypes are EC2's. They exist by name and route nothing.
func networkTypes(s Services) map[string]*maker {
	g := s.Registry
	return map[string]*maker{
		"AWS::EC2::VPC":    {name: assigned("vpc-"), check: checkVPC, attributes: vpcAttributes},
		"AWS::EC2::Subnet": {name: assigned("subnet-"), check: checkSubnet(g), attributes: subnetAttributes},
		"AWS::EC2::RouteTable": {
			name: assigned("rtb-"), check: refersTo(g, "VpcId", "AWS::EC2::VPC"), attributes: idAttribute("RouteTableId"),
		},
		"AWS::EC2::SubnetRouteTableAssociation": {
			name: assigned("rtbassoc-"), attributes: idAttribute("Id"),
			check: refersTo(g, "SubnetId", "AWS::EC2::Subnet", "RouteTableId", "AWS::EC2::RouteTable"),
		},
		"AWS::EC2::Route": {
			name: routeName, attributes: attributesFrom("DestinationCidrBlock", "CidrBlock"),
			check: refersTo(g, "RouteTableId", "AWS::EC2::RouteTable", "NatGatewayId", "AWS::EC2::NatGateway"),
		},
		"AWS::EC2::InternetGateway": {name: assigned("igw-"), attributes: idAttribute("InternetGatewayId")},
		"AWS::EC2::VPCGatewayAttachment": {
			name: attachmentName, check: refersTo(g, "VpcId", "AWS::EC2::VPC", "InternetGatewayId", "AWS::EC2::InternetGateway"),
			attributes: func(r cloudformation.Request) map[string]any {
				return map[string]any{"AttachmentType": attachmentType(r)}
			},
		},
		"AWS::EC2::SecurityGroup":        {name: assigned("sg-"), check: refersTo(g, "VpcId", "AWS::EC2::VPC"), attributes: groupAttributes},
		"AWS::EC2::SecurityGroupIngress": {name: assigned("sgr-"), attributes: idAttribute("Id")},
		"AWS::EC2::SecurityGroupEgress":  {name: assigned("sgr-"), attributes: idAttribute("Id")},
		"AWS::EC2::VPCEndpoint":          {name: assigned("vpce-"), check: checkEndpoint(g), attributes: endpointAttributes},
		"AWS::EC2::EIP":                  {name: addressOf, attributes: addressAttributes},
		"AWS::EC2::NatGateway": {
			name: assigned("nat-"), check: refersTo(g, "SubnetId", "AWS::EC2::Subnet"),
			attributes: func(r cloudformation.Request) map[string]any {
				return map[string]any{"NatGatewayId": r.PhysicalID, "EniId": "eni-" + digest(17, r.PhysicalID)}
			},
		},
	}
}

// refersTo returns a check that properties, each before its type, name
// resources which exist.
func refersTo(g *Registry, pairs ...string) func(cloudformation.Request, properties) {
	return func(_ cloudformation.Request, p properties) {
		for i := 0; i < len(pairs); i += 2 {
			p.refersTo(g, pairs[i], pairs[i+1])
		}
	}
}

// idAttribute returns an attributes function for types whose only attribute is
// the physical id.
func idAttribute(name string) func(cloudformation.Request) map[string]any {
	return func(r cloudformation.Request) map[string]any { return map[string]any{name: r.PhysicalID} }
}

// attributesFrom returns an attributes function whose only attribute is a
// property's value.
func attributesFrom(property, name string) func(cloudformation.Request) map[string]any {
	return func(r cloudformation.Request) map[string]any {
		return map[string]any{name: propertiesOf(r).text(property)}
	}
}

func checkVPC(_ cloudformation.Request, p properties) {
	p.unsupported("Ipv4IpamPoolId", "Ipv4NetmaskLength")
	checkBlock(p, "CidrBlock", 16, 28)
}

// checkBlock refuses what isn't an IPv4 block of a size that EC2 takes.
//
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
func checkBlock(p properties, name string, low, high int) {
	block := p.text(name)
	prefix, err := netip.ParsePrefix(block)
	switch {
	case err != nil || !prefix.Addr().Is4():
		p.refuse(name, "Value (%s) is invalid: an IPv4 CIDR block is needed", block)
	case prefix.Bits() < low || prefix.Bits() > high:
		p.refuse(name, "The CIDR '%s' is invalid: /%d to /%d is needed", block, low, high)
	}
}

func vpcAttributes(r cloudformation.Request) map[string]any {
	return map[string]any{
		"VpcId": r.PhysicalID, "CidrBlock": propertiesOf(r).text("CidrBlock"),
		"CidrBlockAssociations": []any{"vpc-cidr-assoc-" + digest(17, r.PhysicalID, "cidr")},
		"DefaultNetworkAcl":     "acl-" + digest(17, r.PhysicalID, "acl"),
		"DefaultSecurityGroup":  "sg-" + digest(17, r.PhysicalID, "sg"),
		"Ipv6CidrBlocks":        []any{},
	}
}

func checkSubnet(g *Registry) func(cloudformation.Request, properties) {
	return func(_ cloudformation.Request, p properties) {
		p.refersTo(g, "VpcId", "AWS::EC2::VPC")
		if p.has("CidrBlock") {
			checkBlock(p, "CidrBlock", 16, 28)
		}
	}
}

func subnetAttributes(r cloudformation.Request) map[string]any {
	p := propertiesOf(r)
	zone := cmp.Or(p.text("AvailabilityZone"), r.Region+"a")
	return map[string]any{
		"SubnetId": r.PhysicalID, "VpcId": p.text("VpcId"), "CidrBlock": p.text("CidrBlock"), "AvailabilityZone": zone,
		"NetworkAclAssociationId": "aclassoc-" + digest(17, r.PhysicalID), "Ipv6CidrBlocks": []any{},
		"BlockPublicAccessStates": []any{"off"},
	}
}

func routeName(r cloudformation.Request) string {
	p := propertiesOf(r)
	for _, name := range []string{"DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"} {
		if destination := p.text(name); destination != "" {
			return p.text("RouteTableId") + "|" + destination
		}
	}
	return p.text("RouteTableId") + "|"
}

func attachmentType(r cloudformation.Request) string {
	if propertiesOf(r).has("VpnGatewayId") {
		return "VGW"
	}
	return "IGW"
}

func attachmentName(r cloudformation.Request) string {
	return attachmentType(r) + "|" + propertiesOf(r).text("VpcId")
}

func groupAttributes(r cloudformation.Request) map[string]any {
	return map[string]any{"Id": r.PhysicalID, "GroupId": r.PhysicalID, "VpcId": propertiesOf(r).text("VpcId")}
}

func checkEndpoint(g *Registry) func(cloudformation.Request, properties) {
	return func(_ cloudformation.Request, p properties) {
		p.refersTo(g, "VpcId", "AWS::EC2::VPC")
		p.refersTo(g, "SubnetIds", "AWS::EC2::Subnet")
		p.refersTo(g, "RouteTableIds", "AWS::EC2::RouteTable")
		p.oneOf("VpcEndpointType", "Gateway", "Interface")
	}
}

func endpointAttributes(r cloudformation.Request) map[string]any {
	p := propertiesOf(r)
	interfaces, names := []any{}, []any{}
	if p.text("VpcEndpointType") == "Interface" {
		for _, subnet := range p.texts("SubnetIds") {
			interfaces = append(interfaces, "eni-"+digest(17, r.PhysicalID, subnet))
		}
		names = append(names, fmt.Sprintf("Z7HUB22UULQXV:%s-%s.vpce.amazonaws.com", r.PhysicalID, digest(8, r.PhysicalID)))
	}
	return map[string]any{
		"Id": r.PhysicalID, "NetworkInterfaceIds": interfaces, "DnsEntries": names,
	}
}

// addressOf returns an elastic IP address, of the block that documentation may
// use and nobody has.
//
// Source: https://www.rfc-editor.org/rfc/rfc5737
func addressOf(r cloudformation.Request) string {
	last := sha256.Sum256([]byte(r.StackID + r.LogicalID + r.RequestID))[0]
	return fmt.Sprintf("203.0.113.%d", last)
}

func addressAttributes(r cloudformation.Request) map[string]any {
	return map[string]any{"PublicIp": r.PhysicalID, "AllocationId": "eipalloc-" + digest(17, r.PhysicalID)}
}
