package ingestion

import (
	"encoding/json"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
)

// objects adds database objects, each a custom resource of its own, so that
// CloudFormation orders, compares, rolls back and reports each by its path.
type objects struct {
	scope    constructs.Construct
	provider *ddlprovider.Provider
	props    *Props
}

// add defines an object. grants, if it isn't nil, gives the declaration's grants once
// all are known.
func (o *objects) add(id, resourceType, key string, declaration any, grants awscdk.IStableAnyProducer) awscdk.CustomResource {
	policy := o.props.RemovalPolicy
	if policy == "" {
		policy = awscdk.RemovalPolicy_RETAIN
	}
	property := asProperty(declaration)
	if grants != nil {
		property["grants"] = awscdk.Lazy_Any(grants, &awscdk.LazyAnyValueOptions{})
	}
	return o.provider.Resource(o.scope, id, resourceType, policy, map[string]any{
		"Warehouse": o.props.Warehouse.Target().Properties(),
		key:         property,
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
