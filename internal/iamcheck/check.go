package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// problem is what is wrong with a statement.
type problem int

// What can be wrong.
const (
	unknownAction problem = iota
	wrongResource
	wrongCondition
)

// finding is one thing that is wrong.
type finding struct {
	problem
	statement *statement
	action    string
	text      string
}

func (f finding) String() string { return fmt.Sprintf("%s: %s: %s", f.statement, f.action, f.text) }

// checkStatements holds statements against the reference. It returns what is wrong, and
// the actions that it has looked at, sorted, each once.
func checkStatements(ref *reference, statements []*statement) (found []finding, actions []string) {
	for _, s := range statements {
		for _, pattern := range s.actions {
			expanded := ref.expand(pattern)
			if len(expanded) == 0 {
				found = append(found, finding{unknownAction, s, pattern, "is no action; look its service up in the Service Authorization Reference"})
				actions = append(actions, pattern)
				continue
			}
			together := action{name: pattern} // what a wildcard stands for takes what one of it takes
			for _, a := range expanded {
				actions = append(actions, a.name)
				together.formats = append(together.formats, a.formats...)
				together.conditions = append(together.conditions, a.conditions...)
			}
			if len(expanded) == 1 {
				together.name = expanded[0].name
			}
			found = append(found, checkAction(s, together)...)
		}
	}
	slices.Sort(actions)
	return found, slices.Compact(actions)
}

// checkAction holds an action of a statement against what it takes.
func checkAction(s *statement, a action) []finding {
	var found []finding
	for _, resource := range s.resources {
		if text := checkResource(s.kind, a, resource); text != "" {
			found = append(found, finding{wrongResource, s, a.name, text})
		}
	}
	for _, c := range s.conditions {
		if !a.takes(c.key) {
			found = append(found, finding{wrongCondition, s, a.name, fmt.Sprintf(
				"takes no condition key %s; it takes %s, and the global ones", c.key, listed(a.conditions))})
		}
	}
	return found
}

// checkResource returns what is wrong with an action on a resource; "" for nothing. In
// the policy of a resource, * is that resource.
func checkResource(kind policyKind, a action, resource string) string {
	switch {
	case resource == "*" && (kind == resourcePolicy || len(a.formats) == 0):
		return ""
	case len(a.formats) == 0:
		return "is granted on " + resource + ", and takes no resource, so that this allows nothing; grant it on *"
	case resource == "*":
		return "is granted on *, and takes resources; grant it on " + listed(a.formats)
	case slices.ContainsFunc(a.formats, func(format string) bool { return fits(resource, format) }):
		return ""
	}
	return "is granted on " + resource + ", which is of none of its resource types; grant it on " + listed(a.formats)
}

// checkTwin returns where the twin's table of actions differs from the reference, sorted:
// known says of each action whether the twin weighs it on a resource.
func checkTwin(ref *reference, known map[string]bool) ([]string, error) {
	if len(known) == 0 {
		return nil, errors.New("the twin knows no actions: nothing is checked")
	}
	var differ []string
	for _, name := range slices.Sorted(maps.Keys(known)) {
		switch actions := ref.expand(name); {
		case len(actions) != 1 || actions[0].name != name:
			differ = append(differ, "the twin: "+name+": is not in the Service Authorization Reference; correct the table in internal/twin/iam/actions.go")
		case (len(actions[0].formats) > 0) != known[name]:
			differ = append(differ, fmt.Sprintf("the twin: %s: takes a resource: %t, want %t; correct the table in internal/twin/iam/actions.go", name, known[name], !known[name]))
		}
	}
	return differ, nil
}

func listed(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(slices.Compact(slices.Sorted(slices.Values(list))), " or ")
}

// count is how many actions have a problem of one kind.
func count(found []finding, of problem) int {
	actions := map[string]bool{}
	for _, f := range found {
		if f.problem == of {
			actions[f.action] = true
		}
	}
	return len(actions)
}
