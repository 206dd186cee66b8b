package ddl

import "fmt"

// ObjectKind says what an [Object] is.
type ObjectKind string

// The kinds of object that Tributary makes.
const (
	SchemaObject ObjectKind = "schema"
	ViewObject   ObjectKind = "view"
)

// Object names one thing in a database. Objects are comparable.
type Object struct {
	Kind   ObjectKind
	Schema Ident // of a view; the zero Ident for a schema
	Name   Ident
}

// String returns the kind and the quoted name, such as
// `view "public"."ev_station_data"`.
func (o Object) String() string {
	return fmt.Sprintf("%s %s", o.Kind, o.sql())
}

// Key returns the object's name as the ledger holds it, such as
// "view public.ev_station_data".
func (o Object) Key() string {
	if o.Kind == SchemaObject {
		return "schema " + o.Name.Name()
	}
	return "view " + o.Schema.Name() + "." + o.Name.Name()
}

// sql returns the name as it stands in SQL.
func (o Object) sql() string {
	if o.Kind == SchemaObject {
		return o.Name.String()
	}
	return o.Schema.String() + "." + o.Name.String()
}

// Exists returns the query whose result has a row if the object, or any other
// relation or schema of its name, exists: its name, and the id of the database user who
// owns it.
func (o Object) Exists() Statement {
	if o.Kind == SchemaObject {
		return Statement{Step: StepExists, SQL: "SELECT nspname, CAST(nspowner AS BIGINT) FROM pg_catalog.pg_namespace WHERE nspname = " + Literal(o.Name.Name())}
	}
	return Statement{Step: StepExists, SQL: "SELECT c.relname, CAST(c.relowner AS BIGINT) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace" +
		" WHERE n.nspname = " + Literal(o.Schema.Name()) + " AND c.relname = " + Literal(o.Name.Name())}
}

// drop returns the statement which removes the object, plain or not if it is a
// view, and succeeds if there is none. It never takes along what depends on the
// object.
func (o Object) drop(plain bool) Statement {
	what := "MATERIALIZED VIEW"
	switch {
	case o.Kind == SchemaObject:
		what = "SCHEMA"
	case plain:
		what = "VIEW"
	}
	return Statement{Step: StepDrop, SQL: "DROP " + what + " IF EXISTS " + o.sql() + " RESTRICT"}
}
