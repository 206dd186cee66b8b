package iam

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// CheckPolicy returns the faults of the document of a role's policy, and the elements
// that the twin can't evaluate.
func CheckPolicy(document any) []Problem {
	statements, problems := checkDocument(document, "NotAction", "NotResource", "NotPrincipal")
	for _, statement := range statements {
		checkKeys(statement)
	}
	return *problems
}

// CheckTrust returns the faults of the document of a role's trust policy, and the
// elements that the twin can't evaluate.
func CheckTrust(document any) []Problem {
	_, problems := checkDocument(document, "NotAction", "NotPrincipal")
	return *problems
}

// checkDocument checks the parts that all policies have in common: the statements, their
// operators and their variables. It adds a problem for each statement that contains one of
// the unsupported elements. It returns the statements and the problems.
func checkDocument(document any, unsupported ...string) ([]element, *[]Problem) {
	policy := newElement(document)
	if len(asList(policy.values["Statement"])) == 0 {
		policy.addProblem("", "Syntax errors in policy: needs a Statement")
	}
	statements := policy.objects("Statement")
	for _, statement := range statements {
		for _, name := range unsupported {
			if _, has := statement.values[name]; has {
				statement.addProblem(name, "not supported by the local twin; use %s", strings.TrimPrefix(name, "Not"))
			}
		}
		if effect := statement.values["Effect"]; effect != "Allow" && effect != "Deny" {
			statement.addProblem("Effect", "needs Allow or Deny, got %q", fmt.Sprint(effect))
		}
		checkOperators(statement)
		if policy.values["Version"] == policyVersion {
			checkVariables(statement)
		}
	}
	return statements, policy.problems
}

// checkOperators adds a problem for each condition operator that the twin does not
// support.
func checkOperators(statement element) {
	condition := statement.object("Condition")
	for _, name := range slices.Sorted(maps.Keys(condition.values)) {
		if _, known := parseOperator(name); !known {
			condition.addProblem(name, "operator not supported by the local twin; use one of %s and Null, or their variants with Not or IfExists",
				strings.Join(slices.Sorted(maps.Keys(comparisons)), ", "))
		}
	}
}

// checkVariables adds a problem for each policy variable that the twin does not support.
func checkVariables(statement element) {
	check := func(parent element, name string) {
		for _, value := range asList(parent.values[name]) {
			for _, v := range variable.FindAllStringSubmatch(fmt.Sprint(value), -1) {
				if !slices.ContainsFunc(knownVariables, func(known string) bool { return strings.EqualFold(known, v[1]) }) {
					parent.addProblem(name, "the local twin does not support the policy variable %s; use ${%s}", v[0], strings.Join(knownVariables, "}, ${"))
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

// checkKeys adds a problem for each condition key for which the twin has no value, if the
// twin would therefore allow more than AWS. This is so in a Deny statement, and for an
// operator that is met without a value. checkKeys accepts every key in statements about
// actions that the twin does not authorize.
func checkKeys(statement element) {
	authorized := slices.ContainsFunc(slices.Collect(maps.Keys(actions)), func(action string) bool {
		return matches(statement.values["Action"], strings.ToLower(action), strings.ToLower)
	})
	condition := statement.object("Condition")
	for _, name := range slices.Sorted(maps.Keys(condition.values)) {
		o, known := parseOperator(name)
		keys := condition.object(name)
		for _, key := range slices.Sorted(maps.Keys(keys.values)) {
			has := slices.ContainsFunc(contextKeys, func(k string) bool { return strings.EqualFold(k, key) })
			if authorized && known && !has && (statement.values["Effect"] == "Deny" || o.metWithoutValue(asList(keys.values[key]))) {
				keys.addProblem(key, "condition key not supported by the local twin here; use %s", strings.Join(contextKeys, ", "))
			}
		}
	}
}
