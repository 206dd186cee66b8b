package resource

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/tributary-cdk/tributary/internal/twin/cloudformation"
)

// properties reads a resource's properties and collects their problems. Numbers and
// booleans may also be strings, as in CloudFormation.
type properties struct {
	values   map[string]any
	path     string // prefix of the names in problems, such as "Code."
	problems *[]string
}

func propertiesOf(r cloudformation.Request) properties {
	return properties{values: r.Properties, problems: &[]string{}}
}

// oldPropertiesOf returns the properties before an update. They are empty for a creation.
func oldPropertiesOf(r cloudformation.Request) properties {
	return properties{values: r.OldProperties, problems: &[]string{}}
}

// addProblem adds a problem about the property called name.
func (p properties) addProblem(name, format string, args ...any) {
	*p.problems = append(*p.problems, p.path+name+": "+fmt.Sprintf(format, args...))
}

// unsupported adds a problem for each of the named properties that is set. AWS supports
// these properties, and the twin does not.
func (p properties) unsupported(names ...string) {
	for _, name := range names {
		if p.has(name) {
			p.addProblem(name, "not supported by the local twin; remove it")
		}
	}
}

func (p properties) has(name string) bool {
	_, ok := p.values[name]
	return ok
}

// text returns the value of a scalar property as a string, or "" if it is not set.
func (p properties) text(name string) string {
	switch v := p.values[name].(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	default:
		p.addProblem(name, "needs a string, got %v", v)
		return ""
	}
}

// integer returns the value of an integer property, or fallback if it is not set.
func (p properties) integer(name string, fallback int) int {
	if !p.has(name) {
		return fallback
	}
	n, err := strconv.Atoi(p.text(name))
	if err != nil {
		p.addProblem(name, "needs an integer, got %q", p.text(name))
		return fallback
	}
	return n
}

// boolean returns the value of a boolean property, or fallback if it is not set.
func (p properties) boolean(name string, fallback bool) bool {
	switch p.text(name) {
	case "":
		return fallback
	case "true":
		return true
	case "false":
		return false
	default:
		p.addProblem(name, "needs true or false, got %q", p.text(name))
		return fallback
	}
}

// texts returns the value of a property that is a list of strings, or nil if it is not
// set.
func (p properties) texts(name string) []string {
	var out []string
	for i, v := range p.list(name) {
		s, ok := v.(string)
		if !ok {
			p.addProblem(fmt.Sprintf("%s[%d]", name, i), "needs a string, got %v", v)
			continue
		}
		out = append(out, s)
	}
	return out
}

// list returns the value of a list property, or nil if it is not set.
func (p properties) list(name string) []any {
	switch v := p.values[name].(type) {
	case nil:
		return nil
	case []any:
		return v
	default:
		p.addProblem(name, "needs a list, got %v", v)
		return nil
	}
}

// object returns the value of an object property. The result is empty if the property is
// not set.
func (p properties) object(name string) properties {
	out := properties{path: p.path + name + ".", problems: p.problems}
	switch v := p.values[name].(type) {
	case nil:
	case map[string]any:
		out.values = v
	default:
		p.addProblem(name, "needs an object, got %v", v)
	}
	return out
}

// objects returns the elements of a property that is a list of objects.
func (p properties) objects(name string) []properties {
	var out []properties
	for i, v := range p.list(name) {
		entry := fmt.Sprintf("%s[%d]", name, i)
		values, ok := v.(map[string]any)
		if !ok {
			p.addProblem(entry, "needs an object, got %v", v)
			continue
		}
		out = append(out, properties{values, p.path + entry + ".", p.problems})
	}
	return out
}

// tags returns the property Tags, or nil if it is not set.
func (p properties) tags() map[string]string {
	var out map[string]string
	for _, tag := range p.objects("Tags") {
		if out == nil {
			out = map[string]string{}
		}
		out[tag.text("Key")] = tag.text("Value")
	}
	return out
}

// checkOneOf adds a problem if the property is set and its value is not one of values.
func (p properties) checkOneOf(name string, values ...string) {
	if got := p.text(name); got != "" && !slices.Contains(values, got) {
		p.addProblem(name, "needs one of %q, got %q", values, got)
	}
}

// checkRange adds a problem if the integer property is less than low or greater than high.
// If the property is not set, checkRange checks fallback.
func (p properties) checkRange(name string, fallback, low, high int) {
	if n := p.integer(name, fallback); n < low || n > high {
		p.addProblem(name, "needs %d to %d, got %d", low, high, n)
	}
}

// checkReference adds a problem if the property refers to a resource of the type typeName
// that does not exist. The value of the property may be an id or a list of ids.
func (p properties) checkReference(g *Registry, name, typeName string) {
	if !p.has(name) {
		return
	}
	ids := []string{}
	if _, isList := p.values[name].([]any); isList {
		ids = p.texts(name)
	} else {
		ids = append(ids, p.text(name))
	}
	for _, id := range ids {
		if !g.has(typeName, id) {
			p.addProblem(name, "%s %q does not exist", typeName, id)
		}
	}
}
