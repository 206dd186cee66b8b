package definition

import (
	"time"

	"github.com/tributary-cdk/tributary/ddl"
)

// Schema is a checked ordinary schema, which holds views. Make one by [NewSchema].
type Schema struct {
	inDatabase
	unreplaced

	declared ddl.Schema
	grants   []grantee
}

// NewSchema returns the definition of a declared schema, and everything that is wrong with
// the declaration. Then the definition is good for no more than its Object.
func NewSchema(declared ddl.Schema) (Schema, ddl.Problems) {
	checked, problems := declared.Check()
	return Schema{declared: checked, grants: grantees(checked.Grants)}, problems
}

// Object names the schema: `schema "analytics"`.
func (s Schema) Object() Object { return Object{Kind: SchemaObject, Name: ident(s.declared.Name)} }

// String names the schema.
func (s Schema) String() string { return s.Object().String() }

// Hash identifies the definition. All but the name can be altered.
func (s Schema) Hash() string {
	fixed := hash(s.declared.Name)
	return join(fixed, hash(fixed, s.grants))
}

// Exists looks for a schema of the name.
func (s Schema) Exists() Step { return s.Object().exists() }

// Create makes the schema. The statement has no IF NOT EXISTS, so that a schema which
// somebody else made a moment ago is not taken for ours.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_SCHEMA.html
func (s Schema) Create() []Step {
	create := Step{Name: StepCreate, SQL: "CREATE SCHEMA " + ddl.Quote(s.declared.Name)}
	return append([]Step{create}, s.changeGrants(nil)...)
}

// Alter changes the grants.
func (s Schema) Alter(old Definition) []Step { return s.changeGrants(s.of(old).grants) }

// Assert makes sure of the grants.
func (s Schema) Assert(old Definition) []Step {
	return assertGrants("USAGE", "SCHEMA "+ddl.Quote(s.declared.Name), s.of(old).grants, s.grants)
}

// Replace is Alter: only the name can't be altered.
func (s Schema) Replace(old Definition, _ time.Time) ([]Step, error) { return s.Alter(old), nil }

// RollBack is Assert.
func (s Schema) RollBack(old Definition, _ time.Time) ([]Step, error) { return s.Assert(old), nil }

// Drop removes the schema, unless it holds something.
func (s Schema) Drop() []Step { return []Step{s.Object().drop(false)} }

// Dependents finds the relations that the schema holds.
func (s Schema) Dependents() []Step {
	return []Step{{Name: StepDependents, SQL: "SELECT n.nspname, c.relname FROM pg_catalog.pg_class c" +
		" JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace" +
		" WHERE n.nspname = " + ddl.Literal(s.declared.Name) + " AND c.relkind IN ('r', 'v', 'm') ORDER BY c.relname"}}
}

// of returns old as a schema; the zero one if nothing is known of it.
func (Schema) of(old Definition) Schema {
	known, _ := old.(Schema)
	return known
}

func (s Schema) changeGrants(old []grantee) []Step {
	return changeGrants("USAGE", "SCHEMA "+ddl.Quote(s.declared.Name), old, s.grants)
}
