package definition

import (
	"fmt"

	"github.com/tributary-cdk/tributary/ddl"
)

// ObjectKind is the kind of an [Object].
type ObjectKind string

// The kinds of object that Tributary creates.
const (
	SchemaObject ObjectKind = "schema" // an external or an ordinary schema; both share one namespace
	ViewObject   ObjectKind = "view"
	RoleObject   ObjectKind = "role"        // the attachment of a role to a warehouse
	LimitObject  ObjectKind = "usage limit" // a usage limit of a Serverless workgroup
)

// Object names one thing that a definition creates. Objects can be compared with ==.
type Object struct {
	Kind   ObjectKind
	Schema ddl.Ident // the schema of a view; zero for other kinds
	Name   ddl.Ident // the name of a view or schema; zero for other kinds
	ARN    string    // role: its ARN; limit: workgroup ARN/usage type/period; otherwise ""
}

// String returns the kind and the quoted name, such as `view "public"."ev_station_data"`.
// For a role it returns the kind and the ARN, and for a usage limit only the kind.
func (o Object) String() string {
	switch o.Kind {
	case RoleObject:
		return "role " + o.ARN
	case LimitObject:
		return string(o.Kind)
	}
	return fmt.Sprintf("%s %s", o.Kind, o.sql())
}

// Key returns the name of the object in the ledger and in physical ids, such as "view
// public.ev_station_data".
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

// nameless reports whether the object has no name.
func (o Object) nameless() bool { return o.Name == (ddl.Ident{}) && o.ARN == "" }

// sql returns the quoted name for use in SQL.
func (o Object) sql() string {
	if o.Kind == SchemaObject {
		return o.Name.String()
	}
	return o.Schema.String() + "." + o.Name.String()
}

// exists returns a query whose result has one row if a schema or relation with this name
// exists. The row contains the name, and the id of the database user who owns it. The
// relation may be of any kind.
func (o Object) exists() Step {
	if o.Kind == SchemaObject {
		return Step{Name: StepExists, SQL: "SELECT nspname, CAST(nspowner AS BIGINT) FROM pg_catalog.pg_namespace WHERE nspname = " + ddl.Literal(o.Name.Name())}
	}
	return Step{Name: StepExists, SQL: "SELECT c.relname, CAST(c.relowner AS BIGINT) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace" +
		" WHERE n.nspname = " + ddl.Literal(o.Schema.Name()) + " AND c.relname = " + ddl.Literal(o.Name.Name())}
}

// drop returns the step that drops the object. plain says that a view is a plain view.
// The step succeeds if the object does not exist. It drops no dependent objects.
func (o Object) drop(plain bool) Step {
	kind := "MATERIALIZED VIEW"
	switch {
	case o.Kind == SchemaObject:
		kind = "SCHEMA"
	case plain:
		kind = "VIEW"
	}
	return Step{Name: StepDrop, SQL: "DROP " + kind + " IF EXISTS " + o.sql() + " RESTRICT"}
}
