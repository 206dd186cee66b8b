package ddl

import (
	"fmt"
	"regexp"
	"strings"
)

// Stream names a stream or a topic as SQL does: by the external schema that leads
// to it, and its own name.
type Stream struct {
	// Schema is the external schema's name.
	//
	// Required.
	Schema string `json:"schema"`
	// Name is the stream's or the topic's name, in lower case: to read another,
	// Redshift needs enable_case_sensitive_identifier for the whole database.
	//
	// Required.
	Name string `json:"name"`
	// Kafka says that it is a topic of Apache Kafka.
	//
	// Default: false; it is a stream of Kinesis.
	Kafka bool `json:"kafka,omitempty"`
}

// streamPattern is what a Kinesis stream may be called, in lower case, and
// maxStream how long that may be.
//
// Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html
var streamPattern = regexp.MustCompile(`^[a-z0-9_.-]+$`)

const maxStream = 128

// Check returns the stream with its schema's name as Redshift keeps it, and everything
// that is wrong with the declaration.
func (s Stream) Check() (Stream, Problems) {
	var problems Problems
	s.Schema = problems.name("schema", s.Schema)
	if s.Kafka {
		problems.add("name", checkTopic(s.Name))
	} else {
		problems.add("name", checkStream(s.Name))
	}
	return s, problems
}

func checkStream(name string) error {
	switch {
	case name == "":
		return fmt.Errorf("required; write the stream's name")
	case len(name) <= maxStream && streamPattern.MatchString(name):
		return nil
	case len(name) <= maxStream && streamPattern.MatchString(strings.ToLower(name)):
		return fmt.Errorf("%q has upper-case letters, which Redshift folds away; name the stream %q", name, strings.ToLower(name))
	}
	return fmt.Errorf("%q is not a stream's name; write up to 128 lower-case letters, digits, _, - and dots", name)
}

// topicPattern is what a Kafka topic may be called, in lower case: quoted names
// are folded as those of streams are.
var topicPattern = regexp.MustCompile(`^[a-z0-9_.-]+$`)

// maxTopic is the longest name of a Kafka topic.
const maxTopic = 249

func checkTopic(name string) error {
	switch {
	case name == "":
		return fmt.Errorf("required; write the topic's name")
	case len(name) <= maxTopic && topicPattern.MatchString(name):
		return nil
	case len(name) <= maxTopic && topicPattern.MatchString(strings.ToLower(name)):
		return fmt.Errorf("%q has upper-case letters, which Redshift folds away; name the topic %q", name, strings.ToLower(name))
	}
	return fmt.Errorf("%q is not a topic's name; write up to %d lower-case letters, digits, _, - and dots", name, maxTopic)
}
