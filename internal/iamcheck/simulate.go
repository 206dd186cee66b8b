package main

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// request is a call that iam-simulate shall decide on, and what it has to say.
type request struct {
	Principal string            `json:"principal"` // an assumed role's ARN, or a user's
	Account   string            `json:"account"`   // the resource's
	Action    string            `json:"action"`
	Resource  string            `json:"resource"`
	Context   map[string]string `json:"context"`
	Policies  []any             `json:"policies"` // the principal's own
	// ResourcePolicy is the resource's own; nil for none.
	ResourcePolicy any `json:"resourcePolicy,omitempty"`

	who, what string // for people
	allowed   bool   // what has to be decided
}

// answer is what iam-simulate says. One of Decision and Error is empty.
type answer struct {
	Decision, Error string
	Ignored         []string
}

// userID is the caller's in every request. AWS makes it of a role's id and the session's
// name.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
const userID = "AROAIOSFODNN7EXAMPLE:session"

// newRequest completes a request: with who calls, by the ARN of a role or a user; with
// what AWS always gives with a call; and with the policies of those resources that IAM's
// alone don't open: a key's, a role's trust, and that of whatever is in another account.
// These name the caller's account, which leaves the decision to the caller's policies.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
func newRequest(arn string, r request) request {
	parts := strings.Split(arn, ":")
	own := parts[4]
	r.Principal = arn
	if role, ok := strings.CutPrefix(parts[5], "role/"); ok {
		r.Principal = strings.Join([]string{parts[0], parts[1], "sts", "", own, "assumed-role/" + role[strings.LastIndexByte(role, '/')+1:] + "/session"}, ":")
	}
	r.Account = own
	if resource := strings.Split(r.Resource, ":"); len(resource) > 5 && resource[4] != "" {
		r.Account = resource[4]
	}
	given := r.Context
	r.Context = map[string]string{"aws:userid": userID}
	maps.Copy(r.Context, given)
	if service, _, _ := strings.Cut(r.Action, ":"); r.Account != own || service == "kms" || r.Action == "sts:AssumeRole" {
		open := map[string]any{"Effect": "Allow", "Action": r.Action, "Principal": map[string]any{"AWS": "arn:aws:iam::" + own + ":root"}}
		if r.Action != "sts:AssumeRole" {
			open["Resource"] = "*"
		}
		r.ResourcePolicy = map[string]any{"Version": "2012-10-17", "Statement": []any{open}}
	}
	return r
}

// simulate has iam-simulate decide on all requests, and returns where it differs, and on
// how many it agrees that they are allowed, and denied.
func simulate(ctx context.Context, requests []request) (differ []string, allowed, denied int, err error) {
	var answers []answer
	if err := run(ctx, requests, &answers, "node", filepath.Join(directory, "simulate.mjs")); err != nil {
		return nil, 0, 0, fmt.Errorf("iam-simulate: %w", err)
	}
	return compare(requests, answers)
}

// compare holds answers against what had to be said. There is one for each request, and
// some of either kind: else nothing was checked.
func compare(requests []request, answers []answer) (differ []string, allowed, denied int, err error) {
	if len(answers) != len(requests) {
		return nil, 0, 0, fmt.Errorf("iam-simulate: %d answers to %d calls", len(answers), len(requests))
	}
	for i, r := range requests {
		got := answers[i]
		switch text := got.wrong(r); {
		case text != "":
			differ = append(differ, fmt.Sprintf("%s: %s: %s on %s %s: %s", r.who, r.what, r.Action, r.Resource, shown(r.Context), text))
		case r.allowed:
			allowed++
		default:
			denied++
		}
	}
	if !slices.ContainsFunc(requests, func(r request) bool { return r.allowed }) || !slices.ContainsFunc(requests, func(r request) bool { return !r.allowed }) {
		return nil, 0, 0, fmt.Errorf("iam-simulate: %d calls; want some to allow and some to deny", len(requests))
	}
	slices.Sort(differ)
	return slices.Compact(differ), allowed, denied, nil
}

// wrong returns what is wrong with an answer; "" for nothing.
func (a answer) wrong(r request) string {
	switch {
	case a.Error != "":
		return "iam-simulate refuses the call itself: " + a.Error
	case len(a.Ignored) > 0:
		return "AWS sets no condition key " + strings.Join(a.Ignored, ", ") + " for this action"
	case r.allowed && a.Decision != "Allowed":
		return "has to be allowed, and is " + a.Decision
	case !r.allowed && a.Decision != "ImplicitlyDenied" && a.Decision != "ExplicitlyDenied":
		return "has to be denied, and is " + a.Decision
	}
	return ""
}

// shown returns the context but for what every call has.
func shown(context map[string]string) string {
	var list []string
	for _, key := range slices.Sorted(maps.Keys(context)) {
		if key != "aws:userid" {
			list = append(list, key+"="+context[key])
		}
	}
	return "{" + strings.Join(list, ", ") + "}"
}
