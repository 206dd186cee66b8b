package template

import (
	"maps"
	"slices"
	"strings"
)

// Template is a parsed template. [Parse] makes it; it doesn't change after
// that. Whatever it lists by name is in the order of names.
type Template struct {
	Description string
	Metadata    map[string]any // as it stands in the template
	Parameters  map[string]*Parameter
	Mappings    map[string]map[string]map[string]any
	Resources   map[string]*Resource
	Outputs     map[string]*Output

	conditions map[string]expression
	rules      map[string]*rule
	lenient    bool // whether [ParseLenient] has read it
}

// Resource is a resource as the template declares it.
type Resource struct {
	LogicalID, Type string
	// Condition names the condition under which it exists, or is empty.
	Condition string
	// DependsOn lists the resources it names in DependsOn.
	DependsOn []string
	// DeletionPolicy and UpdateReplacePolicy are Delete, Retain, Snapshot or,
	// the former only, RetainExceptOnCreate. Delete is the default.
	DeletionPolicy, UpdateReplacePolicy string

	properties object
	metadata   expression // nil without Metadata
}

// PropertyNames returns the names of the properties that the template sets.
func (r *Resource) PropertyNames() []string { return slices.Sorted(maps.Keys(r.properties)) }

// Sets reports whether the template sets a property.
func (r *Resource) Sets(property string) bool { return r.properties[property] != nil }

// Output is an output as the template declares it.
type Output struct {
	Name, Description string
	Condition         string

	value  expression
	export expression // nil if it isn't exported
}

// Reference is one use of a resource by an expression.
type Reference struct {
	LogicalID string
	Attribute string // empty for Ref, "*" if only known later
}

// rule is an entry of Rules.
type rule struct {
	condition  expression // nil: always
	assertions []assertion
}

// assertion is one Assert of a rule.
type assertion struct {
	assert      expression
	description string
}

// Attributes returns every Fn::GetAtt of the template whose attribute is
// spelled out, in all branches.
func (t *Template) Attributes() []Reference {
	var out []Reference
	collect := func(e expression) {
		if r, ok := referenceOf(e); ok && r.Attribute != "" && r.Attribute != "*" {
			out = append(out, r)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(t.Resources)) {
		for _, e := range t.Resources[id].expressions() {
			visit(e, nil, collect)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(t.Outputs)) {
		for _, e := range t.Outputs[name].expressions() {
			visit(e, nil, collect)
		}
	}
	slices.SortFunc(out, compareReferences)
	return slices.Compact(out)
}

// DynamicReferences returns the texts of the template that hold a dynamic
// reference, or the beginning of one.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
func (t *Template) DynamicReferences() []string {
	var out []string
	for _, r := range t.Resources {
		for _, e := range r.expressions() {
			visit(e, nil, func(e expression) {
				if l, ok := e.(literal); ok {
					if text, ok := l.value.(string); ok && strings.Contains(text, "{{resolve:") {
						out = append(out, text)
					}
				}
			})
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// expressions returns what of a resource is evaluated.
func (r *Resource) expressions() []expression {
	if r.metadata == nil {
		return []expression{r.properties}
	}
	return []expression{r.properties, r.metadata}
}

// expressions returns what of an output is evaluated.
func (o *Output) expressions() []expression {
	if o.export == nil {
		return []expression{o.value}
	}
	return []expression{o.value, o.export}
}

// referenceOf returns the resource or parameter that e itself names.
func referenceOf(e expression) (Reference, bool) {
	switch e := e.(type) {
	case *refFunction:
		return Reference{LogicalID: e.name}, true
	case *attributeFunction:
		if l, ok := e.attribute.(literal); ok {
			if name, ok := l.value.(string); ok {
				return Reference{e.id, name}, true
			}
		}
		return Reference{e.id, "*"}, true
	default:
		return Reference{}, false
	}
}

// compareReferences orders references by id, then attribute.
func compareReferences(a, b Reference) int {
	if a.LogicalID != b.LogicalID {
		if a.LogicalID < b.LogicalID {
			return -1
		}
		return 1
	}
	switch {
	case a.Attribute < b.Attribute:
		return -1
	case a.Attribute > b.Attribute:
		return 1
	default:
		return 0
	}
}
