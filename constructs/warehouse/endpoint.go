package warehouse

import (
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// s3Endpoint is the id of the gateway endpoint, below the VPC.
const s3Endpoint = "S3"

// interfaceEndpoint is one by which a VPC reaches a service.
type interfaceEndpoint struct {
	// id is the construct's, below the VPC or, if that exists already, below the
	// network.
	id string
	// name is the service's own, in the name of its endpoint.
	name    string
	service func() awsec2.InterfaceVpcEndpointAwsService
}

// The services that a warehouse reaches by interface endpoints.
var (
	kinesis = interfaceEndpoint{"Kinesis", "kinesis-streams", awsec2.InterfaceVpcEndpointAwsService_KINESIS_STREAMS}
	sts     = interfaceEndpoint{"STS", "sts", awsec2.InterfaceVpcEndpointAwsService_STS}
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

// reach lets the warehouse's group through to an interface endpoint: the one given, the
// one that the app has in this VPC, or a new one.
func (n *Network) reach(to interfaceEndpoint, given awsec2.IInterfaceVpcEndpoint) {
	endpoint := given
	if endpoint == nil {
		endpoint, _ = n.endpointOf(to.name).(awsec2.IInterfaceVpcEndpoint)
	}
	if endpoint == nil {
		scope := n.Construct
		if vpc, ours := n.VPC.(awsec2.Vpc); ours {
			scope = vpc
		}
		// The endpoint only answers. With no rule for the way out, EC2 would allow all;
		// so the CDK writes one that matches nothing: ICMP to 255.255.255.255/32.
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
