package template

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// expression is a template value that may hold intrinsic functions.
type expression interface {
	// eval returns the value: nil, bool, float64, string, []any or
	// map[string]any, [Unknown], or noValue.
	eval(s *scope) (any, error)
	// children returns the expressions it is made of.
	children() []expression
}

// Unknown stands for a value that nobody can tell before the resources which
// it depends on are made. Its text is what CloudFormation shows instead.
type Unknown struct{}

// String returns the placeholder that CloudFormation's change sets show.
func (Unknown) String() string { return "{{changeSet:KNOWN_AFTER_APPLY}}" }

// MarshalText returns String's text, so that JSON shows the placeholder.
func (u Unknown) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// noValue is what {"Ref": "AWS::NoValue"} evaluates to: whatever holds it
// drops it.
type noValue struct{}

// literal is a scalar that stands for itself.
type literal struct{ value any }

func (l literal) eval(*scope) (any, error) { return l.value, nil }
func (literal) children() []expression     { return nil }

// list is a JSON array.
type list []expression

func (l list) eval(s *scope) (any, error) {
	out := make([]any, 0, len(l))
	for _, item := range l {
		v, err := item.eval(s)
		if err != nil {
			return nil, err
		}
		if _, drop := v.(noValue); !drop {
			out = append(out, v)
		}
	}
	return out, nil
}

func (l list) children() []expression { return l }

// object is a JSON object that is no intrinsic function.
type object map[string]expression

func (o object) eval(s *scope) (any, error) {
	out := make(map[string]any, len(o))
	for _, key := range slices.Sorted(maps.Keys(o)) {
		v, err := o[key].eval(s)
		if err != nil {
			return nil, err
		}
		if _, drop := v.(noValue); !drop {
			out[key] = v
		}
	}
	return out, nil
}

func (o object) children() []expression {
	out := make([]expression, 0, len(o))
	for _, key := range slices.Sorted(maps.Keys(o)) {
		out = append(out, o[key])
	}
	return out
}

// Text returns a scalar as CloudFormation writes it into a string: true as
// "true", 5 as "5". It reports false for lists, maps, null and unknown values.
func Text(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	default:
		return "", false
	}
}

// Texts returns a value with every scalar in it as [Text] has it: so CloudFormation sends
// the properties of custom resources.
func Texts(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, field := range v {
			out[name] = Texts(field)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = Texts(item)
		}
		return out
	}
	if s, ok := Text(v); ok {
		return s
	}
	return v
}

// text evaluates e to a string. known is false when the value isn't known yet, or a part
// of it.
func text(s *scope, e expression, what string) (value string, known bool, err error) {
	value, known, err = partialText(s, e, what)
	if s.lenient && IsUnknown(value) {
		known = false
	}
	return value, known, err
}

// partialText evaluates e to a string, of which parts may be unknown if s is lenient.
func partialText(s *scope, e expression, what string) (value string, known bool, err error) {
	v, err := e.eval(s)
	if err != nil {
		return "", false, err
	}
	if _, is := v.(Unknown); is {
		return "", false, nil
	}
	value, ok := Text(v)
	if !ok {
		return "", false, refuse("Template error: %s must be a string, got %s", what, describe(v))
	}
	return value, true, nil
}

// items evaluates e to a list. known is false when the list itself isn't known
// yet; its items may still hold unknown values.
func items(s *scope, e expression, what string) (values []any, known bool, err error) {
	v, err := e.eval(s)
	if err != nil {
		return nil, false, err
	}
	switch v := v.(type) {
	case Unknown:
		return nil, false, nil
	case []any:
		return v, true, nil
	default:
		return nil, false, refuse("Template error: %s must be a list, got %s", what, describe(v))
	}
}

// describe names the kind of v, for refusals.
func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case noValue:
		return "AWS::NoValue"
	case []any:
		return "a list"
	case map[string]any:
		return "a map with the keys [" + strings.Join(slices.Sorted(maps.Keys(v)), ", ") + "]"
	default:
		return fmt.Sprintf("%q", fmt.Sprint(v))
	}
}

// visit calls f with e and everything inside it that counts: of an Fn::If
// whose condition is settled in conditions, only the branch taken. Nil
// conditions visit both branches.
func visit(e expression, conditions map[string]bool, f func(expression)) {
	f(e)
	if choice, ok := e.(*ifFunction); ok && conditions != nil {
		if branch, settled := choice.branch(conditions); settled {
			visit(branch, conditions, f)
			return
		}
	}
	for _, child := range e.children() {
		visit(child, conditions, f)
	}
}
