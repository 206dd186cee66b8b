package plan

import (
	"errors"
	"slices"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/cloudformation/template"
	"github.com/tributary-cdk/tributary/internal/contract"
	"github.com/tributary-cdk/tributary/internal/definition"
)

// isOurs reports whether the function answers for resources of the type.
func isOurs(resourceType string) bool { return slices.Contains(contract.Types(), resourceType) }

// object is what a custom resource defines, as a template declares it.
type object struct {
	definition.Resource
	declared *template.Resource
	id, path string
	raw      any          // the properties, evaluated
	problems ddl.Problems // what is wrong with the definition; then it has no more than a name
}

// object returns a resource's object. It reads the properties as the function
// does.
func (s *stack) object(id string, standIns *standIns) *object {
	properties, _ := s.bound.Properties(id, s.lookup()) // what is lenient has no error
	evaluated := template.Stringify(properties)
	o := &object{declared: s.bound.Resources[id], id: id, path: s.path(id), raw: evaluated}
	withStandIns, _ := standIns.in("", evaluated).(map[string]any) // it is an object
	var err error
	o.Resource, err = definition.Read(o.declared.Type, withStandIns)
	var found ddl.Problems
	if errors.As(err, &found) {
		for _, p := range found {
			shown := standIns.shown(p.String())
			if shown != p.String() && o.Definition != nil && o.byAPI() {
				continue // what an AWS API takes is checked at deploy, when the value is known
			}
			o.problems = append(o.problems, ddl.Problem{Path: o.path, Message: shown})
		}
	}
	return o
}

// byAPI reports whether calls of an AWS API make the object, and not SQL.
func (o *object) byAPI() bool { return o.Create()[0].Call != "" }

// same reports whether both objects are made from the same definition.
func (o *object) same(other *object) bool {
	if o.declared.Type != other.declared.Type {
		return false
	}
	steps, err := o.update(other)
	return err == nil && len(steps) == 0
}

// update returns the statements that lead from old, of the same type.
func (o *object) update(old *object) ([]definition.Step, error) {
	steps, err := o.Replace(old.Definition, deployTime)
	return statements(steps), err
}

// statements returns the steps that are SQL.
func statements(steps []definition.Step) []definition.Step {
	return slices.DeleteFunc(steps, func(s definition.Step) bool { return s.Call != "" })
}

// holdsRows reports whether the object is a streaming view.
func (o *object) holdsRows() bool {
	return slices.ContainsFunc(o.Drop(), func(s definition.Step) bool { return s.Effect == definition.DropsRows })
}
