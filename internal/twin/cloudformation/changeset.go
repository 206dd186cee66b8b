package cloudformation

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tributary-cdk/tributary/internal/cloudformation/template"
	"github.com/tributary-cdk/tributary/internal/partition"
	"github.com/tributary-cdk/tributary/internal/twin/depth"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// noChanges is why a change set without changes fails. The CDK CLI knows it by
// its words.
const noChanges = "The submitted information didn't contain changes. Submit different information to create a change set."

// changeSet is a change of a stack, ready to be executed.
type changeSet struct {
	name, id, kind string // kind: CREATE or UPDATE
	description    string
	status, reason string
	execution      string // its execution status
	created        time.Time
	target         configuration
	changes        []resourceChange
}

// request holds what CreateChangeSet, CreateStack and UpdateStack have in
// common.
type request struct {
	stackName    string
	body         string
	previous     bool // use the template that the stack has
	parameters   []parameterValue
	tags         []tag
	tagged       bool // false: the stack's tags stay
	capabilities []string
	roleARN      string
}

// parameterValue is a parameter as a caller gives it.
type parameterValue struct {
	key, value string
	previous   bool // the value that the stack has
}

// configure turns a request into what the stack is to be, all checked. Callers
// hold the lock.
func (s *Service) configure(st *stack, r request) (configuration, error) {
	body := r.body
	if r.previous {
		body = st.body
	}
	t, err := s.parse(body)
	if err != nil {
		return configuration{}, err
	}
	if needed, _ := capabilities(t); !allowed(needed, r.capabilities) {
		return configuration{}, wire.Errorf("InsufficientCapabilitiesException", "Requires capabilities : %s", bracketed(needed))
	}
	given, err := st.values(r.parameters)
	if err != nil {
		return configuration{}, err
	}
	bound, err := t.Bind(given, s.environment(st))
	if err != nil {
		return configuration{}, validation("%v", err)
	}
	out := configuration{body: body, bound: bound, tags: r.tags, capabilities: r.capabilities, roleARN: r.roleARN}
	if !r.tagged {
		out.tags = st.tags
	}
	out.roleARN = cmp.Or(out.roleARN, st.roleARN)
	return out, nil
}

// parse reads a template and checks that the service can make what it asks
// for.
func (s *Service) parse(body string) (*template.Template, error) {
	var problems []string
	t, err := read([]byte(body))
	var refused *template.Error
	switch {
	case errors.As(err, &refused):
		problems = refused.Problems
	case err != nil:
		return nil, err
	}
	if t != nil {
		problems = append(problems, s.types.check(t)...)
	}
	if t != nil && s.resolveReference == nil {
		for _, text := range t.DynamicReferences() {
			problems = append(problems, "the local twin resolves no dynamic references: "+text)
		}
	}
	if len(problems) > 0 {
		return nil, validation("%s", strings.Join(problems, "; "))
	}
	return t, nil
}

// read reads a template in JSON that nests no deeper than the twin allows.
func read(body []byte) (*template.Template, error) {
	body = bytes.TrimSpace(body)
	if !bytes.HasPrefix(body, []byte("{")) {
		return nil, &template.Error{Problems: []string{"Template format error: a JSON object is wanted; YAML is not supported by the local twin"}}
	}
	if err := depth.JSON(body); err != nil {
		return nil, &template.Error{Problems: []string{fmt.Sprintf("Template format error: %v", err)}}
	}
	return template.Parse(body)
}

// values returns the parameters given, those of the stack where asked for.
func (st *stack) values(given []parameterValue) (map[string]string, error) {
	had := map[string]string{}
	if st.bound != nil {
		for _, v := range st.bound.Values {
			had[v.Name] = v.Given
		}
	}
	out := map[string]string{}
	var missing []string
	for _, p := range given {
		value := p.value
		if p.previous {
			before, ok := had[p.key]
			if !ok {
				missing = append(missing, p.key)
				continue
			}
			value = before
		}
		out[p.key] = value
	}
	if len(missing) > 0 {
		return nil, validation("Invalid input for parameter key %s. Cannot specify usePreviousValue as true for a parameter key not in the previous template",
			strings.Join(missing, ", "))
	}
	return out, nil
}

// environment returns where st lives.
func (s *Service) environment(st *stack) template.Environment {
	return template.Environment{
		Region: s.region, Account: s.account, Partition: partition.Of(s.region), StackID: st.id, StackName: st.name,
		AvailabilityZones: s.zones, SSMParameter: s.parameter,
	}
}

// plan foretells what target would change of st. Callers hold the lock.
func (s *Service) plan(st *stack, target configuration) ([]resourceChange, error) {
	if ids := st.retyped(target.bound); len(ids) > 0 {
		return nil, refusef("Update of resource type is not permitted. The new template modifies resource type of the following resources: %s", bracketed(ids))
	}
	p := &planner{
		types: s.types, target: target.bound, before: st.bound, was: st.resources, imports: s.export, uncertain: map[string]uncertainty{},
	}
	changes, outputs, err := p.changes()
	if err != nil {
		return nil, err
	}
	if len(changes) == 0 && st.bound != nil && unchanged(st.outputs, outputs) && slices.Equal(st.tags, target.tags) {
		return nil, refusal(noChanges)
	}
	return changes, nil
}

// retyped returns the resources whose type the template changes.
func (st *stack) retyped(target *template.Bound) []string {
	var out []string
	for _, id := range keys(st.resources) {
		if target.Has(id) && target.Resources[id].Type != st.resources[id].typeName {
			out = append(out, id)
		}
	}
	return out
}

// createChangeSet makes a change set of st. What can't be planned makes it
// fail. Callers hold the lock.
func (s *Service) createChangeSet(st *stack, name, kind, description string, target configuration) *changeSet {
	c := &changeSet{
		name: name, id: s.arn("changeSet", name), kind: kind, description: description,
		status: createComplete, execution: "AVAILABLE", created: s.clock().UTC().Truncate(time.Millisecond), target: target,
	}
	var err error
	if c.changes, err = s.plan(st, target); err != nil {
		c.status, c.reason, c.execution = "FAILED", err.Error(), "UNAVAILABLE"
	}
	st.changeSets[name] = c
	return c
}

// executeChangeSet deploys a change set. The stack's other change sets are
// gone with that. Callers hold the lock.
func (s *Service) executeChangeSet(st *stack, c *changeSet, token string) error {
	if c.execution != "AVAILABLE" {
		return wire.Errorf("InvalidChangeSetStatus", "ChangeSet %s cannot be executed in its current execution status of %s", bracketed([]string{c.id}), c.execution)
	}
	isNew := st.status == reviewInProgress
	if !isNew && !st.updatable() {
		return st.notUpdatable()
	}
	maps.DeleteFunc(st.changeSets, func(name string, _ *changeSet) bool { return name != c.name })
	c.execution, st.changeSetID = "EXECUTE_COMPLETE", c.id
	s.startDeployment(st, c.target, token, isNew)
	return nil
}

// notUpdatable refuses an update in the stack's status.
func (st *stack) notUpdatable() error {
	return validation("Stack:%s is in %s state and can not be updated.", st.id, st.status)
}
