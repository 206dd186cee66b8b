package resource

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// checkPolicyDocument refuses a policy of a role that AWS refuses, or that the twin
// can't weigh.
func checkPolicyDocument(p properties, name string) {
	for _, statement := range checkDocument(p, name, "NotAction", "NotResource", "NotPrincipal") {
		checkKeys(statement)
	}
}

// checkTrust refuses a role's trust policy in the same way.
func checkTrust(p properties, name string) { checkDocument(p, name, "NotAction", "NotPrincipal") }

// checkDocument refuses a policy without statements, and statements that the twin
// can't weigh, and returns the statements.
func checkDocument(p properties, name string, elements ...string) []properties {
	document := p.object(name)
	list := asList(document.values["Statement"])
	if len(list) == 0 {
		p.refuse(name, "Syntax errors in policy: a Statement is needed")
	}
	document.values = map[string]any{"Statement": list}
	version, _ := p.values[name].(map[string]any)
	statements := document.objects("Statement")
	for _, statement := range statements {
		for _, element := range elements {
			if statement.has(element) {
				statement.refuse(element, "the local twin can't weigh it; use %s", strings.TrimPrefix(element, "Not"))
			}
		}
		if effect := statement.values["Effect"]; effect != "Allow" && effect != "Deny" {
			statement.refuse("Effect", "Allow or Deny is needed, got %q", fmt.Sprint(effect))
		}
		checkOperators(statement)
		if version["Version"] == policyVersion {
			checkVariables(statement)
		}
	}
	return statements
}

// checkOperators refuses condition operators that the twin can't weigh.
func checkOperators(statement properties) {
	condition := statement.object("Condition")
	for _, name := range slices.Sorted(maps.Keys(condition.values)) {
		if _, known := parseOperator(name); !known {
			condition.refuse(name, "the local twin can't weigh this operator; it weighs %s, Null, and those with Not or IfExists",
				strings.Join(slices.Sorted(maps.Keys(comparisons)), ", "))
		}
	}
}

// checkVariables refuses policy variables whose value the twin doesn't know.
func checkVariables(statement properties) {
	check := func(at properties, name string) {
		for _, value := range asList(at.values[name]) {
			for _, v := range variable.FindAllStringSubmatch(fmt.Sprint(value), -1) {
				if !slices.ContainsFunc(knownVariables, func(known string) bool { return strings.EqualFold(known, v[1]) }) {
					at.refuse(name, "the local twin doesn't know the policy variable %s; it knows ${%s}", v[0], strings.Join(knownVariables, "}, ${"))
				}
			}
		}
	}
	check(statement, "Resource")
	condition := statement.object("Condition")
	for _, operator := range slices.Sorted(maps.Keys(condition.values)) {
		keys := condition.object(operator)
		for _, key := range slices.Sorted(maps.Keys(keys.values)) {
			check(keys, key)
		}
	}
}

// checkKeys refuses a condition on a key that the twin has no value of, where it
// would allow more than AWS by that: in a Deny, and by an operator that is met
// without a value. Of actions that the twin doesn't weigh, it doesn't matter.
func checkKeys(statement properties) {
	weighed := slices.ContainsFunc(slices.Collect(maps.Keys(actions)), func(action string) bool {
		return matches(statement.values["Action"], strings.ToLower(action), strings.ToLower)
	})
	condition := statement.object("Condition")
	for _, name := range slices.Sorted(maps.Keys(condition.values)) {
		o, known := parseOperator(name)
		keys := condition.object(name)
		for _, key := range slices.Sorted(maps.Keys(keys.values)) {
			has := slices.ContainsFunc(contextKeys, func(k string) bool { return strings.EqualFold(k, key) })
			if weighed && known && !has && (statement.values["Effect"] == "Deny" || o.metWithout(asList(keys.values[key]))) {
				keys.refuse(key, "the local twin has no value of this key and can't weigh it here; it has %s", strings.Join(contextKeys, ", "))
			}
		}
	}
}
