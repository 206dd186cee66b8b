package template

import (
	"maps"
	"slices"
	"strings"
)

// check notes what is wrong between a template's parts: names that lead
// nowhere, and circles.
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
		t.missing(p, "Resources", r.DependsOn)
	}
	for _, name := range slices.Sorted(maps.Keys(t.Outputs)) {
		o := t.Outputs[name]
		t.checkCondition(p, "Outputs", o.Condition)
		for _, e := range o.expressions() {
			t.checkReferences(p, "Outputs", e)
		}
	}
	if circle := circular(t.conditionsUsed()); len(circle) > 0 {
		p.add("Template format error: Circular dependency between conditions: [%s]", strings.Join(circle, ", "))
	}
	if circle := circular(t.uses(nil)); len(circle) > 0 {
		p.add("Circular dependency between resources: [%s]", strings.Join(circle, ", "))
	}
}

// expressions returns what of a rule is evaluated.
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

// known reports whether {"Ref": name} is a parameter, the template's or
// AWS's own.
func (t *Template) known(name string) bool {
	if _, ok := t.Parameters[name]; ok || name == noValueName {
		return true
	}
	_, ok := Environment{}.pseudo()[name]
	return ok
}

// checkParametersOnly notes references of e to anything but parameters,
// conditions and mappings.
func (t *Template) checkParametersOnly(p *problems, block string, e expression) {
	visit(e, nil, func(e expression) {
		switch e := e.(type) {
		case *refFunction:
			if !t.known(e.name) {
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

// checkReferences notes what e names and the template lacks.
func (t *Template) checkReferences(p *problems, block string, e expression) {
	visit(e, nil, func(e expression) {
		switch e := e.(type) {
		case *refFunction:
			if !t.known(e.name) {
				t.missing(p, block, []string{e.name})
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

// missing notes those of ids that are no resources.
func (t *Template) missing(p *problems, block string, ids []string) {
	for _, id := range ids {
		if t.Resources[id] == nil {
			p.add("Template format error: Unresolved resource dependencies [%s] in the %s block of the template", id, block)
		}
	}
}

// checkCondition notes a condition that isn't defined. Empty is none.
func (t *Template) checkCondition(p *problems, block, name string) {
	if name != "" && t.conditions[name] == nil {
		p.add("Template format error: Unresolved condition dependency %s in the %s block of the template", name, block)
	}
}

// checkMap notes a mapping that isn't defined.
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

// conditionsUsed returns, by condition, the conditions it names.
func (t *Template) conditionsUsed() map[string][]string {
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

// uses returns, by resource, the resources it needs: those it refers to and
// those it names in DependsOn. With conditions, only what is left under them
// counts.
func (t *Template) uses(conditions map[string]bool) map[string][]string {
	out := make(map[string][]string, len(t.Resources))
	exists := func(id string) bool {
		r := t.Resources[id]
		return r != nil && (conditions == nil || r.Condition == "" || conditions[r.Condition])
	}
	for id, r := range t.Resources {
		if !exists(id) {
			continue
		}
		needs := slices.Clone(r.DependsOn)
		for _, e := range r.expressions() {
			visit(e, conditions, func(e expression) {
				if ref, ok := referenceOf(e); ok {
					needs = append(needs, ref.LogicalID)
				}
			})
		}
		needs = slices.DeleteFunc(needs, func(need string) bool { return !exists(need) })
		slices.Sort(needs)
		out[id] = slices.Compact(needs)
	}
	return out
}

// circular returns the names that wait for each other in needs, sorted: what
// is left once everything that can be done first or last is taken away.
func circular(needs map[string][]string) []string {
	left := maps.Clone(needs)
	for {
		before := len(left)
		needed := map[string]bool{}
		for name, list := range left {
			if !slices.ContainsFunc(list, func(n string) bool { _, ok := left[n]; return ok }) {
				delete(left, name)
			}
		}
		for _, list := range left {
			for _, n := range list {
				needed[n] = true
			}
		}
		maps.DeleteFunc(left, func(name string, _ []string) bool { return !needed[name] })
		if len(left) == before {
			return slices.Sorted(maps.Keys(left))
		}
	}
}
