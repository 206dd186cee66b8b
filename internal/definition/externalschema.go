package definition

import (
	"errors"
	"time"

	"github.com/tributary-cdk/tributary/ddl"
)

// ExternalSchema is a checked external schema. [NewExternalSchema] returns one.
type ExternalSchema struct {
	inDatabase
	neverReplaced

	declared ddl.ExternalSchema
	grants   []grantee
}

// NewExternalSchema returns the definition of a declared external schema, and all
// problems of the declaration. If there are problems, only the definition's Object can be
// used.
func NewExternalSchema(declared ddl.ExternalSchema) (ExternalSchema, ddl.Problems) {
	checked, problems := declared.Check()
	return ExternalSchema{declared: checked, grants: grantees(checked.Grants)}, problems
}

// Object returns the name of the external schema, such as `schema "evdata"`.
func (s ExternalSchema) Object() Object {
	return Object{Kind: SchemaObject, Name: ident(s.declared.Name)}
}

// String returns the object's description.
func (s ExternalSchema) String() string { return s.Object().String() }

// Hash identifies the definition. Only the grants of an external schema that reads
// Kinesis can be altered.
func (s ExternalSchema) Hash() string {
	d := s.declared
	if d.Kafka != (ddl.Kafka{}) {
		fixed := hash(d.Name, s.source(), d.Kafka.ClusterARN)
		return join(fixed, hash(fixed, s.grants, d.RoleARN, d.Kafka))
	}
	fixed := hash(d.Name, d.RoleARN, d.Region)
	return join(fixed, hash(fixed, s.grants))
}

// Exists checks whether a schema with this name exists. It may be an external schema or
// an ordinary one.
func (s ExternalSchema) Exists() Step { return s.Object().exists() }

// Create creates the external schema. The statement has no IF NOT EXISTS clause, so it
// fails if somebody else has just created a schema with this name.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_EXTERNAL_SCHEMA.html
func (s ExternalSchema) Create() []Step {
	d := s.declared
	sql := "CREATE EXTERNAL SCHEMA " + ddl.Quote(d.Name) + " FROM " + s.source()
	if d.Region != "" {
		sql += " REGION " + ddl.Literal(d.Region)
	}
	if d.RoleARN != "" {
		sql += " IAM_ROLE " + ddl.Literal(d.RoleARN)
	}
	create := Step{Name: StepCreate, SQL: sql + kafkaClauses(d.Kafka)}
	return append([]Step{create}, s.changeGrants(nil)...)
}

// Alter changes all that Redshift can alter: the grants, and the connection to Kafka.
func (s ExternalSchema) Alter(old Definition) []Step {
	return append(s.alterKafka(s.of(old).declared), s.changeGrants(s.of(old).grants)...)
}

// Assert applies all that Redshift can alter, whatever the current state is.
func (s ExternalSchema) Assert(old Definition) []Step {
	grants := assertGrants("USAGE", "SCHEMA "+ddl.Quote(s.declared.Name), s.of(old).grants, s.grants)
	return append(s.alterKafka(ddl.ExternalSchema{}), grants...)
}

// Replace is like Alter. It returns an error if Redshift can't alter what has changed.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_EXTERNAL_SCHEMA.html
func (s ExternalSchema) Replace(old Definition, _ time.Time) ([]Step, error) {
	was, now := s.of(old), s.declared
	switch {
	case was.source() != s.source() || was.declared.Kafka.ClusterARN != now.Kafka.ClusterARN:
		return nil, errors.New("the source of an external schema can't be altered; give the schema and its views new names")
	case now.Kafka == ddl.Kafka{} && (was.declared.RoleARN != now.RoleARN || was.declared.Region != now.Region):
		return nil, errors.New("the role and the region of an external schema that reads Kinesis can't be altered; give the schema and its views new names")
	}
	return s.Alter(old), nil
}

// RollBack is the same as Replace.
func (s ExternalSchema) RollBack(old Definition, now time.Time) ([]Step, error) {
	return s.Replace(old, now)
}

// Drop drops the external schema.
func (s ExternalSchema) Drop() []Step { return []Step{s.Object().drop(false)} }

// of returns old as an external schema, or the zero ExternalSchema if old is nil.
func (ExternalSchema) of(old Definition) ExternalSchema {
	known, _ := old.(ExternalSchema)
	return known
}

func (s ExternalSchema) changeGrants(old []grantee) []Step {
	return changeGrants("USAGE", "SCHEMA "+ddl.Quote(s.declared.Name), old, s.grants)
}
