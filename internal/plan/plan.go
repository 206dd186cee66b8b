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

// Action is what happens to one object.
type Action string

// The actions.
const (
	Create  Action = "create"
	Alter   Action = "alter"   // it changes and its rows stay where they are
	Replace Action = "replace" // it is dropped and created
	Drop    Action = "drop"
	Keep    Action = "keep" // it leaves the stack and stays in the database
	Nothing Action = "nothing"
)

// Change is what happens to one object, with the statements that do it.
type Change struct {
	Path       string            `json:"path"` // the construct's
	LogicalID  string            `json:"logicalId"`
	Object     string            `json:"object"` // such as view "public"."v"
	Action     Action            `json:"action"`
	Note       string            `json:"note,omitempty"`
	Statements []definition.Step `json:"-"`
}

// Rows says what becomes of the rows that are there: what the statements do to
// them beside keeping them, such as "moves, reads".
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

// Plan is what a deploy or a destroy does to the database, in CloudFormation's
// order: what is made and changed, each after what it needs, then what goes.
type Plan struct {
	Stack    string
	Deployed bool // whether there is a deployed stack to compare with
	Destroy  bool
	Changes  []Change
	// Problems is everything that will fail; then Changes is not whole.
	Problems ddl.Problems
}

// planner makes a Plan.
type planner struct {
	*Plan
	standIns standIns
	was, now []*object
	leaving  map[*object]string // what CloudFormation deletes in the end, with its policy
}

// deployTime stands in the names of tables for when a replacement begins.
var deployTime = time.Time{}

func newPlanner(name string, destroy bool) *planner {
	p := &planner{Plan: &Plan{Stack: name, Destroy: destroy}, leaving: map[*object]string{}}
	p.standIns.texts = []string{deployTime.Format("20060102t150405"), template.Placeholder("time")}
	return p
}

// Deploy plans the deploy of a stack. Nil deployed means that nothing is. The
// error says what template can't be read.
func Deploy(wanted Stack, deployed *Stack) (*Plan, error) {
	p := newPlanner(wanted.Name, false)
	if deployed != nil {
		wanted = wanted.over(*deployed)
	}
	now, err := read(wanted, "the new template")
	if err != nil {
		return nil, err
	}
	if deployed != nil {
		was, err := read(*deployed, "the deployed template")
		if err != nil {
			return nil, err
		}
		p.readDeployed(was)
		now.follow(was)
	}
	p.now, p.Problems = now.objects(&p.standIns)
	p.checkNames()
	for _, o := range p.now {
		p.lead(o)
	}
	for _, o := range p.was {
		if at(p.now, o.id) == nil {
			p.leaving[o] = policy(o.declared.DeletionPolicy)
		}
	}
	p.leave()
	return p.Plan, nil
}

// Destroy plans the removal of a deployed stack.
func Destroy(deployed Stack) (*Plan, error) {
	p := newPlanner(deployed.Name, true)
	was, err := read(deployed, "the deployed template")
	if err != nil {
		return nil, err
	}
	p.readDeployed(was)
	for _, o := range p.was {
		p.leaving[o] = policy(o.declared.DeletionPolicy)
	}
	p.leave()
	return p.Plan, nil
}

// readDeployed takes the objects of the resources that are there.
func (p *planner) readDeployed(was *stack) {
	p.Deployed = true
	p.was, p.Problems = was.objects(&p.standIns)
	p.was = slices.DeleteFunc(p.was, func(o *object) bool { return was.PhysicalIDs[o.id] == "" })
}

// at returns the object of a logical id, or nil.
func at(objects []*object, id string) *object {
	for _, o := range objects {
		if o.id == id {
			return o
		}
	}
	return nil
}

// checkNames notes objects that have one name.
func (p *planner) checkNames() {
	first := map[string]*object{}
	for _, o := range p.now {
		if len(o.problems) > 0 {
			continue
		}
		if other := first[o.PhysicalID()]; other != nil {
			p.refuse(o, fmt.Errorf("%s is also what %s makes; give one of them another name", o, other.path))
		} else {
			first[o.PhysicalID()] = o
		}
	}
}

func (p *planner) refuse(o *object, err error) {
	p.Problems = append(p.Problems, ddl.Problem{Path: o.path, Message: p.standIns.shown(err.Error())})
}

// Err returns the problems as an error, nil if there are none.
func (p *Plan) Err() error {
	if len(p.Problems) == 0 {
		return nil
	}
	return fmt.Errorf("this would fail:\n%w", p.Problems)
}
