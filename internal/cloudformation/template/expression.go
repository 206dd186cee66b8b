package template

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// expression is a value in a template, which may contain intrinsic functions.
type expression interface {
	// eval returns the value. Its type is nil, bool, float64, string, []any,
	// map[string]any, [Unknown] or noValue.
	eval(s *scope) (any, error)
	// children returns the expressions that the expression contains.
	children() []expression
}

// Unknown is a value that is unknown until the resources that it depends on exist.
type Unknown struct{}

// String returns the placeholder for unknown values in CloudFormation's change sets.
func (Unknown) String() string { return "{{changeSet:KNOWN_AFTER_APPLY}}" }

// MarshalText returns the text of String, for JSON.
func (u Unknown) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// noValue is the value of {"Ref": "AWS::NoValue"}. Lists and objects omit elements with
// this value.
type noValue struct{}

// literal is a string, number or boolean, which evaluates to itself.
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
		if _, omit := v.(noValue); !omit {
			out = append(out, v)
		}
	}
	return out, nil
}

func (l list) children() []expression { return l }

// object is a JSON object that is not a call of an intrinsic function.
type object map[string]expression

func (o object) eval(s *scope) (any, error) {
	out := make(map[string]any, len(o))
	for _, key := range slices.Sorted(maps.Keys(o)) {
		v, err := o[key].eval(s)
		if err != nil {
			return nil, err
		}
		if _, omit := v.(noValue); !omit {
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

// Text converts a scalar to a string as CloudFormation does: true to "true", and 5 to "5".
// It returns false for lists, maps, null and unknown values.
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

// Stringify returns a copy of v in which every scalar is converted to a string by [Text].
// CloudFormation sends the properties of custom resources in this form.
func Stringify(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, field := range v {
			out[name] = Stringify(field)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = Stringify(item)
		}
		return out
	}
	if s, ok := Text(v); ok {
		return s
	}
	return v
}

// evalText evaluates e to a string. known is false if the value or a part of it is unknown.
// name describes e in the error message.
func evalText(s *scope, e expression, name string) (value string, known bool, err error) {
	value, known, err = evalPartialText(s, e, name)
	if s.lenient && IsUnknown(value) {
		known = false
	}
	return value, known, err
}

// evalPartialText is like evalText, except if s is lenient: then the value may contain
// placeholders for unknown parts, and known is true.
func evalPartialText(s *scope, e expression, name string) (value string, known bool, err error) {
	v, err := e.eval(s)
	if err != nil {
		return "", false, err
	}
	if _, is := v.(Unknown); is {
		return "", false, nil
	}
	value, ok := Text(v)
	if !ok {
		return "", false, newError("Template error: %s must be a string, got %s", name, describe(v))
	}
	return value, true, nil
}

// evalList evaluates e to a list. known is false if the whole list is unknown. If known is
// true, elements of the list may still be unknown. name describes e in the error message.
func evalList(s *scope, e expression, name string) (values []any, known bool, err error) {
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
		return nil, false, newError("Template error: %s must be a list, got %s", name, describe(v))
	}
}

// describe describes v for error messages.
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

// visit calls f with e and all expressions that e contains. conditions contains the known
// results of conditions. If it has a result for the condition of an Fn::If, visit skips the
// branch that is not taken.
func visit(e expression, conditions map[string]bool, f func(expression)) {
	f(e)
	if ifExpression, ok := e.(*ifFunction); ok && conditions != nil {
		if branch, known := ifExpression.branch(conditions); known {
			visit(branch, conditions, f)
			return
		}
	}
	for _, child := range e.children() {
		visit(child, conditions, f)
	}
}
