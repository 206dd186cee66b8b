package plan

import (
	"errors"
	"strings"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/cloudformation/template"
	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/ddlhandler"
	"github.com/tributary-cdk/tributary/internal/usagelimit"
)

// resourceTypes are the custom resources that the function answers for.
var resourceTypes = map[string]bool{
	ddlhandler.ExternalSchemaType: true, ddlhandler.SchemaType: true, ddlhandler.StreamingViewType: true, ddlhandler.ViewType: true,
	ddlhandler.RoleAttachmentType: true, usagelimit.Type: true,
}

// object is a database object as a template declares it, or what the function asks
// of Redshift's API instead.
type object struct {
	*template.Resource
	id, path string
	target   dataapi.Target
	named    ddl.Object
	asked    string     // what the API is asked for; "" for a database object
	on       ddl.Object // what has to be there for this one
	schema   ddl.SchemaDefinition
	holds    *ddl.ViewSchemaDefinition // nil but for a schema that holds views
	view     *ddl.ViewDefinition       // nil but for a view
	raw      any                       // the properties, evaluated
	problems ddl.Problems              // what is wrong with the definition; then it has no more than a name
}

// declaredProperties are the custom resources' properties.
type declaredProperties struct {
	ServiceToken   string                `json:"ServiceToken"`
	ServiceTimeout string                `json:"ServiceTimeout"`
	Warehouse      dataapi.Target        `json:"Warehouse"`
	Schema         ddl.Schema            `json:"Schema"`
	ViewSchema     ddl.ViewSchema        `json:"ViewSchema"`
	View           ddl.View              `json:"View"`
	RoleAttachment ddlhandler.Attachment `json:"RoleAttachment"`
	UsageLimit     usagelimit.Limit      `json:"UsageLimit"`
}

// object returns a resource's object. It reads the properties as the function
// does.
func (s *stack) object(id string, standIns *standIns) *object {
	properties, _ := s.bound.Properties(id, s.lookup()) // what is lenient has no error
	evaluated := template.Texts(properties)
	p, problems := ddl.Decode[declaredProperties](standIns.in("", evaluated))
	o := &object{Resource: s.bound.Resources[id], id: id, path: s.path(id), target: p.Warehouse, raw: evaluated}
	kind, err := o.declare(p)
	var found ddl.Problems
	if errors.As(err, &found) {
		problems = append(problems, found.Under(kind)...)
	}
	for _, p := range problems {
		o.problems = append(o.problems, ddl.Problem{Path: o.path, Message: standIns.shown(p.String())})
	}
	return o
}

// declare takes what the properties declare, and returns which of them that is, and
// what is wrong with it.
func (o *object) declare(p declaredProperties) (kind string, err error) {
	switch o.Type {
	case ddlhandler.ExternalSchemaType:
		o.schema, err = p.Schema.Define()
		o.named = o.schema.Object()
		return "Schema", err
	case ddlhandler.SchemaType:
		holds, err := p.ViewSchema.Define()
		o.holds, o.named = &holds, holds.Object()
		return "ViewSchema", err
	case ddlhandler.RoleAttachmentType:
		o.asked = "role " + p.RoleAttachment.RoleARN + " of " + o.target.ClusterIdentifier + p.RoleAttachment.NamespaceName
		return "RoleAttachment", nil
	case usagelimit.Type:
		o.asked = p.UsageLimit.Period + " limit of " + p.UsageLimit.UsageType
		return "UsageLimit", nil
	}
	o.view, err = p.View.Define()
	o.named, o.on = o.view.Object(), o.view.From()
	if schema, err := ddl.ParseIdent(p.View.Stream.Schema); err == nil {
		o.on = ddl.Object{Kind: ddl.SchemaObject, Name: schema}
	}
	return "View", err
}

// String names the object, for people.
func (o *object) String() string {
	if o.asked != "" {
		return o.asked
	}
	return o.named.String()
}

// place identifies the object in the world, as its physical id does.
func (o *object) place() string {
	if o.asked != "" {
		return o.target.ClusterIdentifier + o.target.WorkgroupName + "/" + o.asked
	}
	return strings.Join([]string{o.target.ClusterIdentifier + o.target.WorkgroupName, o.target.Database, o.named.Key()}, "/")
}

// same reports whether both objects are made from the same definition.
func (o *object) same(other *object) bool {
	if o.view != nil && other.view != nil {
		return o.view.Equal(other.view)
	}
	changes, err := o.update(other)
	return o.view == nil && other.view == nil && err == nil && len(changes) == 0
}

// update returns the statements that lead from old, of the same type.
func (o *object) update(old *object) ([]ddl.Statement, error) {
	switch {
	case o.asked != "":
		return nil, nil
	case o.view != nil:
		return ddl.UpdateView(old.view, o.view, deployTime)
	case o.holds != nil:
		return ddl.AlterViewSchema(*old.holds, *o.holds), nil
	}
	return ddl.UpdateSchema(old.schema, o.schema)
}

func (o *object) create() []ddl.Statement {
	switch {
	case o.asked != "":
		return nil
	case o.view != nil:
		return ddl.CreateView(o.view)
	case o.holds != nil:
		return ddl.CreateViewSchema(*o.holds)
	}
	return ddl.CreateSchema(o.schema)
}

func (o *object) drop() []ddl.Statement {
	switch {
	case o.asked != "":
		return nil
	case o.view != nil:
		return ddl.DropView(o.view)
	case o.holds != nil:
		return ddl.DropViewSchema(*o.holds)
	}
	return ddl.DropSchema(o.schema)
}

// holdsRows reports whether the object is a streaming view.
func (o *object) holdsRows() bool { return o.view != nil && o.view.From() == ddl.Object{} }
