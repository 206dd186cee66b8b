package iam

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
)

// Caller is the role of an assumed role's ARN, with what it may do at present. It is
// false of a role that the twin never had. One that is gone may do nothing.
func (s *Store) Caller(assumedRoleARN string) (Role, bool) {
	parsed, err := arn.Parse(assumedRoleARN)
	rest, ok := strings.CutPrefix(parsed.Resource, "assumed-role/")
	if err != nil || !ok {
		return Role{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.effective(path.Base(path.Dir(rest))) // <path/>name/session
}

// Named is the role of an ARN, as Caller has it.
func (s *Store) Named(roleARN string) (Role, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	role, ok := s.effective(path.Base(roleARN))
	return role, ok && role.ARN == roleARN
}

// Allows reports whether the role's own policies allow an action on a resource, and
// none denies it. Context are the values that conditions ask for, by key. A policy of
// AWS's own, whose text the twin doesn't have, allows nothing; nor does any allow an
// action that [Actions] doesn't list.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
func (r Role) Allows(action, resource string, context map[string]string) bool {
	takesResource, known := actions[action]
	if !known {
		return false
	}
	if !takesResource {
		resource = "*"
	}
	allowed := false
	for _, documents := range []map[string]any{r.Inline, r.Attached} {
		for _, document := range documents {
			policy, _ := document.(map[string]any)
			variables := variablesOf(policy, context)
			for _, item := range asList(policy["Statement"]) {
				statement, _ := item.(map[string]any)
				if !applies(statement, action, resource, context, variables) {
					continue
				}
				if statement["Effect"] == "Deny" {
					return false
				}
				allowed = allowed || statement["Effect"] == "Allow"
			}
		}
	}
	return allowed
}

func applies(statement map[string]any, action, resource string, context map[string]string, variables func(string) string) bool {
	return matches(statement["Action"], strings.ToLower(action), strings.ToLower) &&
		matches(statement["Resource"], resource, variables) && met(statement["Condition"], context, variables)
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
