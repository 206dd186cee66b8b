package plan

import (
	"errors"
	"strings"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/ddlhandler"
)

// resourceTypes are the custom resources that stand for database objects.
var resourceTypes = map[string]bool{
	ddlhandler.ExternalSchemaType: true, ddlhandler.StreamingViewType: true, ddlhandler.ViewType: true,
}

// object is a database object as a template declares it.
type object struct {
	*resource
	id, path string
	target   dataapi.Target
	named    ddl.Object
	on       ddl.Object // what has to be there for this one
	schema   ddl.SchemaDefinition
	view     *ddl.ViewDefinition // nil for an external schema
	raw      any                 // the properties, evaluated
	problems ddl.Problems        // what is wrong with the definition; then it has no more than a name
}

// object returns a resource's object. It reads the properties as the function
// does.
func (s *stack) object(id string, standIns *standIns) *object {
	r := s.Resources[id]
	evaluated := s.evaluator.object(r.Properties)
	p, problems := ddl.Decode[struct {
		ServiceToken   string         `json:"ServiceToken"`
		ServiceTimeout string         `json:"ServiceTimeout"`
		Warehouse      dataapi.Target `json:"Warehouse"`
		Schema         ddl.Schema     `json:"Schema"`
		View           ddl.View       `json:"View"`
	}](standIns.in("", evaluated))
	o := &object{resource: r, id: id, path: s.path(id), target: p.Warehouse, raw: evaluated}
	var (
		err  error
		kind string
	)
	if r.Type == ddlhandler.ExternalSchemaType {
		kind = "Schema"
		o.schema, err = p.Schema.Define()
		o.named = o.schema.Object()
	} else {
		kind = "View"
		o.view, err = p.View.Define()
		o.named, o.on = o.view.Object(), o.view.From()
		if schema, err := ddl.ParseIdent(p.View.Stream.Schema); err == nil {
			o.on = ddl.Object{Kind: ddl.SchemaObject, Name: schema}
		}
	}
	var found ddl.Problems
	if errors.As(err, &found) {
		problems = append(problems, found.Under(kind)...)
	}
	for _, p := range problems {
		o.problems = append(o.problems, ddl.Problem{Path: o.path, Message: standIns.shown(p.String())})
	}
	return o
}

// place identifies the object in the world, as its physical id does.
func (o *object) place() string {
	return strings.Join([]string{o.target.ClusterIdentifier + o.target.WorkgroupName, o.target.Database, o.named.Key()}, "/")
}

// same reports whether both objects are made from the same definition.
func (o *object) same(other *object) bool {
	if o.view != nil && other.view != nil {
		return o.view.Equal(other.view)
	}
	changes, err := ddl.UpdateSchema(other.schema, o.schema)
	return o.view == nil && other.view == nil && err == nil && len(changes) == 0
}

func (o *object) create() []ddl.Statement {
	if o.view == nil {
		return ddl.CreateSchema(o.schema)
	}
	return ddl.CreateView(o.view)
}

func (o *object) drop() []ddl.Statement {
	if o.view == nil {
		return ddl.DropSchema(o.schema)
	}
	return ddl.DropView(o.view)
}

// holdsRows reports whether the object is a streaming view.
func (o *object) holdsRows() bool { return o.view != nil && o.view.From() == ddl.Object{} }
