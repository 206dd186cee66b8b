package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/cloudformation/template"
	"github.com/tributary-cdk/tributary/internal/definition"
)

// Action is what happens to an object.
type Action string

// The actions.
const (
	Create  Action = "create"
	Alter   Action = "alter"   // the object changes, and its rows stay where they are
	Replace Action = "replace" // the object is dropped and created again
	Drop    Action = "drop"
	Keep    Action = "keep" // the object leaves the stack, and stays in the database
	Nothing Action = "nothing"
)

// Change is what happens to one object, with the statements that the function runs.
type Change struct {
	Path       string            `json:"path"` // the path of the construct
	LogicalID  string            `json:"logicalId"`
	Object     string            `json:"object"` // a description, such as view "public"."v"
	Action     Action            `json:"action"`
	Note       string            `json:"note,omitempty"`
	Statements []definition.Step `json:"-"`
}

// Rows returns what the statements do to existing rows, such as "moves, reads". It
// returns "keeps" if they leave all rows where they are.
func (c Change) Rows() string {
	var effects []string
	for _, s := range c.Statements {
		if e := string(s.Effect); e != "" && !slices.Contains(effects, e) {
			effects = append(effects, e)
		}
	}
	if len(effects) == 0 {
		return "keeps"
	}
	return strings.Join(effects, ", ")
}

// Plan is what a deploy or a destroy does to the database. Changes is in CloudFormation's
// order: first the objects that are created or changed, each after the objects that it
// needs, and then the objects that are removed.
type Plan struct {
	Stack    string
	Deployed bool // whether the stack is deployed
	Destroy  bool
	Changes  []Change
	// Problems are all reasons why the deploy will fail. If there are any, Changes is
	// incomplete.
	Problems ddl.Problems
}

// planner creates a Plan.
type planner struct {
	*Plan
	standIns standIns
	old, new []*object          // the objects of the deployed and of the new template
	removed  map[*object]string // the removal policies of the old objects that leave the stack
}

// deployTime is a stand-in for the time at which a replacement begins. The names of kept
// tables contain it.
var deployTime = time.Time{}

func newPlanner(name string, destroy bool) *planner {
	p := &planner{Plan: &Plan{Stack: name, Destroy: destroy}, removed: map[*object]string{}}
	p.standIns.texts = []string{deployTime.Format("20060102t150405"), template.Placeholder("time")}
	return p
}

// Deploy plans the deploy of a stack. deployed is nil if the stack is not deployed.
// Deploy returns an error if a template can't be read.
func Deploy(wanted Stack, deployed *Stack) (*Plan, error) {
	p := newPlanner(wanted.Name, false)
	if deployed != nil {
		wanted = wanted.over(*deployed)
	}
	newStack, err := read(wanted, "the new template")
	if err != nil {
		return nil, err
	}
	if deployed != nil {
		oldStack, err := read(*deployed, "the deployed template")
		if err != nil {
			return nil, err
		}
		p.readDeployed(oldStack)
		newStack.usePhysicalIDs(oldStack)
	}
	p.new, p.Problems = newStack.objects(&p.standIns)
	p.checkNames()
	for _, o := range p.new {
		p.planObject(o)
	}
	for _, o := range p.old {
		if byID(p.new, o.id) == nil {
			p.removed[o] = policyOf(o.declared.DeletionPolicy)
		}
	}
	p.planRemoved()
	return p.Plan, nil
}

// Destroy plans the removal of a deployed stack.
func Destroy(deployed Stack) (*Plan, error) {
	p := newPlanner(deployed.Name, true)
	oldStack, err := read(deployed, "the deployed template")
	if err != nil {
		return nil, err
	}
	p.readDeployed(oldStack)
	for _, o := range p.old {
		p.removed[o] = policyOf(o.declared.DeletionPolicy)
	}
	p.planRemoved()
	return p.Plan, nil
}

// readDeployed sets p.old to the objects whose resources exist.
func (p *planner) readDeployed(deployed *stack) {
	p.Deployed = true
	p.old, p.Problems = deployed.objects(&p.standIns)
	p.old = slices.DeleteFunc(p.old, func(o *object) bool { return deployed.PhysicalIDs[o.id] == "" })
}

// byID returns the object with the logical id, or nil.
func byID(objects []*object, id string) *object {
	for _, o := range objects {
		if o.id == id {
			return o
		}
	}
	return nil
}

// checkNames adds a problem for each object that has the same name as another.
func (p *planner) checkNames() {
	first := map[string]*object{}
	for _, o := range p.new {
		if len(o.problems) > 0 {
			continue
		}
		if other := first[o.PhysicalID()]; other != nil {
			p.refuse(o, fmt.Errorf("%s is also created by %s; give one of them another name", o, other.path))
		} else {
			first[o.PhysicalID()] = o
		}
	}
}

// refuse adds a problem: the plan would fail because of the object.
func (p *planner) refuse(o *object, err error) {
	p.Problems = append(p.Problems, ddl.Problem{Path: o.path, Message: p.standIns.shown(err.Error())})
}

// Err returns the problems as an error; nil if there are none.
func (p *Plan) Err() error {
	if len(p.Problems) == 0 {
		return nil
	}
	return fmt.Errorf("the %s would fail:\n%w", p.operation(), p.Problems)
}
