package plan

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/tributary-cdk/tributary/internal/definition"
)

// lead plans how an object becomes what the new template declares.
func (p *planner) lead(o *object) {
	old := at(p.was, o.id)
	switch {
	case len(o.problems) > 0:
		p.Problems = append(p.Problems, o.problems...)
	case old == nil:
		p.create(o)
	case old.declared.Type != o.declared.Type:
		p.refuse(o, fmt.Errorf("its type changes from %s to %s, which CloudFormation refuses; give the construct another id", old.declared.Type, o.declared.Type))
	case reflect.DeepEqual(old.raw, o.raw):
		p.add(o, Nothing, "", nil)
	case len(old.problems) > 0:
		for _, problem := range old.problems {
			p.refuse(o, fmt.Errorf("what is deployed can't be read by this version of Tributary: %s", problem.Message))
		}
	case old.PhysicalID() != o.PhysicalID():
		p.leaving[old] = policy(o.declared.UpdateReplacePolicy)
		p.create(o)
	default:
		p.update(old, o)
	}
}

// create plans a new object. One that the stack has already, under another
// construct, is handed over.
func (p *planner) create(o *object) {
	for _, old := range p.was {
		if old.id == o.id || len(old.problems) > 0 || old.PhysicalID() != o.PhysicalID() {
			continue
		}
		if !old.same(o) {
			p.refuse(o, fmt.Errorf("%s moves from %s and changes its definition at once; deploy the move first, then the change", o, old.path))
			return
		}
		p.add(o, Nothing, "moves here from "+old.path, nil)
		return
	}
	p.add(o, Create, o.means(), statements(o.Create()))
}

// means says how the object comes and goes, if not by SQL.
func (o *object) means() string {
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
		p.add(o, Alter, o.means(), nil)
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

// leave plans what becomes of the objects that leave the stack, each before what
// it needs. The function drops none that another construct has taken over.
func (p *planner) leave() {
	for _, o := range slices.Backward(p.was) {
		how, leaves := p.leaving[o]
		taken := slices.ContainsFunc(p.now, func(n *object) bool { return len(n.problems) == 0 && n.PhysicalID() == o.PhysicalID() })
		switch {
		case !leaves || taken || o.Definition == nil:
		case how == "Delete":
			p.checkDrop(o)
			p.add(o, Drop, o.means(), statements(o.Drop()))
		case o.holdsRows():
			p.add(o, Keep, "stays in the database, with its rows; no stack looks after it any more", nil)
		default:
			p.add(o, Keep, "stays in the database; no stack looks after it any more", nil)
		}
	}
}

// checkDrop notes what would keep an object from being dropped.
func (p *planner) checkDrop(o *object) {
	if o.byAPI() {
		return
	}
	stays := func(d *object) bool {
		if how, leaves := p.leaving[d]; leaves {
			return how != "Delete"
		}
		now := at(p.now, d.id)
		return now != nil && now.Definition != nil && now.Needs() == o.Object()
	}
	for _, name := range p.dependents(o, stays) {
		p.refuse(o, fmt.Errorf("%s can't be dropped while %s stays, which depends on it; keep both, or neither", o.Object(), strings.Join(name, ".")))
	}
}

// dependents returns schema and name of the deployed views which depend on o and
// which stays picks.
func (p *planner) dependents(o *object, stays func(*object) bool) [][]string {
	var names [][]string
	for _, d := range p.was {
		if d.Definition != nil && d.Needs() == o.Object() && d.Target == o.Target && stays(d) {
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

// shown returns statements as people read them.
func (p *planner) shown(statements []definition.Step) []definition.Step {
	out := slices.Clone(statements)
	for i := range out {
		out[i].SQL = p.standIns.shown(out[i].SQL)
		out[i].Instead = p.shown(out[i].Instead)
	}
	return out
}
