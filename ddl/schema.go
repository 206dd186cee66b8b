package ddl

import (
	"fmt"
	"regexp"
)

// Schema declares an external schema: the name under which a database reads
// the Kinesis streams of one account and region, or the topics of one Kafka
// cluster. The JSON form is what a template's custom resource carries.
type Schema struct {
	// Name is the schema's name.
	//
	// Required.
	Name string `json:"name"`
	// RoleARN is the IAM role that Redshift assumes to read the streams. It has
	// to be attached to the warehouse.
	//
	// Required, but for a Kafka cluster that asks for no authentication.
	RoleARN string `json:"roleArn,omitempty"`
	// Region is where the streams are.
	//
	// Default: the warehouse's region.
	Region string `json:"region,omitempty"`
	// Kafka is the Kafka cluster that has the topics.
	//
	// Default: none; the schema reads Kinesis.
	Kafka Kafka `json:"kafka,omitzero"`
	// Grants lists who may use the schema, besides its owner: who may make
	// streaming views of their own by it. Readers of views don't need it.
	//
	// Default: nobody.
	Grants []Grantee `json:"grants,omitempty"`
}

// SchemaDefinition is a checked external schema: what SQL is made from. It does
// not change once made.
type SchemaDefinition struct {
	name            Ident
	roleARN, region string
	kafka           Kafka // zero: Kinesis
	grants          []grantee
}

var (
	rolePattern = regexp.MustCompile(`^arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+(,arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+)*$`)
	// regionPattern allows what a region's name can be, not only those of today.
	regionPattern = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-\d$`)
)

// Define checks the declaration. The error is [Problems].
func (s Schema) Define() (SchemaDefinition, error) {
	var problems Problems
	name, err := ParseIdent(s.Name)
	problems.add("name", err)
	if s.RoleARN == "" && s.Kafka.needsNoRole() {
		// nothing to assume
	} else if !rolePattern.MatchString(s.RoleARN) {
		problems.add("roleArn", fmt.Errorf("%q is not a role's ARN; write one such as arn:aws:iam::123456789012:role/name, or a chain of them, joined by commas without blanks", s.RoleARN))
	}
	if s.Region != "" && !regionPattern.MatchString(s.Region) {
		problems.add("region", fmt.Errorf("%q is not a region; write one such as eu-west-1", s.Region))
	}
	if s.Kafka != (Kafka{}) {
		if s.Region != "" {
			problems.add("region", fmt.Errorf("is for Kinesis; leave it out"))
		}
		problems = append(problems, s.Kafka.problems().Under("kafka")...)
	}
	return SchemaDefinition{name, s.RoleARN, s.Region, s.Kafka, defineGrants(s.Grants, &problems)}, problems.err()
}

// Object names the schema: `schema "evdata"`.
func (d SchemaDefinition) Object() Object { return Object{Kind: SchemaObject, Name: d.name} }

// create returns the statement which makes the schema. Without IF NOT EXISTS, so
// that a schema which somebody else made a moment ago is not taken for ours.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_EXTERNAL_SCHEMA.html
func (d SchemaDefinition) create() Statement {
	sql := "CREATE EXTERNAL SCHEMA " + d.name.String() + " FROM " + d.source()
	if d.region != "" {
		sql += " REGION " + Literal(d.region)
	}
	if d.roleARN != "" {
		sql += " IAM_ROLE " + Literal(d.roleARN)
	}
	return Statement{Step: StepCreate, SQL: sql + d.kafka.clauses()}
}
