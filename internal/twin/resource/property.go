package resource

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/tributary-cdk/tributary/internal/twin/cloudformation"
)

// properties reads a resource's properties and collects what is wrong with
// them. CloudFormation takes numbers and booleans as strings too.
type properties struct {
	values   map[string]any
	path     string // before each name, such as "Code."
	problems *[]string
}

func propertiesOf(r cloudformation.Request) properties {
	return properties{values: r.Properties, problems: &[]string{}}
}

// oldPropertiesOf returns the properties before an update, none at a creation.
func oldPropertiesOf(r cloudformation.Request) properties {
	return properties{values: r.OldProperties, problems: &[]string{}}
}

// refuse adds a problem with a property.
func (p properties) refuse(name, format string, args ...any) {
	*p.problems = append(*p.problems, p.path+name+": "+fmt.Sprintf(format, args...))
}

// unsupported refuses those of the named properties that are set: AWS knows
// them, the twin does not do what they ask for.
func (p properties) unsupported(names ...string) {
	for _, name := range names {
		if p.has(name) {
			p.refuse(name, "the local twin does not support it")
		}
	}
}

func (p properties) has(name string) bool {
	_, ok := p.values[name]
	return ok
}

// text returns a string, "" if the property isn't set.
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
		p.refuse(name, "a string is needed, got %v", v)
		return ""
	}
}

// integer returns a whole number, or otherwise if the property isn't set.
func (p properties) integer(name string, otherwise int) int {
	if !p.has(name) {
		return otherwise
	}
	n, err := strconv.Atoi(p.text(name))
	if err != nil {
		p.refuse(name, "an integer is needed, got %q", p.text(name))
		return otherwise
	}
	return n
}

// boolean returns a truth value, or otherwise if the property isn't set.
func (p properties) boolean(name string, otherwise bool) bool {
	switch p.text(name) {
	case "":
		return otherwise
	case "true":
		return true
	case "false":
		return false
	default:
		p.refuse(name, "true or false is needed, got %q", p.text(name))
		return otherwise
	}
}

// texts returns a list of strings, nil if the property isn't set.
func (p properties) texts(name string) []string {
	var out []string
	for i, v := range p.list(name) {
		s, ok := v.(string)
		if !ok {
			p.refuse(fmt.Sprintf("%s[%d]", name, i), "a string is needed, got %v", v)
			continue
		}
		out = append(out, s)
	}
	return out
}

// list returns a list, nil if the property isn't set.
func (p properties) list(name string) []any {
	switch v := p.values[name].(type) {
	case nil:
		return nil
	case []any:
		return v
	default:
		p.refuse(name, "a list is needed, got %v", v)
		return nil
	}
}

// object returns the properties below one, none if it isn't set.
func (p properties) object(name string) properties {
	out := properties{path: p.path + name + ".", problems: p.problems}
	switch v := p.values[name].(type) {
	case nil:
	case map[string]any:
		out.values = v
	default:
		p.refuse(name, "an object is needed, got %v", v)
	}
	return out
}

// objects returns the properties below each entry of a list.
func (p properties) objects(name string) []properties {
	var out []properties
	for i, v := range p.list(name) {
		entry := fmt.Sprintf("%s[%d]", name, i)
		values, ok := v.(map[string]any)
		if !ok {
			p.refuse(entry, "an object is needed, got %v", v)
			continue
		}
		out = append(out, properties{values, p.path + entry + ".", p.problems})
	}
	return out
}

// tags returns the property Tags, nil if it isn't set.
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

// oneOf refuses a property that is set to none of the values.
func (p properties) oneOf(name string, values ...string) {
	if got := p.text(name); got != "" && !slices.Contains(values, got) {
		p.refuse(name, "one of %q is needed, got %q", values, got)
	}
}

// between refuses a number out of range.
func (p properties) between(name string, otherwise, low, high int) {
	if n := p.integer(name, otherwise); n < low || n > high {
		p.refuse(name, "%d to %d is needed, got %d", low, high, n)
	}
}

// refersTo refuses a property that names a resource which doesn't exist. It
// may be one id or a list of them.
func (p properties) refersTo(g *Registry, name, typeName string) {
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
			p.refuse(name, "no %s %q exists", typeName, id)
		}
	}
}
