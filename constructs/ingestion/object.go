package ingestion

import (
	"encoding/json"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
)

// serviceTimeoutMinutes is how long CloudFormation waits for an answer: its
// most, since the function answers within 45 minutes of its first statement.
const serviceTimeoutMinutes = 60

// objects adds database objects, each a custom resource of its own, so that
// CloudFormation orders, compares, rolls back and reports each by its path.
type objects struct {
	scope    constructs.Construct
	provider *ddlprovider.Provider
	props    *Props
}

func (o *objects) add(id, resourceType, key string, declaration any) awscdk.CustomResource {
	policy := o.props.RemovalPolicy
	if policy == "" {
		policy = awscdk.RemovalPolicy_RETAIN
	}
	target := o.props.Warehouse.Target()
	return awscdk.NewCustomResource(o.scope, jsii.String(id), &awscdk.CustomResourceProps{
		ServiceToken:   o.provider.Function.FunctionArn(),
		ServiceTimeout: awscdk.Duration_Minutes(jsii.Number(serviceTimeoutMinutes)),
		ResourceType:   jsii.String(resourceType),
		RemovalPolicy:  policy,
		Properties: &map[string]any{
			"Warehouse": map[string]any{
				"clusterIdentifier": target.ClusterIdentifier,
				"database":          target.Database,
				"secretArn":         target.SecretARN,
			},
			key: asProperty(declaration),
		},
	})
}

// asProperty returns a declaration by its JSON form. Tokens pass through it,
// since they are text.
func asProperty(declaration any) map[string]any {
	text, err := json.Marshal(declaration)
	if err != nil {
		panic(err) // strings, booleans and lists of them always encode
	}
	var property map[string]any
	if err := json.Unmarshal(text, &property); err != nil {
		panic(err) // it was encoded a moment ago
	}
	return property
}
