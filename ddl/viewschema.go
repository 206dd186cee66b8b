package ddl

// ViewSchema declares an ordinary schema, which holds views. The JSON form is what
// a template's custom resource carries.
type ViewSchema struct {
	// Name is the schema's name.
	//
	// Required.
	//
	// Change: makes another schema; the old one goes as the RemovalPolicy says, and
	// can't while it holds something.
	Name string `json:"name"`
	// Grants lists who may use what is in the schema, as far as that is granted to
	// them: readers of its views.
	//
	// Default: nobody but the owner.
	//
	// Change: in place, by GRANT and REVOKE.
	Grants []Grantee `json:"grants,omitempty"`
}

// ViewSchemaDefinition is a checked schema: what SQL is made from. It does not
// change once made.
type ViewSchemaDefinition struct {
	name   Ident
	grants []grantee
}

// Define checks the declaration. The error is [Problems].
func (s ViewSchema) Define() (ViewSchemaDefinition, error) {
	var problems Problems
	name, err := ParseIdent(s.Name)
	problems.add("name", err)
	return ViewSchemaDefinition{name, defineGrants(s.Grants, &problems)}, problems.err()
}

// Object names the schema: `schema "analytics"`.
func (d ViewSchemaDefinition) Object() Object { return Object{Kind: SchemaObject, Name: d.name} }

// CreateViewSchema returns the statements that make the schema. Without IF NOT
// EXISTS, so that one which somebody else made a moment ago is not taken for ours.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_SCHEMA.html
func CreateViewSchema(d ViewSchemaDefinition) []Statement {
	create := Statement{Step: StepCreate, SQL: "CREATE SCHEMA " + d.name.String()}
	return append([]Statement{create}, d.changeGrants(nil)...)
}

// AlterViewSchema returns the statements that lead from old to new, two definitions
// of one schema.
func AlterViewSchema(old, new ViewSchemaDefinition) []Statement { return new.changeGrants(old.grants) }

// AssertViewSchema returns the statements that make sure of the grants of a schema
// which are partly old's and partly new's.
func AssertViewSchema(old, new ViewSchemaDefinition) []Statement {
	return assertGrants("USAGE", "SCHEMA "+new.name.String(), old.grants, new.grants)
}

// DropViewSchema returns the statements that remove the schema, unless it holds
// something, and succeed if there is none.
func DropViewSchema(d ViewSchemaDefinition) []Statement { return []Statement{d.Object().drop(false)} }

// HeldBy returns the query whose rows name what would keep the schema from being
// dropped: a schema and a name each.
func HeldBy(d ViewSchemaDefinition) Statement {
	return Statement{Step: StepDependents, SQL: "SELECT n.nspname, c.relname FROM pg_catalog.pg_class c" +
		" JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace" +
		" WHERE n.nspname = " + Literal(d.name.name) + " AND c.relkind IN ('r', 'v', 'm') ORDER BY c.relname"}
}

func (d ViewSchemaDefinition) changeGrants(old []grantee) []Statement {
	return changeGrants("USAGE", "SCHEMA "+d.name.String(), old, d.grants)
}
