package resource

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"net/netip"

	"github.com/tributary-cdk/tributary/internal/twin/cloudformation"
)

// networkTypes returns the providers of the EC2 types. Their resources are only recorded
// and do not affect any network traffic.
func networkTypes(s Services) map[string]*provider {
	g := s.Registry
	return map[string]*provider{
		"AWS::EC2::VPC":    {name: generatedID("vpc-"), check: checkVPC, attributes: vpcAttributes},
		"AWS::EC2::Subnet": {name: generatedID("subnet-"), check: checkSubnet(g), attributes: subnetAttributes},
		"AWS::EC2::RouteTable": {
			name: generatedID("rtb-"), check: checkReferences(g, "VpcId", "AWS::EC2::VPC"), attributes: idAttribute("RouteTableId"),
		},
		"AWS::EC2::SubnetRouteTableAssociation": {
			name: generatedID("rtbassoc-"), attributes: idAttribute("Id"),
			check: checkReferences(g, "SubnetId", "AWS::EC2::Subnet", "RouteTableId", "AWS::EC2::RouteTable"),
		},
		"AWS::EC2::Route": {
			name: routeName, attributes: attributesFrom("DestinationCidrBlock", "CidrBlock"),
			check: checkReferences(g, "RouteTableId", "AWS::EC2::RouteTable", "NatGatewayId", "AWS::EC2::NatGateway"),
		},
		"AWS::EC2::InternetGateway": {name: generatedID("igw-"), attributes: idAttribute("InternetGatewayId")},
		"AWS::EC2::VPCGatewayAttachment": {
			name: attachmentName, check: checkReferences(g, "VpcId", "AWS::EC2::VPC", "InternetGatewayId", "AWS::EC2::InternetGateway"),
			attributes: func(r cloudformation.Request) map[string]any {
				return map[string]any{"AttachmentType": attachmentType(r)}
			},
		},
		"AWS::EC2::SecurityGroup":        {name: generatedID("sg-"), check: checkReferences(g, "VpcId", "AWS::EC2::VPC"), attributes: groupAttributes},
		"AWS::EC2::SecurityGroupIngress": {name: generatedID("sgr-"), attributes: idAttribute("Id")},
		"AWS::EC2::SecurityGroupEgress":  {name: generatedID("sgr-"), attributes: idAttribute("Id")},
		"AWS::EC2::VPCEndpoint":          {name: generatedID("vpce-"), check: checkEndpoint(g), attributes: endpointAttributes},
		"AWS::EC2::EIP":                  {name: elasticIP, attributes: addressAttributes},
		"AWS::EC2::NatGateway": {
			name: generatedID("nat-"), check: checkReferences(g, "SubnetId", "AWS::EC2::Subnet"),
			attributes: func(r cloudformation.Request) map[string]any {
				return map[string]any{"NatGatewayId": r.PhysicalID, "EniId": "eni-" + digest(17, r.PhysicalID)}
			},
		},
	}
}

// checkReferences returns a check function. pairs are names of properties, each followed
// by a resource type: the property must refer to an existing resource of that type.
func checkReferences(g *Registry, pairs ...string) func(cloudformation.Request, properties) {
	return func(_ cloudformation.Request, p properties) {
		for i := 0; i < len(pairs); i += 2 {
			p.checkReference(g, pairs[i], pairs[i+1])
		}
	}
}

// idAttribute returns an attributes function for types whose only attribute, called name,
// is the physical id.
func idAttribute(name string) func(cloudformation.Request) map[string]any {
	return func(r cloudformation.Request) map[string]any { return map[string]any{name: r.PhysicalID} }
}

// attributesFrom returns an attributes function for types whose only attribute, called
// name, is the value of a property.
func attributesFrom(property, name string) func(cloudformation.Request) map[string]any {
	return func(r cloudformation.Request) map[string]any {
		return map[string]any{name: propertiesOf(r).text(property)}
	}
}

func checkVPC(_ cloudformation.Request, p properties) {
	p.unsupported("Ipv4IpamPoolId", "Ipv4NetmaskLength")
	checkCIDRBlock(p, "CidrBlock", 16, 28)
}

// checkCIDRBlock adds a problem unless the value of the property is an IPv4 CIDR block
// whose prefix has low to high bits.
//
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
func checkCIDRBlock(p properties, name string, low, high int) {
	block := p.text(name)
	prefix, err := netip.ParsePrefix(block)
	switch {
	case err != nil || !prefix.Addr().Is4():
		p.addProblem(name, "Value (%s) is invalid: needs an IPv4 CIDR block", block)
	case prefix.Bits() < low || prefix.Bits() > high:
		p.addProblem(name, "The CIDR '%s' is invalid: needs /%d to /%d", block, low, high)
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
		p.checkReference(g, "VpcId", "AWS::EC2::VPC")
		if p.has("CidrBlock") {
			checkCIDRBlock(p, "CidrBlock", 16, 28)
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
		p.checkReference(g, "VpcId", "AWS::EC2::VPC")
		p.checkReference(g, "SubnetIds", "AWS::EC2::Subnet")
		p.checkReference(g, "RouteTableIds", "AWS::EC2::RouteTable")
		p.checkOneOf("VpcEndpointType", "Gateway", "Interface")
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

// elasticIP returns an Elastic IP address from a block that is reserved for documentation,
// so that it is never the address of a real host.
//
// Source: https://www.rfc-editor.org/rfc/rfc5737
func elasticIP(r cloudformation.Request) string {
	last := sha256.Sum256([]byte(r.StackID + r.LogicalID + r.RequestID))[0]
	return fmt.Sprintf("203.0.113.%d", last)
}

func addressAttributes(r cloudformation.Request) map[string]any {
	return map[string]any{"PublicIp": r.PhysicalID, "AllocationId": "eipalloc-" + digest(17, r.PhysicalID)}
}
