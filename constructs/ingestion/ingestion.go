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

// Ingestion makes a stream or a topic queryable in a warehouse.
type Ingestion struct {
	constructs.Construct
	// Role is the role that the warehouse assumes to read the stream. It is nil if the
	// props are invalid, or if the warehouse needs no role (see Props.Role).
	Role awsiam.IRole
	// ViewNames are the names of the views, in the order of Props.Views. A name includes
	// the schema if the view declares one, such as analytics.clicks.
	ViewNames []string

	props   *Props
	readers *readers // nil if the props are invalid
}

// New defines an Ingestion under scope. If the props are invalid, New defines no resources,
// and the synthesis fails with all problems, each with the path of its prop.
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
	// A dependency on the whole construct includes the settings of the function's retries.
	external.Node().AddDependency(provider.Function)
	if attachment != nil {
		external.Node().AddDependency(attachment)
	}
	in.defineViews(objects, external)
	return in
}

// attachRole attaches the role to the warehouse. It defines the role if the props have
// none and the warehouse needs one. It returns the resource that must be created before
// the external schema. It returns nil if there is no such resource.
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

// externalSchema returns the declaration of the external schema.
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

// defineViews defines the schemas of the views, and the views. Each resource depends on the
// one before it, so that no two of them run DDL at the same time. The first depends on
// previous.
func (in *Ingestion) defineViews(objects *objects, previous awscdk.CustomResource) {
	chain := func(resource awscdk.CustomResource) {
		resource.Node().AddDependency(previous)
		previous = resource
	}
	if len(in.props.ViewSchemas) > 0 {
		objects.scope = constructs.NewConstruct(in.Construct, jsii.String("Schemas"))
		for _, schema := range in.props.ViewSchemas {
			chain(objects.add(schema.Name, contract.SchemaType, contract.Properties{Schema: schema}, in.readers.with(schema.Grants)))
		}
	}
	objects.scope = constructs.NewConstruct(in.Construct, jsii.String("Views"))
	for _, view := range in.props.views() {
		resourceType := contract.StreamingViewType
		if view.From != "" {
			resourceType = contract.ViewType
		}
		chain(objects.add(queryName(view), resourceType, contract.Properties{View: view}, in.readers.with(view.Grants)))
		in.ViewNames = append(in.ViewNames, queryName(view))
	}
}

// objects defines database objects under scope. Each is a custom resource of its own, so
// that CloudFormation orders, compares, rolls back and reports it separately.
type objects struct {
	scope    constructs.Construct
	provider *ddlprovider.Provider
	props    *Props
}

// add defines the object that the properties declare. grants, if it isn't nil, replaces
// the grants of the declaration: CDK calls it at synthesis, when all readers are known.
func (o *objects) add(id, resourceType string, properties contract.Properties, grants awscdk.IStableAnyProducer) awscdk.CustomResource {
	policy := cmp.Or(o.props.RemovalPolicy, awscdk.RemovalPolicy_RETAIN)
	properties.Warehouse = o.props.Warehouse.Target().Contract()
	encoded := contract.Encode(properties)
	if declaration, ok := encoded[contract.Declaration(resourceType)].(map[string]any); ok && grants != nil {
		declaration["grants"] = awscdk.Lazy_Any(grants, &awscdk.LazyAnyValueOptions{})
	}
	return o.provider.Resource(o.scope, id, resourceType, policy, encoded)
}

// queryName returns a view's name, with its schema if the view declares one. So views of
// the same name in two schemas have different names.
func queryName(v ddl.View) string {
	if v.Schema == "" {
		return v.Name
	}
	return v.Schema + "." + v.Name
}

// views returns the declared views. A streaming view that declares no stream reads the
// stream or the topic of the ingestion.
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
