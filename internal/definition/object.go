package definition

import (
	"fmt"

	"github.com/tributary-cdk/tributary/ddl"
)

// ObjectKind says what an [Object] is.
type ObjectKind string

// The kinds of object that Tributary makes.
const (
	SchemaObject ObjectKind = "schema" // an external schema or an ordinary one: they share names
	ViewObject   ObjectKind = "view"
	RoleObject   ObjectKind = "role"        // a role's attachment to a warehouse
	LimitObject  ObjectKind = "usage limit" // of a Serverless workgroup
)

// Object names one thing that a definition makes. Objects are comparable.
type Object struct {
	Kind   ObjectKind
	Schema ddl.Ident // of a view; else the zero Ident
	Name   ddl.Ident // of a view or a schema; else the zero Ident
	ARN    string    // of a role, or of a limit's workgroup with the limit's type and period
}

// String returns the kind and the quoted name, such as
// `view "public"."ev_station_data"`; of a role the ARN, of a usage limit the kind alone.
func (o Object) String() string {
	switch o.Kind {
	case RoleObject:
		return "role " + o.ARN
	case LimitObject:
		return string(o.Kind)
	}
	return fmt.Sprintf("%s %s", o.Kind, o.sql())
}

// Key returns the object's name as the ledger and physical ids hold it, such as
// "view public.ev_station_data".
func (o Object) Key() string {
	switch o.Kind {
	case SchemaObject:
		return "schema " + o.Name.Name()
	case RoleObject:
		return "role " + o.ARN
	case LimitObject:
		return o.ARN
	}
	return "view " + o.Schema.Name() + "." + o.Name.Name()
}

// nameless reports whether nothing is named.
func (o Object) nameless() bool { return o.Name == (ddl.Ident{}) && o.ARN == "" }

// sql returns the name as it stands in SQL.
func (o Object) sql() string {
	if o.Kind == SchemaObject {
		return o.Name.String()
	}
	return o.Schema.String() + "." + o.Name.String()
}

// exists returns the query whose result has a row if the object, or any other
// relation or schema of its name, exists: its name, and the id of the database user who
// owns it.
func (o Object) exists() Step {
	if o.Kind == SchemaObject {
		return Step{Name: StepExists, SQL: "SELECT nspname, CAST(nspowner AS BIGINT) FROM pg_catalog.pg_namespace WHERE nspname = " + ddl.Literal(o.Name.Name())}
	}
	return Step{Name: StepExists, SQL: "SELECT c.relname, CAST(c.relowner AS BIGINT) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace" +
		" WHERE n.nspname = " + ddl.Literal(o.Schema.Name()) + " AND c.relname = " + ddl.Literal(o.Name.Name())}
}

// drop returns the step which removes the object, plain or not if it is a
// view, and succeeds if there is none. It never takes along what depends on the
// object.
func (o Object) drop(plain bool) Step {
	what := "MATERIALIZED VIEW"
	switch {
	case o.Kind == SchemaObject:
		what = "SCHEMA"
	case plain:
		what = "VIEW"
	}
	return Step{Name: StepDrop, SQL: "DROP " + what + " IF EXISTS " + o.sql() + " RESTRICT"}
}
