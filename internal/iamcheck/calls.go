package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin"
)

// call is a row of the tables: what roles of a kind do, or never do.
type call struct {
	kind   kind
	what   string
	action string
	// resource is an ARN; or "own" and a pattern, which stands for those resources like
	// it that the role may do something with.
	resource string
	context  map[string]string // in the values, {region} stands for the stream's
	id       string            // if it isn't empty: for those whose logical id holds it
	// with and without are for those who may do something, or nothing, with resources
	// like a pattern; in is for those in the template of that name. Empty: for all.
	with, without, in string
}

// own returns the resources, like a pattern, that a role may do something with.
func own(pattern string) string { return "own " + pattern }

// requests returns a table's calls, for each principal of the row's kind. A row that is
// for none is an error: it checks nothing.
func requests(table []call, principals []*principal, allowed bool) ([]request, error) {
	if len(table) == 0 {
		return nil, errors.New("a table of calls is empty: nothing is checked")
	}
	var list []request
	for _, row := range table {
		before := len(list)
		for _, p := range principals {
			if row.isFor(p) {
				list = append(list, row.requests(p, allowed)...)
			}
		}
		if len(list) == before {
			return nil, fmt.Errorf("%s: %s: no role of any template is of this kind; correct the row, or delete it", row.kind, row.what)
		}
	}
	return list, nil
}

// isFor reports whether the row is for a principal.
func (c call) isFor(p *principal) bool {
	return p.kind == c.kind && strings.Contains(p.id, c.id) && (c.in == "" || c.in == p.template) &&
		(c.with == "" || len(p.matching(c.with)) > 0) && (c.without == "" || len(p.matching(c.without)) == 0)
}

// requests returns the row's calls by one principal.
func (c call) requests(p *principal, allowed bool) []request {
	resources := []string{c.resource}
	if pattern, is := strings.CutPrefix(c.resource, "own "); is {
		resources = p.matching(pattern)
	}
	where := region
	for _, stream := range p.matching("arn:*:kinesis:*") {
		where = strings.Split(stream, ":")[3]
	}
	var list []request
	for _, resource := range resources {
		context := map[string]string{}
		for key, value := range c.context {
			context[key] = strings.ReplaceAll(value, "{region}", where)
		}
		list = append(list, newRequest(p.arn, request{
			Action: c.action, Resource: resource, Context: context, Policies: p.policies,
			who: p.template + ": " + p.id, what: c.what, allowed: allowed,
		}))
	}
	return list
}

// observed returns the calls that the twin has weighed. The reference says which actions
// take no resource: these are called on *.
func observed(calls []twin.Call, ref *reference) ([]request, error) {
	if len(calls) == 0 {
		return nil, errors.New("the twin has weighed no calls: nothing is checked")
	}
	list := make([]request, len(calls))
	for i, c := range calls {
		context := map[string]string{}
		for key, value := range c.Context {
			if value == "self" { // how the twin writes the caller's own id
				value = userID
			}
			context[key] = value
		}
		resource := c.Resource
		if known := ref.expand(c.Action); len(known) == 1 && len(known[0].formats) == 0 {
			resource = "*"
		}
		list[i] = newRequest(c.Role, request{
			Action: c.Action, Resource: resource, Context: context, Policies: c.Policies,
			who: c.Role[strings.LastIndexByte(c.Role, '/')+1:], what: "what the twin decided", allowed: c.Allowed,
		})
	}
	return list, nil
}
