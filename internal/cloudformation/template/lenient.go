package template

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// ParseLenient reads what a template's parameters, mappings, conditions and resources
// say ahead of a deployment. Unlike [Parse] it lets through what this package doesn't
// know and what CloudFormation will judge: other sections and attributes, other
// functions, names that lead nowhere. It refuses what can't be read: text that isn't
// JSON, and parts of the wrong kind.
func ParseLenient(body []byte) (*Template, error) {
	var raw map[string]any
	if err := json.Unmarshal(body, &raw); err != nil {
		return nil, fmt.Errorf("not a template in JSON: %w", err)
	}
	t, r := &Template{lenient: true}, &reader{lenient: true}
	r.section("", raw, section{
		"Parameters": func(p string, v any) { t.Parameters = each(r, p, v, 0, r.parameter) },
		"Mappings":   func(p string, v any) { t.Mappings = each(r, p, v, 0, r.mapping) },
		"Conditions": func(p string, v any) { t.conditions = each(r, p, v, 0, r.condition) },
		"Resources":  func(p string, v any) { t.Resources = each(r, p, v, 0, r.resource) },
	})
	switch {
	case r.err() != nil:
		return nil, r.err()
	case len(t.Resources) == 0:
		return nil, errors.New("a template without resources")
	}
	return t, nil
}

// Placeholder returns the text that stands for a value which is known at deployment
// only: ${name}. Texts that hold one are evaluated like others, as far as that is
// possible.
func Placeholder(name string) string { return "${" + name + "}" }

// IsUnknown reports whether a text holds a [Placeholder], or one of CloudFormation's
// dynamic references.
func IsUnknown(text string) bool {
	return strings.Contains(text, "${") || strings.Contains(text, "{{resolve:")
}

// holdsUnknown reports whether a value holds something that isn't known.
func holdsUnknown(v any) bool {
	switch v := v.(type) {
	case Unknown:
		return true
	case string:
		return IsUnknown(v)
	case []any:
		return slices.ContainsFunc(v, holdsUnknown)
	case map[string]any:
		return slices.ContainsFunc(slices.Collect(maps.Values(v)), holdsUnknown)
	}
	return false
}

// tolerant is the call of a function in a lenient template: what can't be worked out is
// known at deployment only.
type tolerant struct {
	of          expression
	placeholder string
}

func (t *tolerant) eval(s *scope) (any, error) {
	v, err := t.of.eval(s)
	if _, is := v.(Unknown); is || err != nil {
		return t.placeholder, nil //nolint:nilerr // CloudFormation will judge it
	}
	return v, nil
}

func (t *tolerant) children() []expression { return []expression{t.of} }

// opaque is the call of a function that this package doesn't know, or knows in another
// form.
type opaque struct{ argument expression }

func (opaque) eval(*scope) (any, error) { return Unknown{}, nil }
func (o opaque) children() []expression { return []expression{o.argument} }

// tolerate returns the call, which was parsed as e, as a tolerant one. Nil e is a call
// that can't be parsed.
func (c *call) tolerate(e expression) expression {
	if e == nil {
		e = opaque{c.sub(c.argument)}
	}
	return &tolerant{e, Placeholder(c.name + "(" + c.summary(e) + ")")}
}

// summary returns the call's argument if that is text, the condition's name of an Fn::If,
// or else the names that the argument uses.
func (c *call) summary(e expression) string {
	if text, ok := c.argument.(string); ok {
		return text
	}
	if choice, ok := e.(*ifFunction); ok {
		return choice.condition
	}
	names := map[string]bool{}
	visit(e, nil, func(e expression) {
		switch e := e.(type) {
		case *refFunction:
			names[e.name] = true
		case *attributeFunction:
			names[e.id] = true
		case variable:
			names[e.name] = true
		}
	})
	return strings.Join(slices.Sorted(maps.Keys(names)), ", ")
}

// BindKnown gives a template of [ParseLenient] what is known ahead of a deployment: the
// parameters that have values in given, or else defaults, and what of env isn't empty.
// Any other parameter is unknown; its value is asked of [Lookup.Ref]. So are the values
// of secret parameters and of those that Systems Manager holds.
//
// The Bound has all resources, those under conditions too: see [Bound.Exists].
func (t *Template) BindKnown(given map[string]string, env Environment) *Bound {
	b := &Bound{Template: t, env: env, parameters: env.pseudo(), settled: map[string]bool{}}
	maps.DeleteFunc(b.parameters, func(_ string, v any) bool { return v == "" || !isText(v) })
	for name, declared := range t.Parameters {
		if value, ok := declared.known(given[name]); ok {
			b.parameters[name] = declared.resolve(value)
		}
	}
	b.settleKnown()
	b.needs = t.uses(nil)
	return b
}

func isText(v any) bool {
	_, ok := v.(string)
	return ok
}

// known returns the parameter's value, if it is known before a deployment for which a
// value is given; empty is none.
func (p *Parameter) known(given string) (string, bool) {
	switch {
	case p.NoEcho:
		return "", false
	case given != "":
		return given, true
	case p.Default == nil || p.fromSSM():
		return "", false
	}
	return *p.Default, true
}

// settleKnown settles the conditions that follow from what is known. Each that is settled
// may settle others.
func (b *Bound) settleKnown() {
	s := b.scope(Lookup{
		Ref:       func(id string) (any, error) { return Placeholder(id), nil },
		Attribute: func(id, name string) (any, error) { return Placeholder(id + "." + name), nil },
	})
	for before := -1; before < len(b.settled); {
		before = len(b.settled)
		for name, e := range b.conditions {
			if yes, known, err := truth(s, e); known && err == nil {
				b.settled[name] = yes
			}
		}
	}
}

// Exists reports whether a resource exists under its condition, as far as that is known.
func (b *Bound) Exists(logicalID string) (yes, known bool) {
	condition := b.Resources[logicalID].Condition
	if condition == "" {
		return true, true
	}
	yes, known = b.settled[condition]
	return yes, known
}

// Evaluate evaluates a value of a resource or an output as it stands in a template of
// [ParseLenient], without leniency: what can't be worked out is an error. path says where
// it stands.
func (b *Bound) Evaluate(path string, value any, l Lookup) (any, error) {
	r := &reader{}
	e := r.expression(path, inValues, value)
	if err := r.err(); err != nil {
		return nil, err
	}
	s := b.scope(l)
	s.lenient = false
	return e.eval(s)
}
