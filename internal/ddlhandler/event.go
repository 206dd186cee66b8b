package ddlhandler

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// The custom resources that this handler answers for.
const (
	ExternalSchemaType = "Custom::RedshiftExternalSchema"
	StreamingViewType  = "Custom::RedshiftStreamingView"
	ViewType           = "Custom::RedshiftView" // a plain one
)

// Event is what CloudFormation sends to a custom resource's function.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
type Event struct {
	RequestType           string         // Create, Update or Delete
	RequestID             string         `json:"RequestId"`
	ResponseURL           string         // where the answer goes; anyone who has it may answer
	ResourceType          string         // one of the types above
	LogicalResourceID     string         `json:"LogicalResourceId"`
	StackID               string         `json:"StackId"`
	PhysicalResourceID    string         `json:"PhysicalResourceId"` // not on Create
	ResourceProperties    map[string]any // booleans and numbers arrive as strings
	OldResourceProperties map[string]any // on Update only
}

// owner says whose an object is, as the ledger holds it.
type owner struct{ stackID, logicalID string }

func (e *Event) owner() owner { return owner{e.StackID, e.LogicalResourceID} }

// stackName returns the name within the stack's ARN.
func (e *Event) stackName() string {
	if part := strings.Split(e.StackID, "/"); len(part) > 1 {
		return part[1]
	}
	return e.StackID
}

// properties are the custom resource's properties: where, and one of what.
type properties struct {
	ServiceToken   string         `json:"ServiceToken"`
	ServiceTimeout string         `json:"ServiceTimeout"`
	Warehouse      dataapi.Target `json:"Warehouse"`
	Schema         ddl.Schema     `json:"Schema"`
	View           ddl.View       `json:"View"`
}

// resource is one decoded state of a custom resource.
type resource struct {
	target dataapi.Target
	object ddl.Object
	schema ddl.SchemaDefinition // of an external schema
	view   *ddl.ViewDefinition  // of a view, else nil

	readable bool // schema or view is of use
}

// decode returns the state that props declare. The error holds every problem.
// Beside it comes what a Delete needs, target and object, if they at least can
// be read: a Delete has nothing to do with the rest.
func decode(resourceType string, props map[string]any) (resource, error) {
	p, problems := ddl.Decode[properties](props)
	r := resource{target: p.Warehouse}
	var (
		err  error
		path string
	)
	switch resourceType {
	case ExternalSchemaType:
		path = "Schema"
		r.schema, err = p.Schema.Define()
		r.object = r.schema.Object()
	case StreamingViewType, ViewType:
		path = "View"
		r.view, err = p.View.Define()
		r.object = r.view.Object()
	default:
		return r, fmt.Errorf("resource type %q: not one of %s, %s, %s", resourceType, ExternalSchemaType, StreamingViewType, ViewType)
	}
	r.readable = err == nil
	var found ddl.Problems
	if errors.As(err, &found) {
		problems = append(problems, found.Under(path)...)
	}
	if len(problems) > 0 {
		return r, problems
	}
	return r, nil
}

// physicalID identifies the object in the world: by warehouse, database, schema
// and name, never by its SQL, so that a changed query is no new resource.
func (r resource) physicalID() string {
	return strings.Join([]string{r.target.ClusterIdentifier + r.target.WorkgroupName, r.target.Database, r.object.Key()}, "/")
}

// definition identifies what the object is made from, for the ledger: first
// what can't be altered, then all of it. "-" if it can't be read.
func (r resource) definition() string {
	switch {
	case !r.readable:
		return nobody
	case r.view != nil:
		return r.view.QueryHash()[:32] + r.view.Fingerprint()[:32]
	default:
		return r.schema.Hash()[:32] + r.schema.Fingerprint()[:32]
	}
}

// sameQuery reports whether ALTER and GRANT lead from one definition to the
// other.
func sameQuery(a, b string) bool { return len(a) == 64 && len(b) == 64 && a[:32] == b[:32] }

// create returns the statements that make the object.
func (r resource) create() []ddl.Statement {
	if r.view != nil {
		return ddl.CreateView(r.view)
	}
	return ddl.CreateSchema(r.schema)
}

// alter returns the statements that lead from old, which has the same query.
func (r resource) alter(old resource) []ddl.Statement {
	if r.view != nil {
		return ddl.AlterView(old.view, r.view)
	}
	return ddl.AlterSchema(old.schema, r.schema)
}

// assert returns the statements that make sure of all but the query, of which it
// is not known how far they are there. The zero old is of no help.
func (r resource) assert(old resource) []ddl.Statement {
	if r.view != nil {
		return ddl.AssertView(r.before(old), r.view)
	}
	return ddl.AssertSchema(old.schema, r.schema)
}

// replace returns the statements that put the object into old's place, or why
// that is refused.
func (r resource) replace(old resource, now time.Time) ([]ddl.Statement, error) {
	if r.view != nil {
		return ddl.UpdateView(r.before(old), r.view, now)
	}
	return ddl.UpdateSchema(old.schema, r.schema)
}

// rollBack is replace where an earlier update is undone.
func (r resource) rollBack(old resource, now time.Time) ([]ddl.Statement, error) {
	if r.view != nil {
		return ddl.RollBackView(r.before(old), r.view, now), nil
	}
	return ddl.UpdateSchema(old.schema, r.schema)
}

// before returns old's view, or what stands for one that nothing is known of.
func (r resource) before(old resource) *ddl.ViewDefinition {
	if old.view == nil {
		return r.view.Unread()
	}
	return old.view
}

// drop returns the statements that remove the object.
func (r resource) drop() []ddl.Statement {
	if r.view != nil {
		return ddl.DropView(r.view)
	}
	return ddl.DropSchema(r.schema)
}

// unowned is the physical id of a Create that met somebody else's object. The
// Delete which CloudFormation sends for it touches nothing.
const unowned = "unowned/"
