package cloudformation

import (
	"fmt"
	"slices"

	"github.com/tributary-cdk/tributary/internal/cloudformation/template"
)

// publish evaluates the stack's outputs and exports. It returns why it can't,
// or "".
func (d *deployment) publish() string {
	outputs, err := d.target.bound.OutputValues(d.lookup(d.used))
	if err != nil {
		return err.Error()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if conflict := d.conflict(d.stack, outputs); conflict != "" {
		return conflict
	}
	d.stack.outputs, d.stack.imports = outputs, keys(d.used)
	return ""
}

// unchanged reports whether nothing that a stack publishes differs.
func unchanged(a, b []template.OutputValue) bool {
	return slices.EqualFunc(a, b, func(x, y template.OutputValue) bool {
		return x.Name == y.Name && x.Description == y.Description && x.Export == y.Export && template.Equal(x.Value, y.Value)
	})
}

// exported is a value that a stack exports.
type exported struct {
	name, stackID string
	value         any
}

// exports returns what the stacks that exist export, in order of names.
// Callers hold the lock.
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

// export returns the value of an export. Callers hold the lock.
func (s *Service) export(name string) (any, error) {
	for _, e := range s.exports() {
		if e.name == name {
			return e.value, nil
		}
	}
	return nil, refusef("No export named %s found.", name)
}

// importers returns the names of the stacks that use an export. Callers hold
// the lock.
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

// conflict returns why st can't have these outputs: another stack exports the
// same name, or uses an export which st would change or drop. Callers hold the
// lock.
func (s *Service) conflict(st *stack, outputs []template.OutputValue) string {
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
		if _, ours := values[e.name]; ours && e.stackID != st.id {
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

// importedBy returns a stack that uses one of the operation's stack's exports,
// and which; or nothing.
func (o operation) importedBy() (user, export string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, out := range o.stack.outputs {
		if users := o.importers(out.Export); out.Export != "" && len(users) > 0 {
			return users[0], out.Export
		}
	}
	return "", ""
}
