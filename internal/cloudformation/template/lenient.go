package template

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// ParseLenient parses the parameters, mappings, conditions and resources of a template
// before its deployment. Unlike [Parse], it accepts unknown sections, attributes and
// functions, and references to names that do not exist; CloudFormation checks them during
// the deployment. It returns an error if the body is not JSON, or if a part of the template
// has the wrong JSON type.
func ParseLenient(body []byte) (*Template, error) {
	var raw map[string]any
	if err := json.Unmarshal(body, &raw); err != nil {
		return nil, fmt.Errorf("parse the template as JSON: %w", err)
	}
	t, r := &Template{lenient: true}, &reader{lenient: true}
	r.section("", raw, section{
		"Parameters": func(p string, v any) { t.Parameters = readEntries(r, p, v, 0, r.parameter) },
		"Mappings":   func(p string, v any) { t.Mappings = readEntries(r, p, v, 0, r.mapping) },
		"Conditions": func(p string, v any) { t.conditions = readEntries(r, p, v, 0, r.condition) },
		"Resources":  func(p string, v any) { t.Resources = readEntries(r, p, v, 0, r.resource) },
	})
	switch {
	case r.err() != nil:
		return nil, r.err()
	case len(t.Resources) == 0:
		return nil, errors.New("the template has no resources")
	}
	return t, nil
}

// Placeholder returns the placeholder ${name} for a value that is unknown until the
// deployment. Functions such as Fn::Join and Fn::Sub accept strings that contain
// placeholders.
func Placeholder(name string) string { return "${" + name + "}" }

// IsUnknown reports whether text contains a [Placeholder] or a dynamic reference of
// CloudFormation.
func IsUnknown(text string) bool {
	return strings.Contains(text, "${") || strings.Contains(text, "{{resolve:")
}

// containsUnknown reports whether v is or contains an unknown value.
func containsUnknown(v any) bool {
	switch v := v.(type) {
	case Unknown:
		return true
	case string:
		return IsUnknown(v)
	case []any:
		return slices.ContainsFunc(v, containsUnknown)
	case map[string]any:
		return slices.ContainsFunc(slices.Collect(maps.Values(v)), containsUnknown)
	}
	return false
}

// lenientCall is a call of a function in a template from ParseLenient. If the call can't be
// evaluated, its value is the placeholder.
type lenientCall struct {
	call        expression
	placeholder string
}

func (t *lenientCall) eval(s *scope) (any, error) {
	v, err := t.call.eval(s)
	if _, is := v.(Unknown); is || err != nil {
		return t.placeholder, nil //nolint:nilerr // CloudFormation reports the error during the deployment
	}
	return v, nil
}

func (t *lenientCall) children() []expression { return []expression{t.call} }

// unknownCall is a call of a function that this package does not support, or a call with
// unsupported arguments.
type unknownCall struct{ argument expression }

func (unknownCall) eval(*scope) (any, error) { return Unknown{}, nil }
func (o unknownCall) children() []expression { return []expression{o.argument} }

// lenient returns e, the parsed call, as a lenientCall. e is nil if the call could not be
// parsed.
func (c *call) lenient(e expression) expression {
	if e == nil {
		e = unknownCall{c.parseArgument(c.argument)}
	}
	return &lenientCall{e, Placeholder(c.name + "(" + c.summary(e) + ")")}
}

// summary returns a short description of the call's argument, for the placeholder. It is
// the argument itself if that is a string, the name of the condition for an Fn::If, and
// otherwise the names that the argument refers to.
func (c *call) summary(e expression) string {
	if text, ok := c.argument.(string); ok {
		return text
	}
	if ifExpression, ok := e.(*ifFunction); ok {
		return ifExpression.condition
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

// BindKnown binds a template from [ParseLenient] to the values that are known before the
// deployment: the parameters with a value in given or with a default, and the fields of env
// that are not empty. All other parameters are unknown, and so are NoEcho parameters and
// the defaults of SSM parameter types. Expressions get the values of unknown parameters
// from [Lookup.Ref].
//
// [Bound.Has] reports true for all resources of the returned Bound, whatever their
// conditions. See [Bound.Exists].
func (t *Template) BindKnown(given map[string]string, env Environment) *Bound {
	b := &Bound{Template: t, env: env, parameters: env.pseudo(), conditionValues: map[string]bool{}}
	maps.DeleteFunc(b.parameters, func(_ string, v any) bool { return v == "" || !isText(v) })
	for name, declared := range t.Parameters {
		if value, ok := declared.knownValue(given[name]); ok {
			b.parameters[name] = declared.resolve(value)
		}
	}
	b.evaluateKnownConditions()
	b.dependencies = t.resourceDependencies(nil)
	return b
}

func isText(v any) bool {
	_, ok := v.(string)
	return ok
}

// knownValue returns the parameter's value, and false if it is unknown before the
// deployment. given is the value from the caller, or empty if the caller has none.
func (p *Parameter) knownValue(given string) (string, bool) {
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

// evaluateKnownConditions evaluates the conditions whose results follow from known values.
// It repeats the evaluation until it finds no more results, because conditions refer to
// each other.
func (b *Bound) evaluateKnownConditions() {
	s := b.scope(Lookup{
		Ref:       func(id string) (any, error) { return Placeholder(id), nil },
		Attribute: func(id, name string) (any, error) { return Placeholder(id + "." + name), nil },
	})
	for before := -1; before < len(b.conditionValues); {
		before = len(b.conditionValues)
		for name, e := range b.conditions {
			if result, known, err := evalBool(s, e); known && err == nil {
				b.conditionValues[name] = result
			}
		}
	}
}

// Exists reports whether the condition of a resource is true. known is false if the result
// of the condition is unknown.
func (b *Bound) Exists(logicalID string) (exists, known bool) {
	condition := b.Resources[logicalID].Condition
	if condition == "" {
		return true, true
	}
	exists, known = b.conditionValues[condition]
	return exists, known
}

// Evaluate evaluates a value of a resource or an output of a template from [ParseLenient].
// It is strict: it returns an error if the value can't be evaluated. path is the path of
// the value, for error messages.
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
