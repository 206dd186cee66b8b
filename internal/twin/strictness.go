package twin

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/sqlengine"
)

// StrictnessVariable is the environment variable from which tributary local up reads the
// twin's [Strictness].
const StrictnessVariable = "TRIBUTARY_TWIN_STRICTNESS"

// Strictness makes the twin as slow and as strict as AWS is documented, or was observed,
// to be in the worst case. The zero value means no delays and no additional errors.
type Strictness struct {
	// IAMDelay is the time until a change of a role or policy takes effect.
	//
	// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
	IAMDelay time.Duration
	// QueueDelay is the time for which each statement of the Data API waits in the queue.
	QueueDelay time.Duration
	// Snapshot gives transactions the isolation level SNAPSHOT in place of SERIALIZABLE.
	//
	// Source: https://docs.aws.amazon.com/redshift/latest/dg/c_serial_isolation.html
	Snapshot bool
	// UntypedParameters returns an error for a statement with a parameter in a SELECT list
	// if the parameter has no CAST.
	UntypedParameters bool
	// HiddenDependents omits the dependents of materialized views from pg_depend. Those
	// that are materialized views themselves are in SVV_MV_DEPENDENCY.
	HiddenDependents bool
	// NoListStatements denies ListStatements to every role.
	NoListStatements bool
	// OwnUsers runs the statements of a role that don't use a secret as a database user of
	// the role. Without it, they run as the admin user.
	OwnUsers bool
}

// String returns the strictness in the form that [ParseStrictness] reads, with the keys
// in a fixed order; empty for the zero value.
func (s Strictness) String() string {
	var pairs []string
	for _, d := range []struct {
		key   string
		delay time.Duration
	}{{"iam", s.IAMDelay}, {"queue", s.QueueDelay}} {
		if d.delay > 0 {
			pairs = append(pairs, d.key+"="+d.delay.String())
		}
	}
	for _, b := range []struct {
		pair string
		on   bool
	}{
		{"isolation=snapshot", s.Snapshot},
		{"parameters=untyped", s.UntypedParameters},
		{"dependents=hidden", s.HiddenDependents},
		{"list=denied", s.NoListStatements},
		{"users=own", s.OwnUsers},
	} {
		if b.on {
			pairs = append(pairs, b.pair)
		}
	}
	return strings.Join(pairs, ",")
}

// engine returns the settings for the SQL engine.
func (s Strictness) engine() sqlengine.Strictness {
	return sqlengine.Strictness{Snapshot: s.Snapshot, UntypedParameters: s.UntypedParameters, HiddenDependents: s.HiddenDependents}
}

// strictnessKey is a key in the value of StrictnessVariable.
type strictnessKey struct {
	name, rule string                                 // rule describes the valid values, for errors
	read       func(s *Strictness, value string) bool // sets the field; false if the value is invalid
}

// strictnessKeys are all keys, in the order in which errors list them.
var strictnessKeys = []strictnessKey{
	{"iam", durationRule, readDelay(func(s *Strictness) *time.Duration { return &s.IAMDelay })},
	{"queue", durationRule, readDelay(func(s *Strictness) *time.Duration { return &s.QueueDelay })},
	{"isolation", "snapshot or serializable", readWord("snapshot", "serializable", func(s *Strictness) *bool { return &s.Snapshot })},
	{"parameters", "untyped or typed", readWord("untyped", "typed", func(s *Strictness) *bool { return &s.UntypedParameters })},
	{"dependents", "hidden or shown", readWord("hidden", "shown", func(s *Strictness) *bool { return &s.HiddenDependents })},
	{"list", "denied or allowed", readWord("denied", "allowed", func(s *Strictness) *bool { return &s.NoListStatements })},
	{"users", "own or admin", readWord("own", "admin", func(s *Strictness) *bool { return &s.OwnUsers })},
}

const durationRule = "a time from 0s to 1h, such as 60s"

// ParseStrictness parses the value of [StrictnessVariable], such as
// "iam=60s,queue=10s,isolation=snapshot". Empty text is the zero value. The error has a
// line for each invalid pair.
func ParseStrictness(text string) (Strictness, error) {
	var s Strictness
	if strings.TrimSpace(text) == "" {
		return s, nil
	}
	var problems []error
	seen := map[string]bool{}
	for pair := range strings.SplitSeq(text, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		at := slices.IndexFunc(strictnessKeys, func(k strictnessKey) bool { return k.name == name })
		switch {
		case at < 0:
			problems = append(problems, fmt.Errorf("%s: unknown key %q; write %s, with commas between pairs", StrictnessVariable, name, strictnessNames()))
		case seen[name]:
			problems = append(problems, fmt.Errorf("%s: %s: given twice; remove one", StrictnessVariable, name))
		case !strictnessKeys[at].read(&s, value):
			problems = append(problems, fmt.Errorf("%s: %s: got %q; write %s", StrictnessVariable, name, value, strictnessKeys[at].rule))
		}
		seen[name] = true
	}
	if problems != nil {
		return Strictness{}, errors.Join(problems...)
	}
	return s, nil
}

func strictnessNames() string {
	names := make([]string, len(strictnessKeys))
	for i, k := range strictnessKeys {
		names[i] = k.name
	}
	return strings.Join(names, ", ")
}

// readDelay returns a function that reads a duration into a field.
func readDelay(field func(*Strictness) *time.Duration) func(*Strictness, string) bool {
	return func(s *Strictness, value string) bool {
		d, err := time.ParseDuration(value)
		if err != nil || d < 0 || d > time.Hour {
			return false
		}
		*field(s) = d
		return true
	}
}

// readWord returns a function that reads one of two words into a field: on sets the field
// to true and off to false.
func readWord(on, off string, field func(*Strictness) *bool) func(*Strictness, string) bool {
	return func(s *Strictness, value string) bool {
		*field(s) = value == on
		return value == on || value == off
	}
}
