package ddl

import (
	"fmt"
	"regexp"
	"strings"
)

// Stream names a Kinesis stream or a Kafka topic in the same way as SQL: by an external
// schema and a name.
type Stream struct {
	// Schema is the name of the external schema through which the view reads the stream.
	//
	// Required.
	Schema string `json:"schema"`
	// Name is the name of the stream or topic, in lower case. Redshift can't read a stream
	// with upper case in its name, unless the parameter enable_case_sensitive_identifier is
	// on for the whole database.
	//
	// Required.
	Name string `json:"name"`
	// Kafka is true for a Kafka topic.
	//
	// Default: false; it is a Kinesis stream.
	Kafka bool `json:"kafka,omitempty"`
}

// namePattern matches the names of Kinesis streams and of Kafka topics that are in lower
// case.
var namePattern = regexp.MustCompile(`^[a-z0-9_.-]+$`)

// Check returns a copy of the stream with the name of the external schema in lower case.
// It also returns every problem of the declaration. A schema name that is not valid is ""
// in the copy.
func (s Stream) Check() (Stream, Problems) {
	var problems Problems
	s.Schema = problems.name("schema", s.Schema, "external schema")
	if s.Kafka {
		problems.add("name", checkStreamName(s.Name, "topic", maxTopicName))
	} else {
		problems.add("name", checkStreamName(s.Name, "stream", maxStreamName))
	}
	return s, problems
}

// The lengths of the longest names of a Kinesis stream and of a Kafka topic.
//
// Source of the stream's: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html
const (
	maxStreamName = 128
	maxTopicName  = 249
)

// checkStreamName returns an error unless name is a valid name. kind is "stream" or "topic".
func checkStreamName(name, kind string, maxLength int) error {
	if name == "" {
		return fmt.Errorf("required; write the name of the %s", kind)
	}
	lower := strings.ToLower(name)
	if len(name) > maxLength || !namePattern.MatchString(lower) {
		return fmt.Errorf("%q is not a valid %s name; write up to %d lower-case letters, digits, underscores, hyphens and dots", name, kind, maxLength)
	}
	if name != lower {
		return fmt.Errorf("%q has upper-case letters, which Redshift folds to lower case; name the %s %q", name, kind, lower)
	}
	return nil
}
