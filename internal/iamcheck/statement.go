package main

import (
	"fmt"
	"maps"
	"slices"
)

// statement is a policy statement in which all CloudFormation expressions are resolved.
type statement struct {
	template, resource string // template name, and logical id of the resource that has the policy
	label              string // the Sid, or the property path within the resource if there is no Sid
	kind               policyKind
	effect             string
	actions            []string
	resources          []string // empty for a trust policy
	conditions         []condition
	principals         map[string]any // nil for an identity policy
	document           map[string]any // the whole statement, resolved
}

// policyKind is the kind of a policy.
type policyKind int

const (
	identityPolicy policyKind = iota // says what a role or user may do
	resourcePolicy                   // says who may access a resource; Resource * is the resource that has the policy
	trustPolicy                      // says who may assume a role; it has no Resource element
)

// condition is one test of a Condition element: an operator, a condition key and values.
type condition struct {
	operator, key string
	values        []string
}

func (s *statement) String() string { return s.template + ": " + s.resource + ", " + s.label }

// newStatement decodes a resolved statement. at has the fields that say where the statement
// is. newStatement returns an error if the statement can't be checked.
func newStatement(at statement, document map[string]any) (*statement, error) {
	s := &at
	s.document = document
	for _, key := range []string{"NotAction", "NotResource", "NotPrincipal"} {
		if _, ok := document[key]; ok {
			return nil, fmt.Errorf("%s: %s can't be checked; write Action, Resource or Principal", s, key)
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
		return nil, fmt.Errorf("%s: Action is %v; write at least one action", s, document["Action"])
	}
	if s.resources, err = texts(document["Resource"]); err != nil || len(s.resources) == 0 && s.kind != trustPolicy {
		return nil, fmt.Errorf("%s: Resource is %v; write at least one resource", s, document["Resource"])
	}
	if s.principals, err = principals(document["Principal"]); err != nil || (s.principals == nil) != (s.kind == identityPolicy) {
		return nil, fmt.Errorf("%s: Principal is %v; remove it from the policy of a role or user, add it to any other policy", s, document["Principal"])
	}
	s.conditions, err = conditions(document["Condition"])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s, err)
	}
	return s, nil
}

// principals decodes a Principal element. It returns nil if v is nil.
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

// conditions decodes a Condition element. The result is sorted by operator and key.
func conditions(v any) ([]condition, error) {
	operators, ok := v.(map[string]any)
	if v != nil && !ok {
		return nil, fmt.Errorf("Condition is %v; write a map of operators", v) //nolint:staticcheck // the element's name
	}
	var list []condition
	for _, operator := range slices.Sorted(maps.Keys(operators)) {
		tests, ok := operators[operator].(map[string]any)
		if !ok || len(tests) == 0 {
			return nil, fmt.Errorf("Condition %s is %v; write a map of condition keys and values", operator, operators[operator]) //nolint:staticcheck // the element's name
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

// asList returns v if it is a list, nil if v is nil, and otherwise a list with only v.
func asList(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

// texts returns the strings in v, which is a string or a list of strings.
func texts(v any) ([]string, error) {
	var list []string
	for _, item := range asList(v) {
		text, ok := item.(string)
		if !ok {
			return nil, fmt.Errorf("got %v; write a string", item)
		}
		list = append(list, text)
	}
	return list, nil
}
