package ddlprovider

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// serviceTimeoutMinutes is how long CloudFormation waits for an answer: its most,
// since the function answers within 45 minutes of its first statement.
const serviceTimeoutMinutes = 60

// Resource defines a custom resource under scope that the function answers for: its
// type says what the properties are. Tributary's own constructs use it; a type that
// the function doesn't know fails the deployment.
func (p *Provider) Resource(scope constructs.Construct, id, resourceType string, policy awscdk.RemovalPolicy, properties map[string]any) awscdk.CustomResource {
	return awscdk.NewCustomResource(scope, jsii.String(id), &awscdk.CustomResourceProps{
		ServiceToken:   p.Function.FunctionArn(),
		ServiceTimeout: awscdk.Duration_Minutes(jsii.Number(serviceTimeoutMinutes)),
		ResourceType:   jsii.String(resourceType),
		RemovalPolicy:  policy,
		Properties:     &properties,
	})
}
