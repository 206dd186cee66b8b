package twin

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/sqlengine"
)

// StrictnessVariable is the environment variable from which the process that serves
// the twin reads its [Strictness].
const StrictnessVariable = "TRIBUTARY_TWIN_STRICTNESS"

// Strictness says where the twin behaves as AWS is documented, or was seen, to behave
// when it is least kind. The zero value is a twin without delays.
type Strictness struct {
	// IAMDelay is the time until a change of IAM takes effect.
	//
	// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
	IAMDelay time.Duration
	// QueueDelay is how long each statement of the Data API waits before it runs.
	QueueDelay time.Duration
	// Snapshot isolates transactions as SNAPSHOT does, not as SERIALIZABLE does.
	//
	// Source: https://docs.aws.amazon.com/redshift/latest/dg/c_serial_isolation.html
	Snapshot bool
	// UntypedParameters refuses a parameter that is an item of a SELECT list and has
	// no CAST.
	UntypedParameters bool
	// HiddenDependents keeps from pg_depend what depends on a materialized view.
	// SVV_MV_DEPENDENCY shows the materialized views that do.
	HiddenDependents bool
	// NoListStatements has IAM deny ListStatements to every role.
	NoListStatements bool
	// OwnUsers runs a role's statements without a secret as the role's own database
	// user, not as the admin user.
	OwnUsers bool
}

// String returns the strictness as [ParseStrictness] reads it, in the order of the keys;
// empty if it is the zero value.
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

// engine returns the engine's part.
func (s Strictness) engine() sqlengine.Strictness {
	return sqlengine.Strictness{Snapshot: s.Snapshot, UntypedParameters: s.UntypedParameters, HiddenDependents: s.HiddenDependents}
}

// strictnessKey is one key of the variable's value, and how it is read.
type strictnessKey struct {
	name, rule string
	read       func(s *Strictness, value string) bool
}

// strictnessKeys are the keys, in the order in which errors list them.
var strictnessKeys = []strictnessKey{
	{"iam", durationRule, delay(func(s *Strictness) *time.Duration { return &s.IAMDelay })},
	{"queue", durationRule, delay(func(s *Strictness) *time.Duration { return &s.QueueDelay })},
	{"isolation", "snapshot or serializable", either("snapshot", "serializable", func(s *Strictness) *bool { return &s.Snapshot })},
	{"parameters", "untyped or typed", either("untyped", "typed", func(s *Strictness) *bool { return &s.UntypedParameters })},
	{"dependents", "hidden or shown", either("hidden", "shown", func(s *Strictness) *bool { return &s.HiddenDependents })},
	{"list", "denied or allowed", either("denied", "allowed", func(s *Strictness) *bool { return &s.NoListStatements })},
	{"users", "own or admin", either("own", "admin", func(s *Strictness) *bool { return &s.OwnUsers })},
}

const durationRule = "a time from 0s to 1h, such as 60s"

// ParseStrictness reads the value of [StrictnessVariable], such as
// "iam=60s,queue=10s,isolation=snapshot". The empty text is the zero value. The error
// says all that is wrong, a line each.
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
			problems = append(problems, fmt.Errorf("%s: no key %q; write %s, with commas between pairs", StrictnessVariable, name, strictnessNames()))
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

// delay returns how a duration is read.
func delay(of func(*Strictness) *time.Duration) func(*Strictness, string) bool {
	return func(s *Strictness, value string) bool {
		d, err := time.ParseDuration(value)
		if err != nil || d < 0 || d > time.Hour {
			return false
		}
		*of(s) = d
		return true
	}
}

// either returns how one of two words is read, of which the first switches on.
func either(on, off string, of func(*Strictness) *bool) func(*Strictness, string) bool {
	return func(s *Strictness, value string) bool {
		*of(s) = value == on
		return value == on || value == off
	}
}
