package plan

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// template is the part of a CloudFormation template that plans are made from.
// Values are as encoding/json decodes them.
type template struct {
	Parameters map[string]parameter
	Mappings   map[string]map[string]map[string]any
	Conditions map[string]any
	Resources  map[string]*resource
}

type parameter struct {
	Type    string
	Default any
	NoEcho  any
}

type resource struct {
	Type                                string
	Condition                           string
	DependsOn                           any    // a name or a list of names
	DeletionPolicy, UpdateReplacePolicy string // "": Delete
	Properties                          map[string]any
	Metadata                            map[string]any
}

// parse reads a template. name says which one in errors.
func parse(name string, body []byte) (*template, error) {
	t := &template{}
	if err := json.Unmarshal(body, t); err != nil {
		return nil, fmt.Errorf("%s: not a template in JSON: %w", name, err)
	}
	if len(t.Resources) == 0 {
		return nil, fmt.Errorf("%s: a template without resources", name)
	}
	return t, nil
}

// path returns the construct that made a resource, or else its logical id.
func (t *template) path(id string) string {
	path, ok := t.Resources[id].Metadata["aws:cdk:path"].(string)
	if !ok {
		return id
	}
	// The resource is a construct's only content, as CDK names it.
	path = strings.TrimSuffix(path, "/Default")
	return strings.TrimSuffix(path, "/Resource")
}

// order returns the resources in the order in which CloudFormation makes them:
// each after all it needs, and else by logical id.
func (t *template) order() []string {
	var (
		list []string
		seen = map[string]bool{}
		add  func(id string)
	)
	add = func(id string) {
		if seen[id] {
			return
		}
		seen[id] = true
		for _, need := range t.needs(id) {
			add(need)
		}
		list = append(list, id)
	}
	for _, id := range slices.Sorted(maps.Keys(t.Resources)) {
		add(id)
	}
	return list
}

// needs returns the resources that a resource names, sorted.
func (t *template) needs(id string) []string {
	var names []string
	r := t.Resources[id]
	visit(r.Properties, func(name string) { names = append(names, name) })
	switch depends := r.DependsOn.(type) {
	case string:
		names = append(names, depends)
	case []any:
		for _, d := range depends {
			if name, ok := d.(string); ok {
				names = append(names, name)
			}
		}
	}
	names = slices.DeleteFunc(names, func(name string) bool { return t.Resources[name] == nil })
	slices.Sort(names)
	return slices.Compact(names)
}

// variable is a ${name} of Fn::Sub; ${!name} is text.
var variable = regexp.MustCompile(`\$\{([^!][^}]*)\}`)

// visit calls f with every name that Ref, Fn::GetAtt and Fn::Sub use in value.
func visit(value any, f func(name string)) {
	switch value := value.(type) {
	case []any:
		for _, item := range value {
			visit(item, f)
		}
	case map[string]any:
		for key, item := range value {
			visitEntry(key, item, f)
		}
	}
}

func visitEntry(key string, value any, f func(name string)) {
	switch key {
	case "Ref":
		if name, ok := value.(string); ok {
			f(name)
		}
	case "Fn::GetAtt":
		if id, _, ok := attribute(value); ok {
			f(id)
		}
	case "Fn::Sub":
		text, _ := value.(string)
		if list, ok := value.([]any); ok && len(list) > 0 {
			text, _ = list[0].(string)
		}
		for _, match := range variable.FindAllStringSubmatch(text, -1) {
			id, _, _ := strings.Cut(strings.TrimSpace(match[1]), ".")
			f(id)
		}
	}
	visit(value, f)
}

// attribute takes Fn::GetAtt's argument apart: [id, name] or "id.name".
func attribute(value any) (id, name string, ok bool) {
	switch value := value.(type) {
	case string:
		return strings.Cut(value, ".")
	case []any:
		if len(value) == 2 {
			id, isText := value[0].(string)
			name, ok := value[1].(string)
			return id, name, ok && isText
		}
	}
	return "", "", false
}
