package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// problem is a kind of problem that a statement can have.
type problem int

// The kinds of problems.
const (
	unknownAction  problem = iota // the action does not exist
	wrongResource                 // the action does not support the resource
	wrongCondition                // the action does not support the condition key
)

// finding is one problem with one action of a statement.
type finding struct {
	problem
	statement *statement
	action    string
	text      string
}

func (f finding) String() string { return fmt.Sprintf("%s: %s: %s", f.statement, f.action, f.text) }

// checkStatements checks statements against the reference. It returns the problems, and
// the sorted names of all actions that it checked, without duplicates.
func checkStatements(ref *reference, statements []*statement) (found []finding, actions []string) {
	for _, s := range statements {
		for _, pattern := range s.actions {
			expanded := ref.expand(pattern)
			if len(expanded) == 0 {
				found = append(found, finding{unknownAction, s, pattern, "does not exist; see the actions of its service in the Service Authorization Reference"})
				actions = append(actions, pattern)
				continue
			}
			combined := action{name: pattern} // supports everything that any matching action supports
			for _, a := range expanded {
				actions = append(actions, a.name)
				combined.formats = append(combined.formats, a.formats...)
				combined.conditions = append(combined.conditions, a.conditions...)
			}
			if len(expanded) == 1 {
				combined.name = expanded[0].name
			}
			found = append(found, checkAction(s, combined)...)
		}
	}
	slices.Sort(actions)
	return found, slices.Compact(actions)
}

// checkAction checks that the action supports the statement's resources and condition keys.
func checkAction(s *statement, a action) []finding {
	var found []finding
	for _, resource := range s.resources {
		if text := checkResource(s.kind, a, resource); text != "" {
			found = append(found, finding{wrongResource, s, a.name, text})
		}
	}
	for _, c := range s.conditions {
		if !a.supportsKey(c.key) {
			found = append(found, finding{wrongCondition, s, a.name, fmt.Sprintf(
				"does not support the condition key %q; it supports %s, and the global keys", c.key, listed(a.conditions))})
		}
	}
	return found
}

// checkResource returns the problem with granting the action on the resource, or "" if
// there is none. In a resource policy, * is the resource that has the policy.
func checkResource(kind policyKind, a action, resource string) string {
	switch {
	case resource == "*" && (kind == resourcePolicy || len(a.formats) == 0):
		return ""
	case len(a.formats) == 0:
		return "is granted on " + resource + ", which allows nothing, because the action supports no resource types; grant it on *"
	case resource == "*":
		return "is granted on *, but supports resource types; grant it on " + listed(a.formats)
	case slices.ContainsFunc(a.formats, func(format string) bool { return matchesFormat(resource, format) }):
		return ""
	}
	return "is granted on " + resource + ", but does not support this resource type; grant it on " + listed(a.formats)
}

// checkTwin returns the sorted differences between the twin's table of actions and the
// reference. The keys of known are actions. A value is true if the twin evaluates the
// action on a resource, and false if it evaluates the action on *.
func checkTwin(ref *reference, known map[string]bool) ([]string, error) {
	if len(known) == 0 {
		return nil, errors.New("the twin's table of actions is empty")
	}
	var differ []string
	for _, name := range slices.Sorted(maps.Keys(known)) {
		switch actions := ref.expand(name); {
		case len(actions) != 1 || actions[0].name != name:
			differ = append(differ, "the twin: "+name+": is not in the Service Authorization Reference; correct the table in internal/twin/iam/actions.go")
		case (len(actions[0].formats) > 0) != known[name]:
			differ = append(differ, fmt.Sprintf("the twin: %s: evaluated on a resource: got %t, want %t; correct the table in internal/twin/iam/actions.go", name, known[name], !known[name]))
		}
	}
	return differ, nil
}

// listed returns the sorted values, joined by "or", or "none" if there are none.
func listed(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(slices.Compact(slices.Sorted(slices.Values(list))), " or ")
}

// count returns the number of actions that have a problem of one kind.
func count(found []finding, of problem) int {
	actions := map[string]bool{}
	for _, f := range found {
		if f.problem == of {
			actions[f.action] = true
		}
	}
	return len(actions)
}
