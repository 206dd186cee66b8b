package plan

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/tributary-cdk/tributary/internal/definition"
)

// planObject plans the change of an object of the new template.
func (p *planner) planObject(o *object) {
	old := byID(p.old, o.id)
	switch {
	case len(o.problems) > 0:
		p.Problems = append(p.Problems, o.problems...)
	case old == nil:
		p.create(o)
	case old.declared.Type != o.declared.Type:
		p.refuse(o, fmt.Errorf("the resource's type changes from %s to %s, which CloudFormation refuses; give the construct another id", old.declared.Type, o.declared.Type))
	case reflect.DeepEqual(old.raw, o.raw):
		p.add(o, Nothing, "", nil)
	case len(old.problems) > 0:
		for _, problem := range old.problems {
			p.refuse(o, fmt.Errorf("this version of Tributary can't read the deployed properties: %s", problem.Message))
		}
	case old.PhysicalID() != o.PhysicalID():
		p.removed[old] = policyOf(o.declared.UpdateReplacePolicy)
		p.create(o)
	default:
		p.update(old, o)
	}
}

// create plans a new object. If another construct of the stack had the object before, the
// object is handed over.
func (p *planner) create(o *object) {
	for _, old := range p.old {
		if old.id == o.id || len(old.problems) > 0 || old.PhysicalID() != o.PhysicalID() {
			continue
		}
		if !old.same(o) {
			p.refuse(o, fmt.Errorf("%s moves from %s and also changes its definition; deploy the move first, and then the change", o, old.path))
			return
		}
		p.add(o, Nothing, "moves here from "+old.path, nil)
		return
	}
	p.add(o, Create, o.note(), statements(o.Create()))
}

// note returns the note for an object that is created and removed without SQL.
func (o *object) note() string {
	if o.byAPI() {
		return "by Redshift's API, without SQL"
	}
	return ""
}

func (p *planner) update(old, o *object) {
	steps, err := o.update(old)
	drops := func(s definition.Step) bool { return s.Name == definition.StepDrop }
	switch {
	case err != nil:
		p.refuse(o, err)
	case o.byAPI():
		p.add(o, Alter, o.note(), nil)
	case len(steps) == 0:
		p.add(o, Nothing, "", nil)
	case slices.ContainsFunc(steps, drops):
		if err := definition.CheckDependents(o.Object(), p.dependents(old, func(*object) bool { return true })); err != nil {
			p.refuse(o, err)
		}
		p.add(o, Replace, "", steps)
	default:
		p.add(o, Alter, "", steps)
	}
}

// planRemoved plans the removal of the objects that leave the stack. An object is removed
// before the objects that it needs. The function does not drop an object that another
// construct has taken over.
func (p *planner) planRemoved() {
	for _, o := range slices.Backward(p.old) {
		policy, removed := p.removed[o]
		takenOver := slices.ContainsFunc(p.new, func(n *object) bool { return len(n.problems) == 0 && n.PhysicalID() == o.PhysicalID() })
		switch {
		case !removed || takenOver || o.Definition == nil:
		case policy == "Delete":
			p.checkDrop(o)
			p.add(o, Drop, o.note(), statements(o.Drop()))
		case o.hasRows():
			p.add(o, Keep, "stays in the database, with its rows, and belongs to no stack", nil)
		default:
			p.add(o, Keep, "stays in the database, and belongs to no stack", nil)
		}
	}
}

// checkDrop adds a problem for each view that would prevent the object from being dropped.
func (p *planner) checkDrop(o *object) {
	if o.byAPI() {
		return
	}
	stays := func(d *object) bool {
		if policy, removed := p.removed[d]; removed {
			return policy != "Delete"
		}
		n := byID(p.new, d.id)
		return n != nil && n.Definition != nil && n.Needs() == o.Object()
	}
	for _, name := range p.dependents(o, stays) {
		p.refuse(o, fmt.Errorf("%s can't be dropped, because %s depends on it and stays; keep both, or drop both", o.Object(), strings.Join(name, ".")))
	}
}

// dependents returns the schema and the name of each deployed view that depends on o, and
// for which include returns true.
func (p *planner) dependents(o *object, include func(*object) bool) [][]string {
	var names [][]string
	for _, d := range p.old {
		if d.Definition != nil && d.Needs() == o.Object() && d.Target == o.Target && include(d) {
			names = append(names, []string{d.Object().Schema.Name(), d.Object().Name.Name()})
		}
	}
	return names
}

func (p *planner) add(o *object, action Action, note string, statements []definition.Step) {
	p.Changes = append(p.Changes, Change{
		Path: o.path, LogicalID: o.id, Object: p.standIns.shown(o.String()), Action: action, Note: note,
		Statements: p.shown(statements),
	})
}

// shown returns the statements with placeholders instead of stand-ins.
func (p *planner) shown(statements []definition.Step) []definition.Step {
	out := slices.Clone(statements)
	for i := range out {
		out[i].SQL = p.standIns.shown(out[i].SQL)
		out[i].Instead = p.shown(out[i].Instead)
	}
	return out
}
