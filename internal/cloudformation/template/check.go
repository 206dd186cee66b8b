package template

import (
	"maps"
	"slices"
	"strings"
)

// check adds problems with the references between the parts of a template: references to
// names that do not exist, and circular dependencies.
func (t *Template) check(p *problems) {
	for _, name := range slices.Sorted(maps.Keys(t.conditions)) {
		t.checkParametersOnly(p, "Conditions", t.conditions[name])
	}
	for _, name := range slices.Sorted(maps.Keys(t.rules)) {
		for _, e := range t.rules[name].expressions() {
			t.checkParametersOnly(p, "Rules", e)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(t.Resources)) {
		r := t.Resources[id]
		t.checkCondition(p, "Resources", r.Condition)
		for _, e := range r.expressions() {
			t.checkReferences(p, "Resources", e)
		}
		t.checkResources(p, "Resources", r.DependsOn)
	}
	for _, name := range slices.Sorted(maps.Keys(t.Outputs)) {
		o := t.Outputs[name]
		t.checkCondition(p, "Outputs", o.Condition)
		for _, e := range o.expressions() {
			t.checkReferences(p, "Outputs", e)
		}
	}
	if names := cyclic(t.conditionDependencies()); len(names) > 0 {
		p.add("Template format error: Circular dependency between conditions: [%s]", strings.Join(names, ", "))
	}
	if ids := cyclic(t.resourceDependencies(nil)); len(ids) > 0 {
		p.add("Circular dependency between resources: [%s]", strings.Join(ids, ", "))
	}
}

// expressions returns the rule's condition and assertions.
func (r *rule) expressions() []expression {
	var out []expression
	if r.condition != nil {
		out = append(out, r.condition)
	}
	for _, a := range r.assertions {
		out = append(out, a.assert)
	}
	return out
}

// isParameter reports whether name is a parameter of the template or a pseudo parameter.
func (t *Template) isParameter(name string) bool {
	if _, ok := t.Parameters[name]; ok || name == noValueName {
		return true
	}
	_, ok := Environment{}.pseudo()[name]
	return ok
}

// checkParametersOnly adds a problem for each reference in e that is not a reference to a
// parameter, a condition or a mapping.
func (t *Template) checkParametersOnly(p *problems, block string, e expression) {
	visit(e, nil, func(e expression) {
		switch e := e.(type) {
		case *refFunction:
			if !t.isParameter(e.name) {
				p.add("Template format error: Unresolved dependencies [%s]. Cannot reference resources in the %s block of the template", e.name, block)
			}
		case *attributeFunction:
			p.add("Template error: Fn::GetAtt %s: cannot reference resources in the %s block of the template", e.id, block)
		case *conditionFunction:
			t.checkCondition(p, block, e.name)
		case *mapFunction:
			t.checkMap(p, e)
		}
	})
}

// checkReferences adds a problem for each reference in e to a name that the template does
// not declare.
func (t *Template) checkReferences(p *problems, block string, e expression) {
	visit(e, nil, func(e expression) {
		switch e := e.(type) {
		case *refFunction:
			if !t.isParameter(e.name) {
				t.checkResources(p, block, []string{e.name})
			}
		case *attributeFunction:
			if t.Resources[e.id] == nil {
				p.add("Template error: instance of Fn::GetAtt references undefined resource %s", e.id)
			}
		case *ifFunction:
			t.checkCondition(p, block, e.condition)
		case *mapFunction:
			t.checkMap(p, e)
		}
	})
}

// checkResources adds a problem for each of ids that is not the logical id of a resource.
func (t *Template) checkResources(p *problems, block string, ids []string) {
	for _, id := range ids {
		if t.Resources[id] == nil {
			p.add("Template format error: Unresolved resource dependencies [%s] in the %s block of the template", id, block)
		}
	}
}

// checkCondition adds a problem if the template has no condition called name. It accepts
// an empty name.
func (t *Template) checkCondition(p *problems, block, name string) {
	if name != "" && t.conditions[name] == nil {
		p.add("Template format error: Unresolved condition dependency %s in the %s block of the template", name, block)
	}
}

// checkMap adds a problem if f refers to a mapping that the template does not declare. It
// accepts names that are not literals.
func (t *Template) checkMap(p *problems, f *mapFunction) {
	l, ok := f.keys[0].(literal)
	if !ok {
		return
	}
	name, ok := l.value.(string)
	if !ok || t.Mappings[name] == nil {
		p.add("Template error: Mapping named '%v' is not present in the 'Mappings' section of template.", l.value)
	}
}

// conditionDependencies returns, for each condition, the conditions that it refers to.
func (t *Template) conditionDependencies() map[string][]string {
	out := make(map[string][]string, len(t.conditions))
	for name, e := range t.conditions {
		out[name] = nil
		visit(e, nil, func(e expression) {
			if c, ok := e.(*conditionFunction); ok {
				out[name] = append(out[name], c.name)
			}
		})
	}
	return out
}

// resourceDependencies returns, for each resource, the resources that it depends on: those
// that it refers to, and those in its DependsOn. conditions contains the results of the
// conditions. If it is not nil, resourceDependencies ignores resources whose condition is
// false and branches of Fn::If that are not taken.
func (t *Template) resourceDependencies(conditions map[string]bool) map[string][]string {
	out := make(map[string][]string, len(t.Resources))
	exists := func(id string) bool {
		r := t.Resources[id]
		return r != nil && (conditions == nil || r.Condition == "" || conditions[r.Condition])
	}
	for id, r := range t.Resources {
		if !exists(id) {
			continue
		}
		dependencies := slices.Clone(r.DependsOn)
		for _, e := range r.expressions() {
			visit(e, conditions, func(e expression) {
				if ref, ok := referenceOf(e); ok {
					dependencies = append(dependencies, ref.LogicalID)
				}
			})
		}
		dependencies = slices.DeleteFunc(dependencies, func(other string) bool { return !exists(other) })
		slices.Sort(dependencies)
		out[id] = slices.Compact(dependencies)
	}
	return out
}

// cyclic returns the names that are part of a dependency cycle, sorted. It repeatedly
// removes the names without dependencies and the names that nothing depends on, until only
// names in cycles, and names between two cycles, are left.
func cyclic(dependencies map[string][]string) []string {
	left := maps.Clone(dependencies)
	for {
		before := len(left)
		hasDependents := map[string]bool{}
		for name, list := range left {
			if !slices.ContainsFunc(list, func(n string) bool { _, ok := left[n]; return ok }) {
				delete(left, name)
			}
		}
		for _, list := range left {
			for _, n := range list {
				hasDependents[n] = true
			}
		}
		maps.DeleteFunc(left, func(name string, _ []string) bool { return !hasDependents[name] })
		if len(left) == before {
			return slices.Sorted(maps.Keys(left))
		}
	}
}
