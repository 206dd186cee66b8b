package plan

import (
	"errors"
	"slices"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/cloudformation/template"
	"github.com/tributary-cdk/tributary/internal/contract"
	"github.com/tributary-cdk/tributary/internal/definition"
)

// isOurs reports whether the resource type is one of Tributary's custom resources.
func isOurs(resourceType string) bool { return slices.Contains(contract.Types(), resourceType) }

// object is an object that a custom resource defines, as a template declares it.
type object struct {
	definition.Resource
	declared *template.Resource
	id, path string
	raw      any          // the evaluated properties
	problems ddl.Problems // the problems of the declaration; if there are any, only the object's name can be used
}

// object returns the object of a resource. It reads the properties as the function does.
func (s *stack) object(id string, standIns *standIns) *object {
	properties, _ := s.bound.Properties(id, s.lookup()) // a lenient template returns no errors
	evaluated := template.Stringify(properties)
	o := &object{declared: s.bound.Resources[id], id: id, path: s.path(id), raw: evaluated}
	withStandIns, _ := standIns.in("", evaluated).(map[string]any) // properties are a JSON object
	var err error
	o.Resource, err = definition.Read(o.declared.Type, withStandIns)
	var found ddl.Problems
	if errors.As(err, &found) {
		for _, p := range found {
			shown := standIns.shown(p.String())
			if shown != p.String() && o.Definition != nil && o.byAPI() {
				continue // the value is known, and checked, during the deploy
			}
			o.problems = append(o.problems, ddl.Problem{Path: o.path, Message: shown})
		}
	}
	return o
}

// byAPI reports whether the object is created by calls of an AWS API, and not by SQL.
func (o *object) byAPI() bool { return o.Create()[0].Call != "" }

// same reports whether both objects have the same definition.
func (o *object) same(other *object) bool {
	if o.declared.Type != other.declared.Type {
		return false
	}
	steps, err := o.update(other)
	return err == nil && len(steps) == 0
}

// update returns the statements that change old, which has the same type, into o.
func (o *object) update(old *object) ([]definition.Step, error) {
	steps, err := o.Replace(old.Definition, deployTime)
	return statements(steps), err
}

// statements returns the steps that are SQL statements.
func statements(steps []definition.Step) []definition.Step {
	return slices.DeleteFunc(steps, func(s definition.Step) bool { return s.Call != "" })
}

// hasRows reports whether the object is a streaming view.
func (o *object) hasRows() bool {
	return slices.ContainsFunc(o.Drop(), func(s definition.Step) bool { return s.Effect == definition.DropsRows })
}
