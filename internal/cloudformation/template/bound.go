package template

import (
	"maps"
	"slices"
	"strings"
)

// Value is a parameter's value in a stack.
type Value struct {
	Name string
	// Given is what the caller gave, or the default.
	Given string
	// Resolved is what a Systems Manager parameter named by Given holds, else
	// empty.
	Resolved string
	NoEcho   bool
}

// Bound is a template with its parameters set: which resources exist under its
// conditions, in what order they are made, and what their properties are. It
// doesn't change.
type Bound struct {
	*Template
	// Values are the parameters' values, in order of names.
	Values []Value

	env        Environment
	parameters map[string]any
	settled    map[string]bool // conditions, by name
	needs      map[string][]string
}

// Bind gives the template the values of its parameters and settles its
// conditions. It refuses, all problems in one *[Error], values that are
// missing, unknown or against their declaration, and rules that fail.
func (t *Template) Bind(given map[string]string, env Environment) (*Bound, error) {
	b := &Bound{Template: t, env: env, parameters: env.pseudo(), settled: map[string]bool{}}
	var p problems
	b.bindParameters(&p, given)
	if p.err() != nil {
		return nil, p.err()
	}
	for _, name := range slices.Sorted(maps.Keys(t.conditions)) {
		if err := b.settle(name); err != nil {
			p.add("%v", err)
		}
	}
	b.assertRules(&p)
	if p.err() != nil {
		return nil, p.err()
	}
	b.needs = t.uses(b.settled)
	b.checkConditional(&p)
	return b, p.err()
}

// bindParameters sets every parameter's value.
func (b *Bound) bindParameters(p *problems, given map[string]string) {
	var missing, unknown, unread []string
	for _, name := range slices.Sorted(maps.Keys(b.Parameters)) {
		declared := b.Parameters[name]
		value, ok := given[name]
		if !ok && declared.Default == nil {
			missing = append(missing, name)
			continue
		}
		if !ok {
			value = *declared.Default
		}
		v := Value{Name: name, Given: value, NoEcho: declared.NoEcho}
		if declared.fromSSM() {
			if value, ok = b.env.ssm(value); !ok {
				unread = append(unread, v.Given)
				continue
			}
			v.Resolved = value
		}
		for _, problem := range declared.problems(value) {
			p.add("%s", problem)
		}
		b.Values = append(b.Values, v)
		b.parameters[name] = declared.resolve(value)
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if b.Parameters[name] == nil {
			unknown = append(unknown, name)
		}
	}
	if len(missing) > 0 {
		p.add("Parameters: [%s] must have values", strings.Join(missing, ", "))
	}
	if len(unknown) > 0 {
		p.add("Parameters: [%s] do not exist in the template", strings.Join(unknown, ", "))
	}
	if len(unread) > 0 {
		p.add("Unable to fetch parameters [%s] from parameter store for this account.", strings.Join(unread, ", "))
	}
}

// ssm reads a Systems Manager parameter.
func (e Environment) ssm(name string) (string, bool) {
	if e.SSMParameter == nil {
		return "", false
	}
	return e.SSMParameter(name)
}

// settle evaluates a condition after those it names. The template has been
// checked for circles.
func (b *Bound) settle(name string) error {
	if _, done := b.settled[name]; done {
		return nil
	}
	for _, needed := range b.conditionsUsed()[name] {
		if err := b.settle(needed); err != nil {
			return err
		}
	}
	yes, _, err := truth(b.scope(Lookup{}), b.conditions[name])
	if err != nil {
		return err
	}
	b.settled[name] = yes
	return nil
}

// assertRules notes the rules that fail.
func (b *Bound) assertRules(p *problems) {
	s := b.scope(Lookup{})
	for _, name := range slices.Sorted(maps.Keys(b.rules)) {
		r := b.rules[name]
		if r.condition != nil {
			if applies, _, err := truth(s, r.condition); err != nil {
				p.add("Template error: rule %s: %v", name, err)
				continue
			} else if !applies {
				continue
			}
		}
		for _, a := range r.assertions {
			holds, _, err := truth(s, a.assert)
			switch {
			case err != nil:
				p.add("Template error: rule %s: %v", name, err)
			case !holds:
				p.add("Template validation error: rule %s failed: %s", name, a.description)
			}
		}
	}
}

// checkConditional notes references to resources which the conditions leave
// out.
func (b *Bound) checkConditional(p *problems) {
	check := func(block string, e expression) {
		visit(e, b.settled, func(e expression) {
			ref, ok := referenceOf(e)
			if ok && b.Resources[ref.LogicalID] != nil && !b.Has(ref.LogicalID) {
				p.add("Template format error: Unresolved resource dependencies [%s] in the %s block of the template", ref.LogicalID, block)
			}
		})
	}
	for _, id := range b.LogicalIDs() {
		for _, e := range b.Resources[id].expressions() {
			check("Resources", e)
		}
	}
	for _, o := range b.outputs() {
		for _, e := range o.expressions() {
			check("Outputs", e)
		}
	}
}

// scope returns the scope of expressions that find resources by l.
func (b *Bound) scope(l Lookup) *scope {
	return &scope{Lookup: l, template: b.Template, env: b.env, parameters: b.parameters, conditions: b.settled, lenient: b.lenient}
}

// Has reports whether a resource exists under the conditions.
func (b *Bound) Has(logicalID string) bool {
	_, ok := b.needs[logicalID]
	return ok
}

// LogicalIDs returns the resources that exist under the conditions, sorted.
func (b *Bound) LogicalIDs() []string { return slices.Sorted(maps.Keys(b.needs)) }

// Needs returns the resources which must exist before a resource: those that
// it refers to, and its DependsOn. Sorted; the caller may keep it.
func (b *Bound) Needs(logicalID string) []string { return slices.Clone(b.needs[logicalID]) }

// Order returns the resources that exist under the conditions, each after those that it
// needs, and else by logical id.
func (b *Bound) Order() []string {
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
		for _, need := range b.needs[id] {
			add(need)
		}
		list = append(list, id)
	}
	for _, id := range b.LogicalIDs() {
		add(id)
	}
	return list
}

// Properties returns a resource's properties with every function evaluated:
// string, bool, float64, []any and map[string]any, and [Unknown] where l gives
// it.
func (b *Bound) Properties(logicalID string, l Lookup) (map[string]any, error) {
	v, err := b.Resources[logicalID].properties.eval(b.scope(l))
	if err != nil {
		return nil, err
	}
	return v.(map[string]any), nil //nolint:errcheck // an object evaluates to a map
}

// Property returns one of a resource's properties as [Bound.Properties] does, nil if the
// template doesn't set it.
func (b *Bound) Property(logicalID, name string, l Lookup) (any, error) {
	e := b.Resources[logicalID].properties[name]
	if e == nil {
		return nil, nil
	}
	return e.eval(b.scope(l))
}

// ResourceMetadata returns a resource's Metadata evaluated, or nil.
func (b *Bound) ResourceMetadata(logicalID string, l Lookup) (any, error) {
	e := b.Resources[logicalID].metadata
	if e == nil {
		return nil, nil
	}
	return e.eval(b.scope(l))
}

// References returns the resources and parameters to which a property refers
// under the conditions, sorted.
func (b *Bound) References(logicalID, property string) []Reference {
	var out []Reference
	r := b.Resources[logicalID]
	if r == nil || r.properties[property] == nil {
		return nil
	}
	visit(r.properties[property], b.settled, func(e expression) {
		if ref, ok := referenceOf(e); ok {
			out = append(out, ref)
		}
	})
	slices.SortFunc(out, compareReferences)
	return slices.Compact(out)
}
