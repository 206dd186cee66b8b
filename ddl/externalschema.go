package ddl

import (
	"errors"
	"fmt"
	"regexp"
)

// ExternalSchema declares an external schema: the name by which SQL in a database refers
// to the Kinesis streams of one account and region, or to the topics of one Kafka cluster.
// Its JSON form is a property of the custom resource in a CloudFormation template.
type ExternalSchema struct {
	// Name is the external schema's name.
	//
	// Required.
	Name string `json:"name"`
	// RoleARN is the ARN of the IAM role that Redshift assumes to read the streams. The
	// role must be attached to the warehouse. Several ARNs, joined by commas without
	// blanks, are a chain of roles: Redshift assumes the first role, and each role assumes
	// the next one.
	//
	// Required, except for a Kafka cluster without authentication ([KafkaNone]).
	RoleARN string `json:"roleArn,omitempty"`
	// Region is the AWS region of the streams.
	//
	// Default: the warehouse's region.
	Region string `json:"region,omitempty"`
	// Kafka is the Kafka cluster of the topics.
	//
	// Default: none; the external schema is for Kinesis streams.
	Kafka Kafka `json:"kafka,omitzero"`
	// Grants lists the users, groups and roles that get USAGE on the external schema. They
	// can create their own streaming views with it. Readers of views don't need it.
	//
	// Default: nobody but the database user who owns the external schema.
	Grants []Grantee `json:"grants,omitempty"`
}

// arnPattern returns a pattern that matches an ARN. resource is the pattern of the part
// after the partition. The pattern accepts the ARNs of all partitions, such as arn:aws-cn:.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
func arnPattern(resource string) *regexp.Regexp {
	return regexp.MustCompile(`^arn:aws[a-z-]*:` + resource + `$`)
}

var (
	// roleChain matches the ARN of one role, or several of them with commas between.
	roleChain = regexp.MustCompile(`^arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+(,arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+)*$`)
	// regionPattern matches the names of today's regions, and of future ones in that form.
	regionPattern = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-\d$`)
)

// Check returns a copy of the external schema with its name and the names of database
// users, groups and roles in lower case. It also returns every problem of the declaration.
// A name that is not valid is "" in the copy.
func (s ExternalSchema) Check() (ExternalSchema, Problems) {
	var problems Problems
	s.Name = problems.name("name", s.Name, "external schema")
	if s.RoleARN == "" {
		if !s.Kafka.needsNoRole() {
			problems.add("roleArn", errors.New("required; write the ARN of an IAM role, such as arn:aws:iam::123456789012:role/name"))
		}
	} else if !roleChain.MatchString(s.RoleARN) {
		problems.add("roleArn", fmt.Errorf("%q is not the ARN of an IAM role; write one such as arn:aws:iam::123456789012:role/name, or a chain of them, joined by commas without blanks", s.RoleARN))
	}
	if s.Region != "" && !regionPattern.MatchString(s.Region) {
		problems.add("region", fmt.Errorf("%q is not an AWS region; write one such as eu-west-1", s.Region))
	}
	if s.Kafka != (Kafka{}) {
		if s.Region != "" {
			problems.add("region", errors.New("applies only to Kinesis, but kafka is set; remove one of them"))
		}
		problems = append(problems, s.Kafka.problems().Under("kafka")...)
	}
	s.Grants = checkGrants(s.Grants, &problems)
	return s, problems
}
