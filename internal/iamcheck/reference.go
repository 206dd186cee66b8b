package main

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// reference is what the Service Authorization Reference says of some services.
//
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
type reference struct {
	Version  string              `json:"version"`
	Services map[string]*service `json:"services"` // nil: there is no such service
}

// service is one, by the names of actions and of resource types. The type of an action
// that is granted on * alone has the name "", which other actions have, too, for
// conditions that go with no type.
type service struct {
	Actions map[string]map[string]struct{ Conditions []string } `json:"actions"`
	Types   map[string]struct {
		ARN        string   `json:"arn"`
		Conditions []string `json:"conditions"`
	} `json:"types"`
}

// policySentry is the pinned version: that of requirements.txt.
const policySentry = "0.15.2"

// ask has policy_sentry say what it knows of the services that actions are of.
func ask(ctx context.Context, python string, actions []string) (*reference, error) {
	prefixes := map[string]bool{}
	for _, action := range actions {
		prefix, _, _ := strings.Cut(action, ":")
		prefixes[strings.ToLower(prefix)] = true
	}
	ref := &reference{}
	args := append([]string{filepath.Join(directory, "reference.py")}, slices.Sorted(maps.Keys(prefixes))...)
	if err := run(ctx, nil, ref, python, args...); err != nil {
		return nil, fmt.Errorf("policy_sentry: %w", err)
	}
	if ref.Version != policySentry {
		return nil, fmt.Errorf("policy_sentry is %s, want %s; make iam installs it", ref.Version, policySentry)
	}
	return ref, nil
}

// action is one that a statement allows or denies.
type action struct {
	name       string // as the reference writes it
	formats    []string
	conditions []string // keys, or patterns such as aws:RequestTag/${TagKey}
}

// expand returns the actions that a pattern stands for, in the order of their names:
// one, if it has no wildcard; none, if there is no such action.
func (ref *reference) expand(pattern string) []action {
	prefix, name, _ := strings.Cut(pattern, ":")
	prefix = strings.ToLower(prefix)
	svc := ref.Services[prefix]
	if svc == nil {
		return nil
	}
	var list []action
	for _, known := range slices.Sorted(maps.Keys(svc.Actions)) {
		if meet(resourceTokens(strings.ToLower(name)), literal(strings.ToLower(known)), map[[2]int]bool{}) {
			list = append(list, svc.action(prefix, known))
		}
	}
	return list
}

func (svc *service) action(prefix, name string) action {
	a := action{name: prefix + ":" + name}
	for _, kind := range slices.Sorted(maps.Keys(svc.Actions[name])) {
		a.conditions = append(a.conditions, svc.Actions[name][kind].Conditions...)
		if kind != "" {
			a.formats = append(a.formats, svc.Types[kind].ARN)
			a.conditions = append(a.conditions, svc.Types[kind].Conditions...)
		}
	}
	return a
}

// takes reports whether the action, or one of its resource types, has a condition key.
// The global ones are those of every action.
func (a action) takes(key string) bool {
	return slices.ContainsFunc(slices.Concat(a.conditions, globalKeys), func(known string) bool {
		known = strings.ToLower(known)
		if pattern := placeholder.ReplaceAllString(known, "*"); pattern != known {
			return meet(resourceTokens(pattern), literal(strings.ToLower(key)), map[[2]int]bool{})
		}
		return known == strings.ToLower(key)
	})
}

// globalKeys are the condition keys that hold for every action. Of those that AWS
// lists, these are the ones that our policies use or may come to use.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
var globalKeys = []string{
	"aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalIsAWSService", "aws:PrincipalOrgID", "aws:PrincipalServiceName",
	"aws:RequestedRegion", "aws:ResourceAccount", "aws:SecureTransport", "aws:SourceAccount", "aws:SourceArn", "aws:SourceOrgID",
	"aws:SourceVpc", "aws:SourceVpce", "aws:userid", "aws:username", "aws:ViaAWSService",
}
