package template

import (
	"maps"
	"slices"
	"strings"
)

// Template is a parsed template. [Parse] and [ParseLenient] return it. It is immutable.
type Template struct {
	Description string
	Metadata    map[string]any // not evaluated
	Parameters  map[string]*Parameter
	Mappings    map[string]map[string]map[string]any
	Resources   map[string]*Resource
	Outputs     map[string]*Output

	conditions map[string]expression
	rules      map[string]*rule
	lenient    bool // the template is from [ParseLenient]
}

// Resource is the declaration of a resource in a template.
type Resource struct {
	LogicalID, Type string
	// Condition is the name of the resource's condition. It is empty if the resource has
	// no condition.
	Condition string
	// DependsOn contains the logical ids in the resource attribute DependsOn.
	DependsOn []string
	// DeletionPolicy and UpdateReplacePolicy are Delete (the default), Retain or Snapshot.
	// DeletionPolicy may also be RetainExceptOnCreate.
	DeletionPolicy, UpdateReplacePolicy string

	properties object
	metadata   expression // nil if the resource has no Metadata
}

// PropertyNames returns the names of the properties that the template sets, sorted.
func (r *Resource) PropertyNames() []string { return slices.Sorted(maps.Keys(r.properties)) }

// Sets reports whether the template sets a property.
func (r *Resource) Sets(property string) bool { return r.properties[property] != nil }

// Output is the declaration of an output in a template.
type Output struct {
	Name, Description string
	Condition         string

	value  expression
	export expression // the export name; nil if the output is not exported
}

// Reference is a reference to a resource or a parameter in an expression.
type Reference struct {
	LogicalID string // or the name of the parameter
	Attribute string // empty for Ref, and "*" if the name of the attribute is not a literal
}

// rule is a rule in the section Rules.
type rule struct {
	condition  expression // nil if the rule has no RuleCondition
	assertions []assertion
}

// assertion is an assertion of a rule.
type assertion struct {
	assert      expression
	description string
}

// Attributes returns the attributes that the template refers to with a literal name,
// sorted. It includes both branches of each Fn::If.
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

// DynamicReferences returns the strings in the template's resources that contain a dynamic
// reference, or the beginning of one, sorted.
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

// expressions returns the resource's properties and metadata.
func (r *Resource) expressions() []expression {
	if r.metadata == nil {
		return []expression{r.properties}
	}
	return []expression{r.properties, r.metadata}
}

// expressions returns the output's value and export name.
func (o *Output) expressions() []expression {
	if o.export == nil {
		return []expression{o.value}
	}
	return []expression{o.value, o.export}
}

// referenceOf returns the reference that e is, and false if e is not a Ref or Fn::GetAtt.
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

// compareReferences compares references by logical id, then by attribute, for sorting.
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
