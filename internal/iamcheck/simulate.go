package main

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// request is a call for iam-simulate to evaluate, with the expected decision.
type request struct {
	Principal string            `json:"principal"` // the ARN of an assumed role or of a user
	Account   string            `json:"account"`   // the account that owns the resource
	Action    string            `json:"action"`
	Resource  string            `json:"resource"`
	Context   map[string]string `json:"context"`
	Policies  []any             `json:"policies"` // the identity-based policies of the principal
	// ResourcePolicy is the policy of the resource, or nil if it has none.
	ResourcePolicy any `json:"resourcePolicy,omitempty"`

	who, what string // the caller and what it does, for messages
	allowed   bool   // the expected decision: allowed or denied
}

// answer is the result of iam-simulate for one request. Either Decision or Error is set.
type answer struct {
	Decision, Error string
	Ignored         []string // the condition keys that AWS does not set for this action
}

// userID is the value of aws:userid in every request. AWS builds it from the role's ID and
// the session name.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
const userID = "AROAIOSFODNN7EXAMPLE:session"

// newRequest completes a request of the role or user with this ARN. It sets the principal,
// the account of the resource, and the condition key aws:userid.
//
// It adds a resource policy where the caller's policies alone can't allow the call: for a
// KMS key, for a role to assume, and for any resource in another account. The resource
// policy allows the caller's account, so only the caller's own policies decide.
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
	rowContext := r.Context
	r.Context = map[string]string{"aws:userid": userID}
	maps.Copy(r.Context, rowContext)
	if service, _, _ := strings.Cut(r.Action, ":"); r.Account != own || service == "kms" || r.Action == "sts:AssumeRole" {
		allow := map[string]any{"Effect": "Allow", "Action": r.Action, "Principal": map[string]any{"AWS": "arn:aws:iam::" + own + ":root"}}
		if r.Action != "sts:AssumeRole" {
			allow["Resource"] = "*"
		}
		r.ResourcePolicy = map[string]any{"Version": "2012-10-17", "Statement": []any{allow}}
	}
	return r
}

// simulate has iam-simulate evaluate all requests. It returns a text for each unexpected
// decision, and how many requests were allowed and denied as expected.
func simulate(ctx context.Context, requests []request) (differ []string, allowed, denied int, err error) {
	var answers []answer
	if err := run(ctx, requests, &answers, "node", filepath.Join(directory, "simulate.mjs")); err != nil {
		return nil, 0, 0, fmt.Errorf("iam-simulate: %w", err)
	}
	return compare(requests, answers)
}

// compare compares the answers with the expected decisions. It returns an error if the
// number of answers is wrong, or if no request, or every request, is expected to be allowed.
func compare(requests []request, answers []answer) (differ []string, allowed, denied int, err error) {
	if len(answers) != len(requests) {
		return nil, 0, 0, fmt.Errorf("iam-simulate returned %d answers for %d requests", len(answers), len(requests))
	}
	for i, r := range requests {
		got := answers[i]
		switch text := got.mismatch(r); {
		case text != "":
			differ = append(differ, fmt.Sprintf("%s: %s: %s on %s %s: %s", r.who, r.what, r.Action, r.Resource, contextText(r.Context), text))
		case r.allowed:
			allowed++
		default:
			denied++
		}
	}
	if !slices.ContainsFunc(requests, func(r request) bool { return r.allowed }) || !slices.ContainsFunc(requests, func(r request) bool { return !r.allowed }) {
		return nil, 0, 0, fmt.Errorf("all %d requests have the same expected decision; want requests to allow and requests to deny", len(requests))
	}
	slices.Sort(differ)
	return slices.Compact(differ), allowed, denied, nil
}

// mismatch describes how the answer differs from the expected one; "" if it does not.
func (a answer) mismatch(r request) string {
	switch {
	case a.Error != "":
		return "iam-simulate returned an error: " + a.Error
	case len(a.Ignored) > 0:
		return "AWS does not set the condition key " + strings.Join(a.Ignored, ", ") + " for this action"
	case r.allowed && a.Decision != "Allowed":
		return fmt.Sprintf("must be allowed, got %q", a.Decision)
	case !r.allowed && a.Decision != "ImplicitlyDenied" && a.Decision != "ExplicitlyDenied":
		return fmt.Sprintf("must be denied, got %q", a.Decision)
	}
	return ""
}

// contextText formats the condition keys of a request, without aws:userid, which every
// request has.
func contextText(context map[string]string) string {
	var list []string
	for _, key := range slices.Sorted(maps.Keys(context)) {
		if key != "aws:userid" {
			list = append(list, key+"="+context[key])
		}
	}
	return "{" + strings.Join(list, ", ") + "}"
}
