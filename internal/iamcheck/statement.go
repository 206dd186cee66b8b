package main

import (
	"fmt"
	"maps"
	"slices"
)

// statement is one of a policy, with all expressions of CloudFormation resolved.
type statement struct {
	template, resource string // where it is: the template's name, the logical id
	label              string // its Sid, or where it is within the resource
	kind               policyKind
	effect             string
	actions            []string
	resources          []string // empty for a role's trust
	conditions         []condition
	principals         map[string]any
	document           map[string]any // as it is written, resolved
}

// policyKind is what a policy belongs to.
type policyKind int

const (
	identityPolicy policyKind = iota // what a role may do
	resourcePolicy                   // who may do what with a resource; * is the resource itself
	trustPolicy                      // who may be the role, which it doesn't name
)

// condition is one test: an operator, a key and the values.
type condition struct {
	operator, key string
	values        []string
}

func (s *statement) String() string { return s.template + ": " + s.resource + ", " + s.label }

// newStatement reads a resolved statement. What it can't weigh is an error.
func newStatement(at statement, document map[string]any) (*statement, error) {
	s := &at
	s.document = document
	for _, key := range []string{"NotAction", "NotResource", "NotPrincipal"} {
		if _, there := document[key]; there {
			return nil, fmt.Errorf("%s: %s can't be checked; write what is meant instead", s, key)
		}
	}
	if sid, ok := document["Sid"].(string); ok {
		s.label = sid
	}
	var err error
	if s.effect, _ = document["Effect"].(string); s.effect != "Allow" && s.effect != "Deny" {
		return nil, fmt.Errorf("%s: Effect is %q; write Allow or Deny", s, s.effect)
	}
	if s.actions, err = texts(document["Action"]); err != nil || len(s.actions) == 0 {
		return nil, fmt.Errorf("%s: Action is %v; write at least one", s, document["Action"])
	}
	if s.resources, err = texts(document["Resource"]); err != nil || len(s.resources) == 0 && s.kind != trustPolicy {
		return nil, fmt.Errorf("%s: Resource is %v; write at least one", s, document["Resource"])
	}
	if s.principals, err = principals(document["Principal"]); err != nil || (s.principals == nil) != (s.kind == identityPolicy) {
		return nil, fmt.Errorf("%s: Principal is %v; the policy of a role has none, any other has one", s, document["Principal"])
	}
	s.conditions, err = conditions(document["Condition"])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s, err)
	}
	return s, nil
}

// principals returns nil for none.
func principals(v any) (map[string]any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case string:
		return map[string]any{"AWS": v}, nil
	case map[string]any:
		return v, nil
	}
	return nil, fmt.Errorf("got %v", v)
}

// conditions returns the tests, in the order of operators and keys.
func conditions(v any) ([]condition, error) {
	operators, ok := v.(map[string]any)
	if v != nil && !ok {
		return nil, fmt.Errorf("Condition is %v; write operators", v) //nolint:staticcheck // the element's name
	}
	var list []condition
	for _, operator := range slices.Sorted(maps.Keys(operators)) {
		tests, ok := operators[operator].(map[string]any)
		if !ok || len(tests) == 0 {
			return nil, fmt.Errorf("Condition %s is %v; write keys and values", operator, operators[operator]) //nolint:staticcheck // the element's name
		}
		for _, key := range slices.Sorted(maps.Keys(tests)) {
			values, err := texts(tests[key])
			if err != nil || len(values) == 0 {
				return nil, fmt.Errorf("Condition %s %s is %v; write values", operator, key, tests[key]) //nolint:staticcheck // the element's name
			}
			list = append(list, condition{operator, key, values})
		}
	}
	return list, nil
}

// asList returns a list, or a list of one; nil for nil.
func asList(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

// texts returns strings, of a list or of one.
func texts(v any) ([]string, error) {
	var list []string
	for _, item := range asList(v) {
		text, ok := item.(string)
		if !ok {
			return nil, fmt.Errorf("got %v; write text", item)
		}
		list = append(list, text)
	}
	return list, nil
}
