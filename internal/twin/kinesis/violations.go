package kinesis

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// violations collects the constraints that a request violates, so that one error lists
// them all. Its texts are those of AWS's services.
type violations []string

// add adds a violation: the value at a path, such as "records.1.member.partitionKey",
// does not satisfy a constraint.
func (v *violations) add(value, path, constraint string, args ...any) {
	*v = append(*v, fmt.Sprintf("Value %s at '%s' failed to satisfy constraint: ", value, path)+fmt.Sprintf(constraint, args...))
}

// err returns a ValidationException that lists all violations, nil if there is none.
func (v violations) err() error {
	switch len(v) {
	case 0:
		return nil
	case 1:
		return wire.Errorf("ValidationException", "1 validation error detected: %s", v[0])
	}
	return wire.Errorf("ValidationException", "%d validation errors detected: %s", len(v), strings.Join(v, "; "))
}

// streamName checks the name of a stream.
func (v *violations) streamName(name string) {
	switch {
	case name == "":
		v.add("''", "streamName", "Member must have length greater than or equal to 1")
	case utf8.RuneCountInString(name) > 128:
		v.add(quote(name), "streamName", "Member must have length less than or equal to 128")
	case !streamName.MatchString(name):
		v.add(quote(name), "streamName", "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+")
	}
}

// limit checks an optional number, which must be from 1 to most.
func (v *violations) limit(path string, n *int, most int) {
	if n != nil && *n < 1 {
		v.add(quote(*n), path, "Member must have value greater than or equal to 1")
	}
	if n != nil && *n > most {
		v.add(quote(*n), path, "Member must have value less than or equal to %d", most)
	}
}

// required checks that a parameter is not empty.
func (v *violations) required(path, value string) {
	if value == "" {
		v.add("null", path, "Member must not be null")
	}
}

// oneOf checks that a parameter has one of the allowed values.
func (v *violations) oneOf(path, value string, allowed ...string) {
	for _, a := range allowed {
		if a == value {
			return
		}
	}
	if value == "" {
		v.required(path, value)
		return
	}
	v.add(quote(value), path, "Member must satisfy enum value set: [%s]", strings.Join(allowed, ", "))
}

// quote returns a value as the errors show it.
func quote(value any) string { return fmt.Sprintf("'%v'", value) }
