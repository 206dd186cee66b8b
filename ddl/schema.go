package ddl

// Schema declares an ordinary schema, which holds views. The JSON form is what
// a template's custom resource carries.
type Schema struct {
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

// Check returns the schema with its names as Redshift keeps them, and everything that is
// wrong with the declaration.
func (s Schema) Check() (Schema, Problems) {
	var problems Problems
	s.Name = problems.name("name", s.Name)
	s.Grants = checkGrants(s.Grants, &problems)
	return s, problems
}
