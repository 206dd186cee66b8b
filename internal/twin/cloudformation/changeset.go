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

// noChanges is the status reason of a change set without changes. The CDK CLI depends
// on this exact text.
const noChanges = "The submitted information didn't contain changes. Submit different information to create a change set."

// changeSet is a change set of a stack.
type changeSet struct {
	name, id, kind string // kind is CREATE or UPDATE
	description    string
	status, reason string
	execution      string // the execution status
	created        time.Time
	target         configuration
	changes        []resourceChange
}

// request contains the parameters that CreateChangeSet, CreateStack and UpdateStack
// have in common.
type request struct {
	stackName    string
	body         string
	usePrevious  bool // use the stack's current template
	parameters   []parameterValue
	tags         []tag
	setsTags     bool // if false, the stack keeps its tags
	capabilities []string
	roleARN      string
}

// parameterValue is a template parameter in a request.
type parameterValue struct {
	key, value  string
	usePrevious bool // use the stack's current value
}

// configure checks a request and returns the new configuration of the stack. The caller
// must hold s.mu.
func (s *Service) configure(st *stack, r request) (configuration, error) {
	body := r.body
	if r.usePrevious {
		body = st.body
	}
	t, err := s.parse(body)
	if err != nil {
		return configuration{}, err
	}
	if needed, _ := capabilities(t); !capabilitiesCover(needed, r.capabilities) {
		return configuration{}, wire.Errorf("InsufficientCapabilitiesException", "Requires capabilities : %s", bracketed(needed))
	}
	given, err := st.values(r.parameters)
	if err != nil {
		return configuration{}, err
	}
	bound, err := t.Bind(given, s.environment(st))
	if err != nil {
		return configuration{}, validationError("%v", err)
	}
	out := configuration{body: body, bound: bound, tags: r.tags, capabilities: r.capabilities, roleARN: r.roleARN}
	if !r.setsTags {
		out.tags = st.tags
	}
	out.roleARN = cmp.Or(out.roleARN, st.roleARN)
	return out, nil
}

// parse parses a template and checks that the service supports it. The error contains
// all problems of the template.
func (s *Service) parse(body string) (*template.Template, error) {
	var problems []string
	t, err := parseJSON([]byte(body))
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
			problems = append(problems, "the local twin does not resolve dynamic references: "+text)
		}
	}
	if len(problems) > 0 {
		return nil, validationError("%s", strings.Join(problems, "; "))
	}
	return t, nil
}

// parseJSON parses a template in JSON. It returns an error if the JSON is nested more
// deeply than the twin allows.
func parseJSON(body []byte) (*template.Template, error) {
	body = bytes.TrimSpace(body)
	if !bytes.HasPrefix(body, []byte("{")) {
		return nil, &template.Error{Problems: []string{"Template format error: not a JSON object; the local twin does not support YAML"}}
	}
	if err := depth.JSON(body); err != nil {
		return nil, &template.Error{Problems: []string{fmt.Sprintf("Template format error: %v", err)}}
	}
	return template.Parse(body)
}

// values returns the values of the given parameters. For a parameter with usePrevious,
// it returns the stack's current value.
func (st *stack) values(given []parameterValue) (map[string]string, error) {
	current := map[string]string{}
	if st.bound != nil {
		for _, v := range st.bound.Values {
			current[v.Name] = v.Given
		}
	}
	out := map[string]string{}
	var missing []string
	for _, p := range given {
		value := p.value
		if p.usePrevious {
			before, ok := current[p.key]
			if !ok {
				missing = append(missing, p.key)
				continue
			}
			value = before
		}
		out[p.key] = value
	}
	if len(missing) > 0 {
		return nil, validationError("Invalid input for parameter key %s. Cannot specify usePreviousValue as true for a parameter key not in the previous template",
			strings.Join(missing, ", "))
	}
	return out, nil
}

// environment returns the values of the pseudo parameters, such as AWS::Region, and the
// functions with which the template of st reads zones and SSM parameters.
func (s *Service) environment(st *stack) template.Environment {
	return template.Environment{
		Region: s.region, Account: s.account, Partition: partition.Of(s.region), StackID: st.id, StackName: st.name,
		AvailabilityZones: s.zones, SSMParameter: s.parameter,
	}
}

// plan returns the changes that the configuration target would make to st. It returns
// the error noChanges if there are none. The caller must hold s.mu.
func (s *Service) plan(st *stack, target configuration) ([]resourceChange, error) {
	if ids := st.changedTypes(target.bound); len(ids) > 0 {
		return nil, refusef("Update of resource type is not permitted. The new template modifies resource type of the following resources: %s", bracketed(ids))
	}
	p := &planner{
		types: s.types, target: target.bound, before: st.bound, existing: st.resources, imports: s.exportValue, uncertain: map[string]uncertainty{},
	}
	changes, outputs, err := p.changes()
	if err != nil {
		return nil, err
	}
	if len(changes) == 0 && st.bound != nil && equalOutputs(st.outputs, outputs) && slices.Equal(st.tags, target.tags) {
		return nil, refusal(noChanges)
	}
	return changes, nil
}

// changedTypes returns the logical ids of the resources whose type the template changes.
func (st *stack) changedTypes(target *template.Bound) []string {
	var out []string
	for _, id := range keys(st.resources) {
		if target.Has(id) && target.Resources[id].Type != st.resources[id].typeName {
			out = append(out, id)
		}
	}
	return out
}

// createChangeSet adds a change set to st. If the changes can't be planned, the change
// set has the status FAILED. The caller must hold s.mu.
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

// executeChangeSet starts to deploy a change set and deletes the stack's other change
// sets. The caller must hold s.mu.
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

// notUpdatable returns the error for an update that the stack's status does not allow.
func (st *stack) notUpdatable() error {
	return validationError("Stack:%s is in %s state and can not be updated.", st.id, st.status)
}
