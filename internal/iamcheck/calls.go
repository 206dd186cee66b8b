package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin"
)

// call is a row of the tables documented and forbidden: a call that roles or users of one
// kind must be allowed, or must be denied.
type call struct {
	kind   kind
	what   string // what the caller does, for messages
	action string
	// resource is an ARN or the result of own. A row with own makes a request for each
	// resource that matches the pattern and that the principal's policies name.
	resource string
	context  map[string]string // condition keys and values; {region} in a value is replaced by the stream's region

	// Filters: the row is only for a principal that meets all of them. An empty filter is
	// not applied.
	id      string // the principal's logical id contains this text
	with    string // the principal's policies name a resource that matches this pattern
	without string // the principal's policies name no resource that matches this pattern
	in      string // the principal is in the template with this name
}

// own returns the value for call.resource that selects all resources that match the
// pattern and that the principal's policies name.
func own(pattern string) string { return "own " + pattern }

// requests returns the requests of all rows, one or more for each principal that a row is
// for. It returns an error if the table is empty, or if a row produces no requests.
func requests(table []call, principals []*principal, allowed bool) ([]request, error) {
	if len(table) == 0 {
		return nil, errors.New("a table of calls is empty; add rows to documented.go and forbidden.go")
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
			return nil, fmt.Errorf("%s: %s: the row matches no role or resource of any template; correct or delete the row", row.kind, row.what)
		}
	}
	return list, nil
}

// isFor reports whether the row is for a principal.
func (c call) isFor(p *principal) bool {
	return p.kind == c.kind && strings.Contains(p.id, c.id) && (c.in == "" || c.in == p.template) &&
		(c.with == "" || len(p.matching(c.with)) > 0) && (c.without == "" || len(p.matching(c.without)) == 0)
}

// requests returns the row's requests for one principal.
func (c call) requests(p *principal, allowed bool) []request {
	resources := []string{c.resource}
	if pattern, ok := strings.CutPrefix(c.resource, "own "); ok {
		resources = p.matching(pattern)
	}
	streamRegion := region
	for _, stream := range p.matching("arn:*:kinesis:*") {
		streamRegion = strings.Split(stream, ":")[3]
	}
	var list []request
	for _, resource := range resources {
		context := map[string]string{}
		for key, value := range c.context {
			context[key] = strings.ReplaceAll(value, "{region}", streamRegion)
		}
		list = append(list, newRequest(p.arn, request{
			Action: c.action, Resource: resource, Context: context, Policies: p.policies,
			who: p.template + ": " + p.id, what: c.what, allowed: allowed,
		}))
	}
	return list
}

// observed returns the requests for the calls that the twin evaluated. An action that
// supports no resource types according to the reference gets the resource *. observed
// returns an error if there are no calls.
func observed(calls []twin.Call, ref *reference) ([]request, error) {
	if len(calls) == 0 {
		return nil, errors.New("the twin evaluated no calls")
	}
	list := make([]request, len(calls))
	for i, c := range calls {
		context := map[string]string{}
		for key, value := range c.Context {
			if value == "self" { // the twin's value for the caller's user ID
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
			who: c.Role[strings.LastIndexByte(c.Role, '/')+1:], what: "decision of the twin", allowed: c.Allowed,
		})
	}
	return list, nil
}
