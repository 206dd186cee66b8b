package definition

import (
	"errors"
	"time"

	"github.com/tributary-cdk/tributary/ddl"
)

// ExternalSchema is a checked external schema. Make one by [NewExternalSchema].
type ExternalSchema struct {
	inDatabase
	unreplaced

	declared ddl.ExternalSchema
	grants   []grantee
}

// NewExternalSchema returns the definition of a declared external schema, and everything
// that is wrong with the declaration. Then the definition is good for no more than its
// Object.
func NewExternalSchema(declared ddl.ExternalSchema) (ExternalSchema, ddl.Problems) {
	checked, problems := declared.Check()
	return ExternalSchema{declared: checked, grants: grantees(checked.Grants)}, problems
}

// Object names the external schema: `schema "evdata"`.
func (s ExternalSchema) Object() Object {
	return Object{Kind: SchemaObject, Name: ident(s.declared.Name)}
}

// String names the external schema.
func (s ExternalSchema) String() string { return s.Object().String() }

// Hash identifies the definition. Of an external schema that reads Kinesis, no more than
// the grants can be altered.
func (s ExternalSchema) Hash() string {
	d := s.declared
	if d.Kafka != (ddl.Kafka{}) {
		fixed := hash(d.Name, s.source(), d.Kafka.ClusterARN)
		return join(fixed, hash(fixed, s.grants, d.RoleARN, d.Kafka))
	}
	fixed := hash(d.Name, d.RoleARN, d.Region)
	return join(fixed, hash(fixed, s.grants))
}

// Exists looks for a schema of the name, external or not.
func (s ExternalSchema) Exists() Step { return s.Object().exists() }

// Create makes the external schema. The statement has no IF NOT EXISTS, so that a schema
// which somebody else made a moment ago is not taken for ours.
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

// Alter changes everything that can be changed: of one that reads Kinesis, its
// grants.
func (s ExternalSchema) Alter(old Definition) []Step {
	return append(s.alterKafka(s.of(old).declared), s.changeGrants(s.of(old).grants)...)
}

// Assert makes sure of everything that can be changed.
func (s ExternalSchema) Assert(old Definition) []Step {
	grants := assertGrants("USAGE", "SCHEMA "+ddl.Quote(s.declared.Name), s.of(old).grants, s.grants)
	return append(s.alterKafka(ddl.ExternalSchema{}), grants...)
}

// Replace is Alter, or the refusal of what Redshift can't alter.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_EXTERNAL_SCHEMA.html
func (s ExternalSchema) Replace(old Definition, _ time.Time) ([]Step, error) {
	was, now := s.of(old), s.declared
	switch {
	case was.source() != s.source() || was.declared.Kafka.ClusterARN != now.Kafka.ClusterARN:
		return nil, errors.New("what a schema reads can't be altered in Redshift; give the schema a new name, and its views too")
	case now.Kafka == ddl.Kafka{} && (was.declared.RoleARN != now.RoleARN || was.declared.Region != now.Region):
		return nil, errors.New("the role and the region of a schema that reads Kinesis can't be altered in Redshift; give the schema a new name, and its views too")
	}
	return s.Alter(old), nil
}

// RollBack is Replace.
func (s ExternalSchema) RollBack(old Definition, now time.Time) ([]Step, error) {
	return s.Replace(old, now)
}

// Drop removes the external schema.
func (s ExternalSchema) Drop() []Step { return []Step{s.Object().drop(false)} }

// of returns old as an external schema; the zero one if nothing is known of it.
func (ExternalSchema) of(old Definition) ExternalSchema {
	known, _ := old.(ExternalSchema)
	return known
}

func (s ExternalSchema) changeGrants(old []grantee) []Step {
	return changeGrants("USAGE", "SCHEMA "+ddl.Quote(s.declared.Name), old, s.grants)
}
