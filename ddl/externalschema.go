package ddl

import (
	"fmt"
	"regexp"
)

// ExternalSchema declares an external schema: the name under which a database reads
// the Kinesis streams of one account and region, or the topics of one Kafka
// cluster. The JSON form is what a template's custom resource carries.
type ExternalSchema struct {
	// Name is the external schema's name.
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
	// Default: none; the external schema reads Kinesis.
	Kafka Kafka `json:"kafka,omitzero"`
	// Grants lists who may use the external schema, besides its owner: who may make
	// streaming views of their own by it. Readers of views don't need it.
	//
	// Default: nobody.
	Grants []Grantee `json:"grants,omitempty"`
}

// anyPartition begins the ARNs of every partition of AWS, such as arn:aws-cn:.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
const anyPartition = `arn:aws[a-z-]*:`

// role is the pattern of a role's ARN.
const role = anyPartition + `iam::\d{12}:role/[\w+=,.@/-]+`

var (
	// rolesPattern is a role or a chain of roles.
	rolesPattern = regexp.MustCompile(`^` + role + `(,` + role + `)*$`)
	// regionPattern allows what a region's name can be, not only those of today.
	regionPattern = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-\d$`)
)

// Check returns the external schema with its names as Redshift keeps them, and everything
// that is wrong with the declaration.
func (s ExternalSchema) Check() (ExternalSchema, Problems) {
	var problems Problems
	s.Name = problems.name("name", s.Name)
	if s.RoleARN == "" && s.Kafka.needsNoRole() {
		// nothing to assume
	} else if !rolesPattern.MatchString(s.RoleARN) {
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
	s.Grants = checkGrants(s.Grants, &problems)
	return s, problems
}
