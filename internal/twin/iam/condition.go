package iam

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// contextKeys are the condition keys that the twin supports. Some requests have no value
// for some of them.
var contextKeys = []string{"aws:userid", "iam:PassedToService", "kms:ViaService", "redshift-data:statement-owner-iam-userid"}

// operator is a parsed condition operator, such as ForAnyValue:StringLikeIfExists.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
type operator struct {
	base     string // such as StringLike
	set      string // ForAnyValue, ForAllValues or empty
	ifExists bool   // the name ends with IfExists
}

// comparisons contains the supported operators for strings, ARNs and booleans. ARNs are
// compared as strings, because ARNs of the twin contain no wildcards.
var comparisons = map[string]func(want, got string) bool{
	"StringEquals":           func(want, got string) bool { return want == got },
	"StringEqualsIgnoreCase": strings.EqualFold,
	"StringLike":             matchesPattern,
	"ArnEquals":              matchesPattern,
	"ArnLike":                matchesPattern,
	"Bool":                   strings.EqualFold,
}

// negations maps each negated operator to the operator that it negates. A negated
// operator matches if none of the values matches, or if the key has no value.
var negations = map[string]string{
	"StringNotEquals": "StringEquals", "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase", "StringNotLike": "StringLike",
	"ArnNotEquals": "ArnEquals", "ArnNotLike": "ArnLike",
}

// parseOperator parses the name of an operator. It returns false if the twin does not
// support the operator.
func parseOperator(name string) (operator, bool) {
	o := operator{base: name}
	if set, rest, ok := strings.Cut(name, ":"); ok {
		o.set, o.base = set, rest
	}
	o.base, o.ifExists = strings.CutSuffix(o.base, "IfExists")
	_, compares := comparisons[o.base]
	_, negates := negations[o.base]
	return o, (compares || negates || o.base == "Null" && !o.ifExists) && slices.Contains([]string{"", "ForAnyValue", "ForAllValues"}, o.set)
}

// metWithoutValue reports whether the condition is met if the key has no value.
func (o operator) metWithoutValue(wanted []any) bool {
	_, negates := negations[o.base]
	switch {
	case o.base == "Null":
		return slices.ContainsFunc(wanted, func(v any) bool { return fmt.Sprint(v) == "true" })
	case o.set == "ForAnyValue":
		return o.ifExists
	}
	return o.ifExists || negates || o.set == "ForAllValues"
}

// met reports whether the condition is met. value is the value of the key, and exists
// reports whether the key has one. variables replaces the policy variables in wanted.
func (o operator) met(wanted []any, value string, exists bool, variables func(string) string) bool {
	if !exists || o.base == "Null" {
		return o.metWithoutValue(wanted) == !exists
	}
	base, negated := negations[o.base]
	if !negated {
		base = o.base
	}
	matches := slices.ContainsFunc(wanted, func(want any) bool { return comparisons[base](variables(fmt.Sprint(want)), value) })
	return matches != negated
}

// conditionsMet reports whether all conditions of a statement are met.
func conditionsMet(conditions any, context map[string]string, variables func(string) string) bool {
	operators, _ := conditions.(map[string]any)
	for name, tests := range operators {
		o, known := parseOperator(name)
		keys, _ := tests.(map[string]any)
		for key, wanted := range keys {
			value, exists := valueOf(context, key)
			if !known || !o.met(asList(wanted), value, exists, variables) {
				return false
			}
		}
	}
	return true
}

// valueOf returns the value of a condition key, and whether the key has one. Keys are not
// case-sensitive.
func valueOf(context map[string]string, key string) (string, bool) {
	for name, value := range context {
		if strings.EqualFold(name, key) {
			return value, true
		}
	}
	return "", false
}

// variable matches a policy variable, such as ${aws:userid}.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
var variable = regexp.MustCompile(`\$\{([^}]*)\}`)

// knownVariables are the policy variables that the twin supports. Each request of a role
// has a value for them.
var knownVariables = []string{"aws:userid"}

// variableReplacer returns a function that replaces the policy variables in a string of
// the document. It replaces nothing if the document's version is not 2012-10-17.
func variableReplacer(document map[string]any, context map[string]string) func(string) string {
	if document["Version"] != policyVersion {
		return func(text string) string { return text }
	}
	return func(text string) string {
		return variable.ReplaceAllStringFunc(text, func(v string) string {
			if value, ok := valueOf(context, v[2:len(v)-1]); ok {
				return value
			}
			return v
		})
	}
}

// policyVersion is the version of the policy language that has policy variables.
const policyVersion = "2012-10-17"
