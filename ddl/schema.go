package ddl

// Schema declares a database schema that contains views. Its JSON form is a property of
// the custom resource in a CloudFormation template.
type Schema struct {
	// Name is the schema's name.
	//
	// Required.
	//
	// Change: creates a new schema. The ingestion's RemovalPolicy decides whether the old one
	// is dropped, which fails while it contains anything.
	Name string `json:"name"`
	// Grants lists the users, groups and roles that get USAGE on the schema. Readers of a
	// view need it, and SELECT on the view.
	//
	// Default: nobody but the database user who owns the schema.
	//
	// Change: in place, by GRANT and REVOKE.
	Grants []Grantee `json:"grants,omitempty"`
}

// Check returns a copy of the schema with its name and the names of database users, groups
// and roles in lower case. It also returns every problem of the declaration. A name that
// is not valid is "" in the copy.
func (s Schema) Check() (Schema, Problems) {
	var problems Problems
	s.Name = problems.name("name", s.Name, "schema")
	s.Grants = checkGrants(s.Grants, &problems)
	return s, problems
}
