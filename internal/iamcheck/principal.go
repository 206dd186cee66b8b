package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// kind is what a role is for.
type kind string

// The kinds of roles, and of users, that the templates have.
const (
	function  kind = "function"  // runs the DDL, and asks the views
	reader    kind = "reader"    // reads the stream, for the warehouse
	scheduler kind = "scheduler" // pauses or resumes the cluster
	generator kind = "generator" // puts records, from KDG's page
	analyst   kind = "analyst"   // queries: whoever the app lets
)

// principal is a role or a user of a template.
type principal struct {
	template, id string
	kind         kind
	arn          string
	policies     []any    // its policies' documents
	granted      []string // the resources that these allow something on
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

// attachedTo reports whether a policy is the role's or the user's.
func (r *resolver) attachedTo(policy, id string) bool {
	properties := r.Resources[policy].Properties
	return slices.ContainsFunc(slices.Concat(asList(properties["Roles"]), asList(properties["Users"])), func(to any) bool {
		ref, _ := to.(map[string]any)
		return ref["Ref"] == id
	})
}

// kindOfRole tells the kind by who may be the role.
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
	return "", fmt.Errorf("a role for %v is of no kind that the tables of calls have; add it to principal.go", principals)
}

// matching returns the resources that something is allowed on and that are like a
// pattern. What is allowed by a wildcard stands there with a name in its place, and what
// is allowed in a log group with one of its streams.
func (p *principal) matching(pattern string) []string {
	var list []string
	for _, resource := range p.granted {
		if resource != "*" && meet(resourceTokens(pattern), literal(resource), map[[2]int]bool{}) {
			list = append(list, strings.NewReplacer(":*", ":log-stream:x", "*", "x", "?", "x").Replace(resource))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
