package ingestion

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
	"github.com/tributary-cdk/tributary/constructs/warehouse"
	"github.com/tributary-cdk/tributary/ddl"
)

// Props says what [New] defines.
type Props struct {
	// Warehouse is where the views are made.
	//
	// Required.
	Warehouse warehouse.Warehouse
	// Stream is what the views read. Its name has to be in lower case.
	//
	// Required.
	Stream awskinesis.IStream
	// SchemaName is the external schema by which the database reads the stream.
	// No other ingestion into the same database may have the same.
	//
	// Required.
	SchemaName string
	// SchemaGrants lists who may make streaming views of their own by the external
	// schema. Who may read a view is among the view's own Grants.
	//
	// Default: nobody.
	SchemaGrants []ddl.Grantee
	// Views are the views, made in this order: streaming ones, which read this
	// ingestion's stream, and plain ones over these.
	//
	// Required: at least one.
	Views []ddl.View
	// RemovalPolicy says what becomes of schema and views when they leave the
	// stack. A view that is retained stays as it is, with its rows.
	//
	// Default: RETAIN.
	RemovalPolicy awscdk.RemovalPolicy
	// Provider runs the DDL.
	//
	// Default: the one that all of the stack's ingestions share.
	Provider *ddlprovider.Provider
}

// Ingestion is a stream that is queryable in a warehouse.
type Ingestion struct {
	constructs.Construct
	// Role is the role that the warehouse assumes to read the stream.
	Role awsiam.Role
	// ViewNames are the views' names as queries write them, in the order of the
	// props, with the schema where it is not public.
	ViewNames []string
}

// New defines an Ingestion under scope. Bad props fail the synthesis with every
// problem, each under its path; then nothing is defined.
func New(scope constructs.Construct, id *string, props *Props) *Ingestion {
	in := &Ingestion{Construct: constructs.NewConstruct(scope, id)}
	if problems := props.problems(); len(problems) > 0 {
		in.Node().AddValidation(&validation{problems})
		return in
	}
	provider := props.Provider
	if provider == nil {
		provider = ddlprovider.InStack(scope)
	}
	in.Role = newRole(in.Construct, props.Stream)
	props.Warehouse.AttachRole(in.Role)
	props.Warehouse.GrantDataAPI(provider.Function)

	objects := &objects{in.Construct, provider, props}
	previous := objects.add("Schema", "Custom::RedshiftExternalSchema", "Schema", ddl.Schema{
		Name: props.SchemaName, RoleARN: *in.Role.RoleArn(), Grants: props.SchemaGrants,
	})
	// The function with all that belongs to it, its retries among them.
	previous.Node().AddDependency(provider.Function)
	views := constructs.NewConstruct(in.Construct, jsii.String("Views"))
	objects.scope = views
	for _, view := range props.views(*props.Stream.StreamName()) {
		resourceType := "Custom::RedshiftStreamingView"
		if view.From != "" {
			resourceType = "Custom::RedshiftView"
		}
		resource := objects.add(view.Name, resourceType, "View", view)
		// One after another, so that no two of them run DDL at once; and none
		// before the role can be assumed and may read.
		resource.Node().AddDependency(previous)
		previous = resource
		in.ViewNames = append(in.ViewNames, queryName(view))
	}
	return in
}

func queryName(v ddl.View) string {
	if v.Schema == "" {
		return v.Name
	}
	return v.Schema + "." + v.Name
}

// views returns the declared views, the streaming ones reading the stream of
// that name.
func (p *Props) views(stream string) []ddl.View {
	views := make([]ddl.View, len(p.Views))
	for i, view := range p.Views {
		if view.From == "" && view.Stream == (ddl.Stream{}) {
			view.Stream = ddl.Stream{Schema: p.SchemaName, Name: stream}
		}
		views[i] = view
	}
	return views
}

// newRole defines the role that reads the stream, with the permissions that AWS
// documents for it and no others. They are inline, since a cluster that names
// the role does not wait for a policy beside it.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started.html
func newRole(scope constructs.Construct, stream awskinesis.IStream) awsiam.Role {
	statements := []awsiam.PolicyStatement{
		allow("ReadStream", stream.StreamArn(), "kinesis:DescribeStreamSummary", "kinesis:GetShardIterator",
			"kinesis:GetRecords", "kinesis:ListShards", "kinesis:DescribeStream"),
		allow("ListStreams", jsii.String("*"), "kinesis:ListStreams"), // takes no resource
	}
	if key := stream.EncryptionKey(); key != nil {
		statements = append(statements, allow("DecryptStream", key.KeyArn(), "kms:Decrypt"))
	}
	return awsiam.NewRole(scope, jsii.String("Role"), &awsiam.RoleProps{
		Description: jsii.String("Lets Redshift read the stream of " + *scope.Node().Path()),
		AssumedBy:   awsiam.NewServicePrincipal(jsii.String("redshift.amazonaws.com"), nil),
		InlinePolicies: &map[string]awsiam.PolicyDocument{
			"ReadStream": awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{Statements: &statements}),
		},
	})
}

func allow(sid string, resource *string, actions ...string) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid: jsii.String(sid), Actions: jsii.Strings(actions...), Resources: &[]*string{resource},
	})
}
