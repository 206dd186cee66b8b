package iam

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
)

// Caller returns the role of an assumed role's ARN, with the policies that are in effect
// now. It returns false if the role never existed in the twin. A deleted role has no
// policies.
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

// EffectiveRole is like Caller, but takes the ARN of the role.
func (s *Store) EffectiveRole(roleARN string) (Role, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	role, ok := s.effective(path.Base(roleARN))
	return role, ok && role.ARN == roleARN
}

// Allows reports whether at least one of the role's policies allows an action on a
// resource, and none denies it. context contains the values of condition keys. AWS
// managed policies allow nothing, because the twin does not have their documents. No
// policy allows an action that [Actions] does not return.
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
			variables := variableReplacer(policy, context)
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

// applies reports whether a statement applies to an action on a resource.
func applies(statement map[string]any, action, resource string, context map[string]string, variables func(string) string) bool {
	return matches(statement["Action"], strings.ToLower(action), strings.ToLower) &&
		matches(statement["Resource"], resource, variables) && conditionsMet(statement["Condition"], context, variables)
}

// matches reports whether text matches one of the patterns. It passes each pattern to
// convert before it compares.
func matches(patterns any, text string, convert func(string) string) bool {
	return slices.ContainsFunc(asList(patterns), func(pattern any) bool { return matchesPattern(convert(fmt.Sprint(pattern)), text) })
}

// matchesPattern reports whether text matches a pattern, in which * matches any number of
// characters and ? matches one.
func matchesPattern(pattern, text string) bool {
	switch {
	case pattern == "":
		return text == ""
	case pattern[0] == '*':
		return matchesPattern(pattern[1:], text) || text != "" && matchesPattern(pattern, text[1:])
	case text == "":
		return false
	}
	return (pattern[0] == '?' || pattern[0] == text[0]) && matchesPattern(pattern[1:], text[1:])
}
