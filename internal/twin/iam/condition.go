package iam

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// contextKeys are the condition keys of which the twin knows the value, in those
// requests that have one.
var contextKeys = []string{"aws:userid", "iam:PassedToService", "kms:ViaService", "redshift-data:statement-owner-iam-userid"}

// operator is a condition operator, its name taken apart.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
type operator struct {
	base     string
	set      string // ForAnyValue, ForAllValues or empty
	ifExists bool
}

// comparisons are the operators of strings and ARNs that the twin weighs. An
// operator with Not is met where none of the values matches, also if the key has no
// value. ARNs are compared as texts: the twin's have no wildcards.
var comparisons = map[string]func(want, got string) bool{
	"StringEquals":           func(want, got string) bool { return want == got },
	"StringEqualsIgnoreCase": strings.EqualFold,
	"StringLike":             like,
	"ArnEquals":              like,
	"ArnLike":                like,
	"Bool":                   strings.EqualFold,
}

// negations say what each negated operator negates.
var negations = map[string]string{
	"StringNotEquals": "StringEquals", "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase", "StringNotLike": "StringLike",
	"ArnNotEquals": "ArnEquals", "ArnNotLike": "ArnLike",
}

// parseOperator takes an operator's name apart; false if the twin can't weigh it.
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

// metWithout reports whether the operator is met by a key that has no value.
func (o operator) metWithout(wanted []any) bool {
	_, negates := negations[o.base]
	switch {
	case o.base == "Null":
		return slices.ContainsFunc(wanted, func(v any) bool { return fmt.Sprint(v) == "true" })
	case o.set == "ForAnyValue":
		return o.ifExists
	}
	return o.ifExists || negates || o.set == "ForAllValues"
}

// met reports whether a value, if it is there, meets the operator.
func (o operator) met(wanted []any, value string, there bool, variables func(string) string) bool {
	if !there || o.base == "Null" {
		return o.metWithout(wanted) == !there
	}
	base, negated := negations[o.base]
	if !negated {
		base = o.base
	}
	matches := slices.ContainsFunc(wanted, func(want any) bool { return comparisons[base](variables(fmt.Sprint(want)), value) })
	return matches != negated
}

// met reports whether all conditions are met.
func met(conditions any, context map[string]string, variables func(string) string) bool {
	operators, _ := conditions.(map[string]any)
	for name, tests := range operators {
		o, known := parseOperator(name)
		keys, _ := tests.(map[string]any)
		for key, wanted := range keys {
			value, there := valueOf(context, key)
			if !known || !o.met(asList(wanted), value, there, variables) {
				return false
			}
		}
	}
	return true
}

// valueOf returns a key's value. Keys fold case.
func valueOf(context map[string]string, key string) (string, bool) {
	for name, value := range context {
		if strings.EqualFold(name, key) {
			return value, true
		}
	}
	return "", false
}

// variable matches a policy variable.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
var variable = regexp.MustCompile(`\$\{([^}]*)\}`)

// knownVariables are the policy variables that the twin knows: keys of which each
// request of a role has the value.
var knownVariables = []string{"aws:userid"}

// variablesOf returns what puts values in the place of a document's variables. A
// document of another version than 2012-10-17 has none.
func variablesOf(document map[string]any, context map[string]string) func(string) string {
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

// policyVersion is the version of a policy's language that has variables.
const policyVersion = "2012-10-17"
