package ingestion

import (
	"cmp"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
	"github.com/tributary-cdk/tributary/constructs/invalid"
	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/contract"
)

// Ingestion is a stream that is queryable in a warehouse.
type Ingestion struct {
	constructs.Construct
	// Role is the role that the warehouse assumes to read the stream. It is nil if
	// the props were bad, or if there is nothing to assume (see Props.Role).
	Role awsiam.IRole
	// ViewNames are the views' names as queries write them, in the order of the
	// props, with the schema where it is not public.
	ViewNames []string

	props   *Props
	readers *readers // nil if the props were bad
}

// New defines an Ingestion under scope. Bad props fail the synthesis with every
// problem, each under its path; then nothing is defined.
func New(scope constructs.Construct, id *string, props *Props) *Ingestion {
	if props == nil {
		props = &Props{}
	}
	in := &Ingestion{Construct: constructs.NewConstruct(scope, id), props: props}
	if invalid.Report(in.Construct, props.problems(awscdk.Stack_Of(scope))) {
		return in
	}
	in.readers = &readers{}
	provider := props.Provider
	if provider == nil {
		provider = ddlprovider.InStack(scope)
	}
	props.Warehouse.GrantDataAPI(provider.Function)

	objects := &objects{in.Construct, provider, props}
	attachment := in.attachRole(provider)
	external := objects.add("Schema", contract.ExternalSchemaType, contract.Properties{ExternalSchema: in.externalSchema()}, nil)
	// The function with all that belongs to it, its retries among them.
	external.Node().AddDependency(provider.Function)
	if attachment != nil {
		external.Node().AddDependency(attachment)
	}
	in.defineViews(objects, external)
	return in
}

// attachRole defines the role, unless it exists or nobody needs one, and attaches it
// to the warehouse. It returns what the external schema has to wait for; nil for nothing.
func (in *Ingestion) attachRole(provider *ddlprovider.Provider) constructs.IDependable {
	in.Role = in.props.Role
	if in.Role == nil && in.props.needsRole() {
		in.Role = newRole(in.Construct, in.props)
	}
	if in.Role == nil {
		return nil
	}
	return in.props.Warehouse.AttachRole(in.Construct, in.Role, provider)
}

// externalSchema returns the external schema's declaration.
func (in *Ingestion) externalSchema() ddl.ExternalSchema {
	p := in.props
	declared := ddl.ExternalSchema{Name: p.SchemaName, Grants: p.SchemaGrants}
	if in.Role != nil {
		declared.RoleARN = *in.Role.RoleArn()
	}
	if p.StreamRole != nil {
		declared.RoleARN += "," + *p.StreamRole.RoleArn()
	}
	if p.Topic != nil {
		declared.Kafka = p.Topic.Cluster
	}
	if p.Stream != nil {
		declared.Region = otherRegion(awscdk.Stack_Of(in.Construct), p.Stream)
	}
	return declared
}

// defineViews defines the views' schemas and the views.
func (in *Ingestion) defineViews(objects *objects, previous awscdk.CustomResource) {
	// One after another, so that no two of them run DDL at once; and none before
	// the role can be assumed and may read.
	then := func(resource awscdk.CustomResource) {
		resource.Node().AddDependency(previous)
		previous = resource
	}
	if len(in.props.ViewSchemas) > 0 {
		objects.scope = constructs.NewConstruct(in.Construct, jsii.String("Schemas"))
		for _, schema := range in.props.ViewSchemas {
			then(objects.add(schema.Name, contract.SchemaType, contract.Properties{Schema: schema}, in.readers.with(schema.Grants)))
		}
	}
	objects.scope = constructs.NewConstruct(in.Construct, jsii.String("Views"))
	for _, view := range in.props.views() {
		resourceType := contract.StreamingViewType
		if view.From != "" {
			resourceType = contract.ViewType
		}
		then(objects.add(queryName(view), resourceType, contract.Properties{View: view}, in.readers.with(view.Grants)))
		in.ViewNames = append(in.ViewNames, queryName(view))
	}
}

// objects adds database objects, each a custom resource of its own, so that
// CloudFormation orders, compares, rolls back and reports each by its path.
type objects struct {
	scope    constructs.Construct
	provider *ddlprovider.Provider
	props    *Props
}

// add defines an object of what its properties declare. grants, if it isn't nil, gives the
// declaration's grants once all are known.
func (o *objects) add(id, resourceType string, properties contract.Properties, grants awscdk.IStableAnyProducer) awscdk.CustomResource {
	policy := cmp.Or(o.props.RemovalPolicy, awscdk.RemovalPolicy_RETAIN)
	properties.Warehouse = o.props.Warehouse.Target().Contract()
	encoded := contract.Encode(properties)
	if declaration, ok := encoded[contract.Declaration(resourceType)].(map[string]any); ok && grants != nil {
		declaration["grants"] = awscdk.Lazy_Any(grants, &awscdk.LazyAnyValueOptions{})
	}
	return o.provider.Resource(o.scope, id, resourceType, policy, encoded)
}

// queryName returns a view's name as queries write it, which also tells apart views of
// one name in two schemas.
func queryName(v ddl.View) string {
	if v.Schema == "" {
		return v.Name
	}
	return v.Schema + "." + v.Name
}

// views returns the declared views, the streaming ones reading the ingestion's
// stream or topic.
func (p *Props) views() []ddl.View {
	stream := ddl.Stream{Schema: p.SchemaName}
	if p.Topic != nil {
		stream.Name, stream.Kafka = p.Topic.Name, true
	} else {
		stream.Name = *p.Stream.StreamName()
	}
	views := make([]ddl.View, len(p.Views))
	for i, view := range p.Views {
		if view.From == "" && view.Stream == (ddl.Stream{}) {
			view.Stream = stream
		}
		views[i] = view
	}
	return views
}
