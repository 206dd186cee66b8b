package resource

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Caller is the role of an assumed role's ARN, if the twin has that role.
func (i *IAM) Caller(assumedRoleARN string) (Role, bool) {
	rest, ok := strings.CutPrefix(assumedRoleARN[strings.LastIndexByte(assumedRoleARN, ':')+1:], "assumed-role/")
	if !ok {
		return Role{}, false
	}
	name := path.Base(path.Dir(rest)) // <path/>name/session
	i.mu.Lock()
	defer i.mu.Unlock()
	if role := i.roles[name]; role != nil {
		return *role, true
	}
	return Role{}, false
}

// Named returns the role of an ARN, if the twin has it.
func (i *IAM) Named(arn string) (Role, bool) { return i.role(arn) }

// Allows reports whether the role's own policies allow an action on a resource, and
// none denies it. Context are the values that conditions ask for, by key; a condition
// whose key isn't there is not met. Of operators it weighs StringEquals and
// StringLike; another one is not met. A policy of AWS's own, whose text the twin
// doesn't have, allows nothing.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
func (r Role) Allows(action, resource string, context map[string]string) bool {
	allowed := false
	for _, documents := range []map[string]any{r.Inline, r.Attached} {
		for _, document := range documents {
			policy, _ := document.(map[string]any)
			for _, item := range asList(policy["Statement"]) {
				statement, _ := item.(map[string]any)
				if !applies(statement, action, resource, context) {
					continue
				}
				if statement["Effect"] == "Deny" {
					return false
				}
				allowed = true
			}
		}
	}
	return allowed
}

func applies(statement map[string]any, action, resource string, context map[string]string) bool {
	return matches(statement["Action"], strings.ToLower(action), strings.ToLower) &&
		matches(statement["Resource"], resource, func(s string) string { return s }) && met(statement["Condition"], context)
}

// matches reports whether one of the patterns, of which * and ? stand for anything,
// is like the text.
func matches(patterns any, text string, fold func(string) string) bool {
	return slices.ContainsFunc(asList(patterns), func(pattern any) bool { return like(fold(fmt.Sprint(pattern)), text) })
}

// like matches a pattern in which * stands for any characters and ? for one.
func like(pattern, text string) bool {
	switch {
	case pattern == "":
		return text == ""
	case pattern[0] == '*':
		return like(pattern[1:], text) || text != "" && like(pattern, text[1:])
	case text == "":
		return false
	}
	return (pattern[0] == '?' || pattern[0] == text[0]) && like(pattern[1:], text[1:])
}

func met(conditions any, context map[string]string) bool {
	operators, _ := conditions.(map[string]any)
	for operator, tests := range operators {
		keys, _ := tests.(map[string]any)
		for key, wanted := range keys {
			value, there := context[key]
			is := func(want any) bool {
				text := fmt.Sprint(want)
				if text == "${aws:userid}" {
					text = context["aws:userid"]
				}
				return operator == "StringEquals" && text == value || operator == "StringLike" && like(text, value)
			}
			if !there || !slices.ContainsFunc(asList(wanted), is) {
				return false
			}
		}
	}
	return true
}
