package template

import (
	"maps"
	"slices"
)

// ifFunction is {"Fn::If": [condition, then, else]}.
type ifFunction struct {
	condition       string
	then, otherwise expression
}

// branch returns the branch that the condition selects. known is false if conditions does
// not contain the condition.
func (f *ifFunction) branch(conditions map[string]bool) (e expression, known bool) {
	result, known := conditions[f.condition]
	if result {
		return f.then, known
	}
	return f.otherwise, known
}

func (f *ifFunction) eval(s *scope) (any, error) {
	branch, known := f.branch(s.conditions)
	if !known {
		return nil, newError("Template error: unresolved condition dependency %s in Fn::If", f.condition)
	}
	return branch.eval(s)
}

func (f *ifFunction) children() []expression { return []expression{f.then, f.otherwise} }

// conditionFunction is {"Condition": name}, a reference to a condition in another condition.
type conditionFunction struct{ name string }

func (f *conditionFunction) eval(s *scope) (any, error) {
	result, ok := s.conditions[f.name]
	if !ok {
		return nil, newError("Template format error: Unresolved condition dependency %s in the Conditions block of the template", f.name)
	}
	return result, nil
}

func (*conditionFunction) children() []expression { return nil }

// equalsFunction is {"Fn::Equals": [a, b]}.
type equalsFunction struct{ a, b expression }

func (f *equalsFunction) eval(s *scope) (any, error) {
	a, err := f.a.eval(s)
	if err != nil {
		return nil, err
	}
	b, err := f.b.eval(s)
	if err != nil {
		return nil, err
	}
	switch {
	case Equal(a, b):
		return true, nil
	case s.lenient && (containsUnknown(a) || containsUnknown(b)):
		return Unknown{}, nil
	}
	return false, nil
}

func (f *equalsFunction) children() []expression { return []expression{f.a, f.b} }

// These types are the functions Fn::And, Fn::Or and Fn::Not.
type (
	andFunction struct{ conditions list }
	orFunction  struct{ conditions list }
	notFunction struct{ condition expression }
)

func (f *andFunction) eval(s *scope) (any, error) {
	return evalUntil(s, f.conditions, false)
}

func (f *orFunction) eval(s *scope) (any, error) {
	return evalUntil(s, f.conditions, true)
}

// evalUntil evaluates Fn::And, for which the decisive result is false, and Fn::Or, for
// which it is true. It returns decisive if one of the conditions has that result. Otherwise
// it returns [Unknown] if a condition is unknown, and !decisive if all are known.
func evalUntil(s *scope, conditions list, decisive bool) (any, error) {
	allKnown := true
	for _, e := range conditions {
		result, known, err := evalBool(s, e)
		switch {
		case err != nil:
			return nil, err
		case known && result == decisive:
			return decisive, nil
		}
		allKnown = allKnown && known
	}
	if !allKnown {
		return Unknown{}, nil
	}
	return !decisive, nil
}

func (f *notFunction) eval(s *scope) (any, error) {
	result, known, err := evalBool(s, f.condition)
	if err != nil || !known {
		return Unknown{}, err
	}
	return !result, nil
}

func (f *andFunction) children() []expression { return f.conditions }
func (f *orFunction) children() []expression  { return f.conditions }
func (f *notFunction) children() []expression { return []expression{f.condition} }

// evalBool evaluates a condition to a boolean, or to one of the strings "true" and "false".
// If the value is neither, evalBool returns an error, or known = false if s is lenient.
func evalBool(s *scope, e expression) (result, known bool, err error) {
	v, err := e.eval(s)
	if err != nil {
		return false, false, err
	}
	switch v {
	case true, "true":
		return true, true, nil
	case false, "false":
		return false, true, nil
	}
	if s.lenient {
		return false, false, nil
	}
	return false, false, newError("Template error: every condition must be true or false, got %s", describe(v))
}

// containsFunction is {"Fn::Contains": [values, value]}, for rules.
type containsFunction struct{ values, value expression }

func (f *containsFunction) eval(s *scope) (any, error) {
	values, _, err := evalList(s, f.values, "the first argument of Fn::Contains")
	if err != nil {
		return nil, err
	}
	value, err := f.value.eval(s)
	if err != nil {
		return nil, err
	}
	return slices.ContainsFunc(values, func(v any) bool { return Equal(v, value) }), nil
}

func (f *containsFunction) children() []expression { return []expression{f.values, f.value} }

// eachFunction is Fn::EachMemberEquals ([values, value]) and Fn::EachMemberIn
// ([values, allowed values]), for rules.
type eachFunction struct {
	name         string
	values, want expression
}

func (f *eachFunction) eval(s *scope) (any, error) {
	values, _, err := evalList(s, f.values, "the first argument of "+f.name)
	if err != nil {
		return nil, err
	}
	want, err := f.want.eval(s)
	if err != nil {
		return nil, err
	}
	allowed, isList := want.([]any)
	if isList != (f.name == "Fn::EachMemberIn") {
		return nil, newError("Template error: the second argument of %s can't be %s", f.name, describe(want))
	}
	if !isList {
		allowed = []any{want}
	}
	for _, v := range values {
		if !slices.ContainsFunc(allowed, func(a any) bool { return Equal(a, v) }) {
			return false, nil
		}
	}
	return true, nil
}

func (f *eachFunction) children() []expression { return []expression{f.values, f.want} }

// Equal reports whether two values are equal in CloudFormation, which converts scalars to
// strings: 5 and "5" are equal. An [Unknown] is not equal to any value.
func Equal(a, b any) bool {
	if x, ok := Text(a); ok {
		y, ok := Text(b)
		return ok && x == y
	}
	switch a := a.(type) {
	case nil:
		return b == nil
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, Equal)
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && maps.EqualFunc(a, b, Equal)
	default:
		return false
	}
}
