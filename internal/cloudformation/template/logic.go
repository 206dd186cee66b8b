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

// branch returns the branch that conditions choose; settled is false if they
// don't say.
func (f *ifFunction) branch(conditions map[string]bool) (e expression, settled bool) {
	yes, settled := conditions[f.condition]
	if yes {
		return f.then, settled
	}
	return f.otherwise, settled
}

func (f *ifFunction) eval(s *scope) (any, error) {
	branch, settled := f.branch(s.conditions)
	if !settled {
		return nil, refuse("Template error: unresolved condition dependency %s in Fn::If", f.condition)
	}
	return branch.eval(s)
}

func (f *ifFunction) children() []expression { return []expression{f.then, f.otherwise} }

// conditionFunction is {"Condition": name} inside a condition.
type conditionFunction struct{ name string }

func (f *conditionFunction) eval(s *scope) (any, error) {
	yes, ok := s.conditions[f.name]
	if !ok {
		return nil, refuse("Template format error: Unresolved condition dependency %s in the Conditions block of the template", f.name)
	}
	return yes, nil
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
	case s.lenient && (holdsUnknown(a) || holdsUnknown(b)):
		return Unknown{}, nil
	}
	return false, nil
}

func (f *equalsFunction) children() []expression { return []expression{f.a, f.b} }

// allFunction is Fn::And; anyFunction is Fn::Or; notFunction is Fn::Not.
type (
	allFunction struct{ of list }
	anyFunction struct{ of list }
	notFunction struct{ of expression }
)

func (f *allFunction) eval(s *scope) (any, error) {
	return decide(s, f.of, false)
}

func (f *anyFunction) eval(s *scope) (any, error) {
	return decide(s, f.of, true)
}

// decide returns what the first of the conditions that is decisive is, else its opposite,
// or [Unknown] if one that isn't known may be decisive.
func decide(s *scope, conditions list, decisive bool) (any, error) {
	allKnown := true
	for _, e := range conditions {
		yes, known, err := truth(s, e)
		switch {
		case err != nil:
			return nil, err
		case known && yes == decisive:
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
	yes, known, err := truth(s, f.of)
	if err != nil || !known {
		return Unknown{}, err
	}
	return !yes, nil
}

func (f *allFunction) children() []expression { return f.of }
func (f *anyFunction) children() []expression { return f.of }
func (f *notFunction) children() []expression { return []expression{f.of} }

// truth evaluates a condition. The texts "true" and "false" count as well. If s is
// lenient, a condition that is neither isn't known.
func truth(s *scope, e expression) (yes, known bool, err error) {
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
	return false, false, refuse("Template error: every condition must be true or false, got %s", describe(v))
}

// containsFunction is {"Fn::Contains": [values, value]}, for rules.
type containsFunction struct{ values, value expression }

func (f *containsFunction) eval(s *scope) (any, error) {
	values, _, err := items(s, f.values, "the first argument of Fn::Contains")
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
	values, _, err := items(s, f.values, "the first argument of "+f.name)
	if err != nil {
		return nil, err
	}
	want, err := f.want.eval(s)
	if err != nil {
		return nil, err
	}
	allowed, isList := want.([]any)
	if isList != (f.name == "Fn::EachMemberIn") {
		return nil, refuse("Template error: the second argument of %s can't be %s", f.name, describe(want))
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

// Equal reports whether two values are the same to CloudFormation, which keeps
// scalars as text: 5 and "5" are equal. An [Unknown] equals nothing.
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
