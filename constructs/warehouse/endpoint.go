package warehouse

import (
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// s3Endpoint is the construct id of the gateway endpoint under the VPC.
const s3Endpoint = "S3"

// interfaceEndpoint describes an interface endpoint through which a VPC reaches a service.
type interfaceEndpoint struct {
	// id is the construct id. The scope is the VPC if the app defines it, or else the
	// Network.
	id string
	// name is the part of the endpoint's service name that identifies the service.
	name    string
	service func() awsec2.InterfaceVpcEndpointAwsService
}

// The interface endpoints that a warehouse may need.
var (
	kinesis = interfaceEndpoint{"Kinesis", "kinesis-streams", awsec2.InterfaceVpcEndpointAwsService_KINESIS_STREAMS}
	sts     = interfaceEndpoint{"STS", "sts", awsec2.InterfaceVpcEndpointAwsService_STS}
)

// reachS3 defines a gateway endpoint for S3, unless the app defines one in the VPC. The
// endpoint costs nothing, but a route table accepts only one. So reachS3 adds none to an
// imported VPC, which may have one.
func (n *Network) reachS3() {
	vpc, defined := n.VPC.(awsec2.Vpc)
	if defined && n.endpointOf("s3") == nil {
		vpc.AddGatewayEndpoint(jsii.String(s3Endpoint), &awsec2.GatewayVpcEndpointOptions{Service: awsec2.GatewayVpcEndpointAwsService_S3()})
	}
}

// reach allows the warehouse's security group to connect to an interface endpoint: the given
// one, or if it is nil, the one that the app defines in this VPC, or else a new one.
func (n *Network) reach(to interfaceEndpoint, given awsec2.IInterfaceVpcEndpoint) {
	endpoint := given
	if endpoint == nil {
		endpoint, _ = n.endpointOf(to.name).(awsec2.IInterfaceVpcEndpoint)
	}
	if endpoint == nil {
		scope := n.Construct
		if vpc, defined := n.VPC.(awsec2.Vpc); defined {
			scope = vpc
		}
		// The endpoint opens no connections. Without egress rules, EC2 would allow all
		// egress, so CDK adds one rule that matches nothing: ICMP to 255.255.255.255/32.
		group := awsec2.NewSecurityGroup(scope, jsii.String(to.id+"SecurityGroup"), &awsec2.SecurityGroupProps{
			Vpc: n.VPC, Description: jsii.String(to.id + " endpoint of the Redshift warehouse"), AllowAllOutbound: jsii.Bool(false),
		})
		endpoint = awsec2.NewInterfaceVpcEndpoint(scope, jsii.String(to.id), &awsec2.InterfaceVpcEndpointProps{
			Vpc: n.VPC, Service: to.service(), Subnets: n.Subnets, Open: jsii.Bool(false),
			SecurityGroups: &[]awsec2.ISecurityGroup{group},
		})
	}
	endpoint.Connections().AllowDefaultPortFrom(n.SecurityGroup, jsii.String("The warehouse"))
}

// endpointOf returns the construct of a service's endpoint that the VPC's stack already
// defines in the VPC. It returns nil if there is none.
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
		// The service name may contain tokens before and after the service.
		if name := endpoint.ServiceName(); name != nil && slices.Contains(strings.FieldsFunc(*name, func(c rune) bool { return c == '.' || c == '$' }), service) {
			return found
		}
	}
	return nil
}
