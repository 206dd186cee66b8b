package cloudformation

import (
	"fmt"
	"slices"

	"github.com/tributary-cdk/tributary/internal/cloudformation/template"
)

// setOutputs evaluates the stack's outputs and exports, and stores them in the stack. It
// returns the reason if that fails, else "".
func (d *deployment) setOutputs() string {
	outputs, err := d.target.bound.OutputValues(d.lookup(d.used))
	if err != nil {
		return err.Error()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if conflict := d.exportConflict(d.stack, outputs); conflict != "" {
		return conflict
	}
	d.stack.outputs, d.stack.imports = outputs, keys(d.used)
	return ""
}

// equalOutputs reports whether a and b are equal.
func equalOutputs(a, b []template.OutputValue) bool {
	return slices.EqualFunc(a, b, func(x, y template.OutputValue) bool {
		return x.Name == y.Name && x.Description == y.Description && x.Export == y.Export && template.Equal(x.Value, y.Value)
	})
}

// exported is a value that a stack exports.
type exported struct {
	name, stackID string
	value         any
}

// exports returns the exports of all stacks, sorted by name. The caller must hold s.mu.
func (s *Service) exports() []exported {
	var out []exported
	for _, st := range s.stacks {
		for _, o := range st.outputs {
			if o.Export != "" {
				out = append(out, exported{o.Export, st.id, o.Value})
			}
		}
	}
	slices.SortFunc(out, func(a, b exported) int {
		if a.name < b.name {
			return -1
		}
		return 1
	})
	return out
}

// exportValue returns the value of an export. The caller must hold s.mu.
func (s *Service) exportValue(name string) (any, error) {
	for _, e := range s.exports() {
		if e.name == name {
			return e.value, nil
		}
	}
	return nil, refusef("No export named %s found.", name)
}

// importers returns the names of the stacks that import an export. The caller must hold
// s.mu.
func (s *Service) importers(export string) []string {
	var out []string
	for _, st := range s.stacks {
		if slices.Contains(st.imports, export) {
			out = append(out, st.name)
		}
	}
	slices.Sort(out)
	return out
}

// exportConflict returns the reason why st can't have these outputs, or "". The outputs
// conflict if two of them export the same name, if another stack exports the same name,
// or if another stack imports an export that st would change or remove. The caller must
// hold s.mu.
func (s *Service) exportConflict(st *stack, outputs []template.OutputValue) string {
	values := map[string]any{}
	for _, o := range outputs {
		if o.Export == "" {
			continue
		}
		if _, twice := values[o.Export]; twice {
			return fmt.Sprintf("Duplicate Export names. More than one output exports %s", o.Export)
		}
		values[o.Export] = o.Value
	}
	for _, e := range s.exports() {
		if _, exists := values[e.name]; exists && e.stackID != st.id {
			return fmt.Sprintf("Export with name %s is already exported by stack %s.", e.name, e.stackID)
		}
		if e.stackID != st.id || template.Equal(values[e.name], e.value) {
			continue
		}
		if users := s.importers(e.name); len(users) > 0 {
			return fmt.Sprintf("Export %s cannot be updated as it is in use by %s", e.name, users[0])
		}
	}
	return ""
}

// importedExport returns the name of a stack that imports an export of o.stack, and the
// name of the export. It returns "" and "" if there is none.
func (o operation) importedExport() (user, export string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, out := range o.stack.outputs {
		if users := o.importers(out.Export); out.Export != "" && len(users) > 0 {
			return users[0], out.Export
		}
	}
	return "", ""
}
