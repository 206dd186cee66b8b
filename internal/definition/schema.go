package definition

import (
	"time"

	"github.com/tributary-cdk/tributary/ddl"
)

// Schema is a checked ordinary schema, which contains views. [NewSchema] returns one.
type Schema struct {
	inDatabase
	neverReplaced

	declared ddl.Schema
	grants   []grantee
}

// NewSchema returns the definition of a declared schema, and all problems of the
// declaration. If there are problems, only the definition's Object can be used.
func NewSchema(declared ddl.Schema) (Schema, ddl.Problems) {
	checked, problems := declared.Check()
	return Schema{declared: checked, grants: grantees(checked.Grants)}, problems
}

// Object returns the name of the schema, such as `schema "analytics"`.
func (s Schema) Object() Object { return Object{Kind: SchemaObject, Name: ident(s.declared.Name)} }

// String returns the object's description.
func (s Schema) String() string { return s.Object().String() }

// Hash identifies the definition. Everything except the name can be altered.
func (s Schema) Hash() string {
	fixed := hash(s.declared.Name)
	return join(fixed, hash(fixed, s.grants))
}

// Exists checks whether a schema with this name exists.
func (s Schema) Exists() Step { return s.Object().exists() }

// Create creates the schema. The statement has no IF NOT EXISTS clause, so it fails if
// somebody else has just created a schema with this name.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_SCHEMA.html
func (s Schema) Create() []Step {
	create := Step{Name: StepCreate, SQL: "CREATE SCHEMA " + ddl.Quote(s.declared.Name)}
	return append([]Step{create}, s.changeGrants(nil)...)
}

// Alter changes the grants.
func (s Schema) Alter(old Definition) []Step { return s.changeGrants(s.of(old).grants) }

// Assert applies the grants, whatever the current grants are.
func (s Schema) Assert(old Definition) []Step {
	return assertGrants("USAGE", "SCHEMA "+ddl.Quote(s.declared.Name), s.of(old).grants, s.grants)
}

// Replace is the same as Alter, because everything except the name can be altered.
func (s Schema) Replace(old Definition, _ time.Time) ([]Step, error) { return s.Alter(old), nil }

// RollBack is the same as Assert.
func (s Schema) RollBack(old Definition, _ time.Time) ([]Step, error) { return s.Assert(old), nil }

// Drop drops the schema. Redshift refuses it if the schema contains anything.
func (s Schema) Drop() []Step { return []Step{s.Object().drop(false)} }

// Dependents finds the tables and views in the schema.
func (s Schema) Dependents() []Step {
	return []Step{{Name: StepDependents, SQL: "SELECT n.nspname, c.relname FROM pg_catalog.pg_class c" +
		" JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace" +
		" WHERE n.nspname = " + ddl.Literal(s.declared.Name) + " AND c.relkind IN ('r', 'v', 'm') ORDER BY c.relname"}}
}

// of returns old as a Schema, or the zero Schema if old is nil.
func (Schema) of(old Definition) Schema {
	known, _ := old.(Schema)
	return known
}

func (s Schema) changeGrants(old []grantee) []Step {
	return changeGrants("USAGE", "SCHEMA "+ddl.Quote(s.declared.Name), old, s.grants)
}
