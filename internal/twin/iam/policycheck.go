package iam

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// CheckPolicy returns what AWS refuses in the document of a role's policy, and what the
// twin can't weigh.
func CheckPolicy(document any) []Problem {
	statements, problems := checkDocument(document, "NotAction", "NotResource", "NotPrincipal")
	for _, statement := range statements {
		checkKeys(statement)
	}
	return *problems
}

// CheckTrust returns what is wrong with a role's trust policy in the same way.
func CheckTrust(document any) []Problem {
	_, problems := checkDocument(document, "NotAction", "NotPrincipal")
	return *problems
}

// checkDocument refuses a policy without statements, and statements that the twin
// can't weigh, and returns the statements.
func checkDocument(document any, elements ...string) ([]element, *[]Problem) {
	policy := elementOf(document)
	if len(asList(policy.values["Statement"])) == 0 {
		policy.refuse("", "Syntax errors in policy: a Statement is needed")
	}
	statements := policy.objects("Statement")
	for _, statement := range statements {
		for _, element := range elements {
			if _, has := statement.values[element]; has {
				statement.refuse(element, "the local twin can't weigh it; use %s", strings.TrimPrefix(element, "Not"))
			}
		}
		if effect := statement.values["Effect"]; effect != "Allow" && effect != "Deny" {
			statement.refuse("Effect", "Allow or Deny is needed, got %q", fmt.Sprint(effect))
		}
		checkOperators(statement)
		if policy.values["Version"] == policyVersion {
			checkVariables(statement)
		}
	}
	return statements, policy.problems
}

// checkOperators refuses condition operators that the twin can't weigh.
func checkOperators(statement element) {
	condition := statement.object("Condition")
	for _, name := range slices.Sorted(maps.Keys(condition.values)) {
		if _, known := parseOperator(name); !known {
			condition.refuse(name, "the local twin can't weigh this operator; it weighs %s, Null, and those with Not or IfExists",
				strings.Join(slices.Sorted(maps.Keys(comparisons)), ", "))
		}
	}
}

// checkVariables refuses policy variables whose value the twin doesn't know.
func checkVariables(statement element) {
	check := func(at element, name string) {
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
func checkKeys(statement element) {
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
