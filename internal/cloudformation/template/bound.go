package template

import (
	"maps"
	"slices"
	"strings"
)

// Value is the value of a template parameter.
type Value struct {
	Name string
	// Given is the value from the caller, or the default.
	Given string
	// Resolved is the value of the Systems Manager parameter whose name is Given. It is
	// empty if the template parameter is not of an SSM parameter type.
	Resolved string
	NoEcho   bool
}

// Bound is a template with values for its parameters. Its methods return the resources
// whose conditions are true, their order and their properties. A Bound is immutable.
type Bound struct {
	*Template
	// Values contains the values of the parameters, sorted by name.
	Values []Value

	env             Environment
	parameters      map[string]any
	conditionValues map[string]bool // results of the conditions, by name
	dependencies    map[string][]string
}

// Bind sets the values of the template's parameters and evaluates its conditions and
// rules. If parameters are missing, unknown or invalid, or if a rule fails, it returns an
// *[Error] with all problems.
func (t *Template) Bind(given map[string]string, env Environment) (*Bound, error) {
	b := &Bound{Template: t, env: env, parameters: env.pseudo(), conditionValues: map[string]bool{}}
	var p problems
	b.bindParameters(&p, given)
	if p.err() != nil {
		return nil, p.err()
	}
	for _, name := range slices.Sorted(maps.Keys(t.conditions)) {
		if err := b.evaluateCondition(name); err != nil {
			p.add("%v", err)
		}
	}
	b.checkRules(&p)
	if p.err() != nil {
		return nil, p.err()
	}
	b.dependencies = t.resourceDependencies(b.conditionValues)
	b.checkExcludedReferences(&p)
	return b, p.err()
}

// bindParameters sets the value of every parameter. It adds problems with the values to p.
func (b *Bound) bindParameters(p *problems, given map[string]string) {
	var missing, unknown, notInSSM []string
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
				notInSSM = append(notInSSM, v.Given)
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
	if len(notInSSM) > 0 {
		p.add("Unable to fetch parameters [%s] from parameter store for this account.", strings.Join(notInSSM, ", "))
	}
}

// ssm returns the value of a Systems Manager parameter, and false if it does not exist.
func (e Environment) ssm(name string) (string, bool) {
	if e.SSMParameter == nil {
		return "", false
	}
	return e.SSMParameter(name)
}

// evaluateCondition evaluates a condition after the conditions that it refers to. It
// terminates, because Parse rejects templates with circular dependencies.
func (b *Bound) evaluateCondition(name string) error {
	if _, done := b.conditionValues[name]; done {
		return nil
	}
	for _, dependency := range b.conditionDependencies()[name] {
		if err := b.evaluateCondition(dependency); err != nil {
			return err
		}
	}
	result, _, err := evalBool(b.scope(Lookup{}), b.conditions[name])
	if err != nil {
		return err
	}
	b.conditionValues[name] = result
	return nil
}

// checkRules adds a problem for each failed assertion of a rule.
func (b *Bound) checkRules(p *problems) {
	s := b.scope(Lookup{})
	for _, name := range slices.Sorted(maps.Keys(b.rules)) {
		r := b.rules[name]
		if r.condition != nil {
			if applies, _, err := evalBool(s, r.condition); err != nil {
				p.add("Template error: rule %s: %v", name, err)
				continue
			} else if !applies {
				continue
			}
		}
		for _, a := range r.assertions {
			ok, _, err := evalBool(s, a.assert)
			switch {
			case err != nil:
				p.add("Template error: rule %s: %v", name, err)
			case !ok:
				p.add("Template validation error: rule %s failed: %s", name, a.description)
			}
		}
	}
}

// checkExcludedReferences adds a problem for each reference to a resource whose condition
// is false.
func (b *Bound) checkExcludedReferences(p *problems) {
	check := func(block string, e expression) {
		visit(e, b.conditionValues, func(e expression) {
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

// scope returns a scope in which expressions use l to find resources.
func (b *Bound) scope(l Lookup) *scope {
	return &scope{Lookup: l, template: b.Template, env: b.env, parameters: b.parameters, conditions: b.conditionValues, lenient: b.lenient}
}

// Has reports whether the template declares a resource and its condition is true. For
// BindKnown, see [Bound.Exists].
func (b *Bound) Has(logicalID string) bool {
	_, ok := b.dependencies[logicalID]
	return ok
}

// LogicalIDs returns the logical ids of the resources for which [Bound.Has] reports true,
// sorted.
func (b *Bound) LogicalIDs() []string { return slices.Sorted(maps.Keys(b.dependencies)) }

// Dependencies returns the logical ids of the resources that must exist before a resource:
// those that it refers to, and those in its DependsOn. The list is sorted and is a copy.
func (b *Bound) Dependencies(logicalID string) []string {
	return slices.Clone(b.dependencies[logicalID])
}

// Order returns the logical ids of the resources for which [Bound.Has] reports true. Each
// comes after its dependencies. Otherwise they are sorted.
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
		for _, dependency := range b.dependencies[id] {
			add(dependency)
		}
		list = append(list, id)
	}
	for _, id := range b.LogicalIDs() {
		add(id)
	}
	return list
}

// Properties returns a resource's properties with all functions evaluated. The values have
// the types string, bool, float64, []any and map[string]any, or are [Unknown] if l returns
// Unknown.
func (b *Bound) Properties(logicalID string, l Lookup) (map[string]any, error) {
	v, err := b.Resources[logicalID].properties.eval(b.scope(l))
	if err != nil {
		return nil, err
	}
	return v.(map[string]any), nil //nolint:errcheck // an object evaluates to a map
}

// Property returns one property of a resource, evaluated as by [Bound.Properties]. It
// returns nil if the template does not set the property.
func (b *Bound) Property(logicalID, name string, l Lookup) (any, error) {
	e := b.Resources[logicalID].properties[name]
	if e == nil {
		return nil, nil
	}
	return e.eval(b.scope(l))
}

// ResourceMetadata returns a resource's Metadata, evaluated, or nil if it has none.
func (b *Bound) ResourceMetadata(logicalID string, l Lookup) (any, error) {
	e := b.Resources[logicalID].metadata
	if e == nil {
		return nil, nil
	}
	return e.eval(b.scope(l))
}

// References returns the resources and parameters that a property refers to, sorted. It
// ignores branches of Fn::If that the conditions exclude.
func (b *Bound) References(logicalID, property string) []Reference {
	var out []Reference
	r := b.Resources[logicalID]
	if r == nil || r.properties[property] == nil {
		return nil
	}
	visit(r.properties[property], b.conditionValues, func(e expression) {
		if ref, ok := referenceOf(e); ok {
			out = append(out, ref)
		}
	})
	slices.SortFunc(out, compareReferences)
	return slices.Compact(out)
}
