package template

import (
	"fmt"
	"maps"
	"slices"
)

// OutputValue is an evaluated output.
type OutputValue struct {
	Name, Description string
	Value             any    // a string, or [Unknown]
	Export            string // the export name; empty if the output is not exported
}

// OutputValues evaluates the outputs whose conditions are true and returns them sorted by
// name. The error contains the problems of all outputs.
func (b *Bound) OutputValues(l Lookup) ([]OutputValue, error) {
	var p problems
	var out []OutputValue
	s := b.scope(l)
	for _, o := range b.outputs() {
		v := OutputValue{Name: o.Name, Description: o.Description, Value: Unknown{}}
		value, known, err := evalText(s, o.value, fmt.Sprintf("the value of output %s", o.Name))
		if err != nil {
			p.add("%v", err)
			continue
		}
		if known {
			v.Value = value
		}
		if o.export != nil {
			if v.Export, _, err = evalText(s, o.export, fmt.Sprintf("the export name of output %s", o.Name)); err != nil {
				p.add("%v", err)
			}
		}
		out = append(out, v)
	}
	return out, p.err()
}

// outputs returns the outputs whose conditions are true, sorted by name.
func (b *Bound) outputs() []*Output {
	var out []*Output
	for _, name := range slices.Sorted(maps.Keys(b.Outputs)) {
		if o := b.Outputs[name]; o.Condition == "" || b.conditionValues[o.Condition] {
			out = append(out, o)
		}
	}
	return out
}
