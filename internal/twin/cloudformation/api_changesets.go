package cloudformation

import (
	"cmp"
	"context"
	"net/http"
	"regexp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"github.com/tributary-cdk/tributary/internal/cloudformation/template"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// createChangeSetAction implements CreateChangeSet.
func (s *Service) createChangeSetAction(ctx context.Context, f form) (any, error) {
	r, err := s.readRequest(ctx, f)
	if err != nil {
		return nil, err
	}
	name, kind := f.get("ChangeSetName"), cmp.Or(f.get("ChangeSetType"), "UPDATE")
	if !regexp.MustCompile(`^[a-zA-Z][-a-zA-Z0-9]{0,127}$`).MatchString(name) {
		return nil, validationError("1 validation error detected: Value '%s' at 'changeSetName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*", name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	st, err := s.stackForChangeSet(r.stackName, name, kind)
	if err != nil {
		return nil, err
	}
	// An executed or failed change set of the same name is overwritten. The CDK CLI
	// deletes its old change set first. The AWS CLI uses the current second as the
	// name, and the twin can execute several change sets within one second.
	if c := st.changeSets[name]; c != nil && c.execution == "AVAILABLE" {
		return nil, wire.Errorf("AlreadyExistsException", "ChangeSet %s already exists", name)
	}
	isNew := st.status == ""
	target, err := s.configure(st, r)
	if err != nil {
		if isNew {
			s.stacks = slices.DeleteFunc(s.stacks, func(x *stack) bool { return x == st })
		}
		return nil, err
	}
	if isNew {
		s.newOperation(st, "").setStackStatusLocked(reviewInProgress, "User Initiated")
	}
	c := s.createChangeSet(st, name, kind, f.get("Description"), target)
	return struct {
		ID      string `xml:"Id"`
		StackID string `xml:"StackId"`
	}{c.id, st.id}, nil
}

// stackForChangeSet returns the stack for a new change set of the given kind, CREATE
// or UPDATE. If the stack does not exist, it returns a new one with an empty status.
// The caller must hold s.mu.
func (s *Service) stackForChangeSet(stackName, name, kind string) (*stack, error) {
	st := s.findStack(stackName)
	exists := st != nil && st.status != reviewInProgress
	switch {
	case kind != "CREATE" && kind != "UPDATE":
		return nil, validationError("the local twin's CreateChangeSet does not support ChangeSetType %s", kind)
	case kind == "CREATE" && exists:
		return nil, wire.Errorf("AlreadyExistsException", "Stack [%s] already exists and cannot be created again with the changeSet [%s].", stackName, name)
	case kind == "UPDATE" && !exists:
		return nil, validationError("Stack [%s] does not exist", stackName)
	case kind == "UPDATE" && !st.updatable():
		return nil, st.notUpdatable()
	case st != nil:
		return st, nil
	}
	if err := checkStackName(stackName); err != nil {
		return nil, err
	}
	return s.addStack(stackName), nil
}

// checkStackName returns an error if name is not a valid stack name.
func checkStackName(name string) error {
	if regexp.MustCompile(`^[a-zA-Z][-a-zA-Z0-9]{0,127}$`).MatchString(name) {
		return nil
	}
	return validationError("1 validation error detected: Value '%s' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*", name)
}

// findChangeSet returns the change set that a request names, either by the change
// set's ARN or by its name and the stack's name. The caller must hold s.mu.
func (s *Service) findChangeSet(f form) (*stack, *changeSet, error) {
	name, stackName := f.get("ChangeSetName"), f.get("StackName")
	byARN := arn.IsARN(name)
	if !byARN && stackName == "" {
		return nil, nil, validationError("StackName must be specified if ChangeSetName is not specified as an ARN.")
	}
	if stackName != "" && s.findStack(stackName) == nil {
		return nil, nil, validationError("Stack [%s] does not exist", stackName)
	}
	for _, st := range s.stacks {
		if stackName != "" && st != s.findStack(stackName) {
			continue
		}
		for _, c := range st.changeSets {
			if c.id == name || c.name == name {
				return st, c, nil
			}
		}
	}
	return nil, nil, &wire.Error{Status: http.StatusNotFound, Code: "ChangeSetNotFound", Message: "ChangeSet [" + name + "] does not exist"}
}

// describeChangeSet implements DescribeChangeSet.
func (s *Service) describeChangeSet(_ context.Context, f form) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st, c, err := s.findChangeSet(f)
	if err != nil {
		return nil, err
	}
	type change struct {
		Type           string
		ResourceChange resourceChange
	}
	var changes []change
	for _, r := range c.changes {
		changes = append(changes, change{"Resource", r.withValues(f.isTrue("IncludePropertyValues"))})
	}
	return struct {
		changeSetSummary
		Parameters   members[parameterElement]
		Capabilities members[string]
		Tags         members[tag]
		Changes      members[change]
	}{
		c.summary(st), membersOf(parametersOf(c.target.bound)), membersOf(c.target.capabilities), membersOf(c.target.tags), membersOf(changes),
	}, nil
}

// withValues returns r. If wanted is false, it removes the property values.
func (r resourceChange) withValues(wanted bool) resourceChange {
	if wanted {
		return r
	}
	r.BeforeContext, r.AfterContext = "", ""
	r.Details.Member = slices.Clone(r.Details.Member)
	for i := range r.Details.Member {
		r.Details.Member[i].Target.BeforeValue, r.Details.Member[i].Target.AfterValue = "", ""
	}
	return r
}

// changeSetSummary is a change set in the response of ListChangeSets and
// DescribeChangeSet.
type changeSetSummary struct {
	ChangeSetName   string
	ChangeSetID     string `xml:"ChangeSetId"`
	StackID         string `xml:"StackId"`
	StackName       string
	Description     string `xml:",omitempty"`
	CreationTime    string
	ExecutionStatus string
	Status          string
	StatusReason    string `xml:",omitempty"`
}

// summary returns the change set as the API's responses show it.
func (c *changeSet) summary(st *stack) changeSetSummary {
	return changeSetSummary{
		c.name, c.id, st.id, st.name, c.description, timestamp(c.created), c.execution, c.status, c.reason,
	}
}

// parameterElement is a stack's parameter in a response.
type parameterElement struct {
	ParameterKey, ParameterValue string
	ResolvedValue                string `xml:",omitempty"`
}

// parametersOf returns the parameters of a stack for a response. It masks the values
// of NoEcho parameters.
func parametersOf(b *template.Bound) []parameterElement {
	if b == nil {
		return nil
	}
	var out []parameterElement
	for _, v := range b.Values {
		if v.NoEcho {
			v.Given, v.Resolved = masked, ""
		}
		out = append(out, parameterElement{v.Name, v.Given, v.Resolved})
	}
	return out
}

// executeChangeSetAction implements ExecuteChangeSet.
func (s *Service) executeChangeSetAction(_ context.Context, f form) (any, error) {
	if err := f.refuseUnsupported(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	st, c, err := s.findChangeSet(f)
	if err != nil {
		return nil, err
	}
	return nil, s.executeChangeSet(st, c, f.get("ClientRequestToken"))
}

// deleteChangeSet implements DeleteChangeSet. A change set that does not exist is not
// an error.
func (s *Service) deleteChangeSet(_ context.Context, f form) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st, c, err := s.findChangeSet(f)
	if err != nil {
		if wire.AsError(err).Code == "ChangeSetNotFound" {
			return nil, nil
		}
		return nil, err
	}
	delete(st.changeSets, c.name)
	return nil, nil
}

// listChangeSets implements ListChangeSets.
func (s *Service) listChangeSets(_ context.Context, f form) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st, err := s.requestedStack(f, "Stack [%s] does not exist")
	if err != nil {
		return nil, err
	}
	var out []changeSetSummary
	for _, name := range keys(st.changeSets) {
		out = append(out, st.changeSets[name].summary(st))
	}
	return struct{ Summaries members[changeSetSummary] }{membersOf(out)}, nil
}
