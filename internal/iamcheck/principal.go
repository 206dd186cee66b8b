package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// kind is the purpose of a role or user.
type kind string

// The kinds of roles and users in the templates.
const (
	function  kind = "function"  // role of the Lambda function that runs the DDL and queries the views
	reader    kind = "reader"    // role with which the warehouse reads the stream or topic
	scheduler kind = "scheduler" // role of a schedule that pauses or resumes the cluster
	generator kind = "generator" // role with which the web page of the Kinesis Data Generator puts records
	analyst   kind = "analyst"   // role or user that may query the views
)

// principal is a role or a user of a template.
type principal struct {
	template, id string // template name and logical id
	kind         kind
	arn          string
	policies     []any    // documents of the identity-based policies
	granted      []string // the Resource values of all statements in these policies
}

// principals returns the roles and users of a template.
func (r *resolver) principals(statements []*statement) ([]*principal, error) {
	var list []*principal
	for _, id := range slices.Sorted(maps.Keys(r.Resources)) {
		if kind := r.Resources[id].Type; kind != "AWS::IAM::Role" && kind != "AWS::IAM::User" {
			continue
		}
		p, err := r.principal(id, statements)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", r.name, id, err)
		}
		list = append(list, p)
	}
	return list, nil
}

func (r *resolver) principal(id string, statements []*statement) (*principal, error) {
	p := &principal{template: r.name, id: id, kind: analyst}
	arn, err := r.attribute(id, "Arn")
	if err != nil {
		return nil, err
	}
	p.arn = fmt.Sprint(arn)
	var documents []any
	for _, s := range statements {
		switch {
		case s.template != r.name:
		case s.kind == trustPolicy && s.resource == id:
			if p.kind, err = kindOfRole(s.principals); err != nil {
				return nil, err
			}
		case s.kind == identityPolicy && (s.resource == id || r.attachedTo(s.resource, id)):
			documents = append(documents, s.document)
			p.granted = append(p.granted, s.resources...)
		}
	}
	if len(documents) > 0 {
		p.policies = []any{map[string]any{"Version": "2012-10-17", "Statement": documents}}
	}
	return p, nil
}

// attachedTo reports whether the policy resource lists the role or user with this id.
func (r *resolver) attachedTo(policy, id string) bool {
	properties := r.Resources[policy].Properties
	return slices.ContainsFunc(slices.Concat(asList(properties["Roles"]), asList(properties["Users"])), func(to any) bool {
		ref, _ := to.(map[string]any)
		return ref["Ref"] == id
	})
}

// kindOfRole returns the kind of a role from the principals in its trust policy.
func kindOfRole(principals map[string]any) (kind, error) {
	services, err := texts(principals["Service"])
	if err != nil {
		return "", err
	}
	switch {
	case slices.Contains(services, "lambda.amazonaws.com"):
		return function, nil
	case slices.Contains(services, "redshift.amazonaws.com"):
		return reader, nil
	case slices.Contains(services, "scheduler.redshift.amazonaws.com"):
		return scheduler, nil
	case principals["Federated"] != nil:
		return generator, nil
	case principals["AWS"] != nil:
		return analyst, nil
	}
	return "", fmt.Errorf("unknown kind of role: its trust policy has the principals %v; add the kind to principal.go", principals)
}

// matching returns the sorted resources in the principal's policies that match the pattern.
// Each wildcard in a resource is replaced by the name "x", and a final :* of a log group
// by a log stream "x", so that the results are ARNs without wildcards.
func (p *principal) matching(pattern string) []string {
	var list []string
	for _, resource := range p.granted {
		if resource != "*" && overlap(resourceTokens(pattern), literal(resource), map[[2]int]bool{}) {
			list = append(list, strings.NewReplacer(":*", ":log-stream:x", "*", "x", "?", "x").Replace(resource))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
