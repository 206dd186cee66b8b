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

// createChangeSetAction answers CreateChangeSet.
func (s *Service) createChangeSetAction(ctx context.Context, f form) (any, error) {
	r, err := s.requested(ctx, f)
	if err != nil {
		return nil, err
	}
	name, kind := f.get("ChangeSetName"), cmp.Or(f.get("ChangeSetType"), "UPDATE")
	if !regexp.MustCompile(`^[a-zA-Z][-a-zA-Z0-9]{0,127}$`).MatchString(name) {
		return nil, validation("1 validation error detected: Value '%s' at 'changeSetName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*", name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	st, err := s.changeable(r.stackName, name, kind)
	if err != nil {
		return nil, err
	}
	// The CDK CLI deletes its change set first; the AWS CLI names it by the
	// second, which here is long enough for several. One that is over gives way.
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
		s.begin(st, "").enterLocked(reviewInProgress, "User Initiated")
	}
	c := s.createChangeSet(st, name, kind, f.get("Description"), target)
	return struct {
		ID      string `xml:"Id"`
		StackID string `xml:"StackId"`
	}{c.id, st.id}, nil
}

// changeable returns the stack that a change set of that kind is for, a new one
// without a status if it doesn't exist yet. Callers hold the lock.
func (s *Service) changeable(stackName, name, kind string) (*stack, error) {
	st := s.find(stackName)
	exists := st != nil && st.status != reviewInProgress
	switch {
	case kind != "CREATE" && kind != "UPDATE":
		return nil, validation("the local twin's CreateChangeSet does not support ChangeSetType %s", kind)
	case kind == "CREATE" && exists:
		return nil, wire.Errorf("AlreadyExistsException", "Stack [%s] already exists and cannot be created again with the changeSet [%s].", stackName, name)
	case kind == "UPDATE" && !exists:
		return nil, validation("Stack [%s] does not exist", stackName)
	case kind == "UPDATE" && !st.updatable():
		return nil, st.notUpdatable()
	case st != nil:
		return st, nil
	}
	if err := checkStackName(stackName); err != nil {
		return nil, err
	}
	return s.add(stackName), nil
}

// checkStackName refuses what can't be a stack's name.
func checkStackName(name string) error {
	if regexp.MustCompile(`^[a-zA-Z][-a-zA-Z0-9]{0,127}$`).MatchString(name) {
		return nil
	}
	return validation("1 validation error detected: Value '%s' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*", name)
}

// findChangeSet returns the change set that a request names, by its ARN or by
// its name and its stack's. Callers hold the lock.
func (s *Service) findChangeSet(f form) (*stack, *changeSet, error) {
	name, stackName := f.get("ChangeSetName"), f.get("StackName")
	byARN := arn.IsARN(name)
	if !byARN && stackName == "" {
		return nil, nil, validation("StackName must be specified if ChangeSetName is not specified as an ARN.")
	}
	if stackName != "" && s.find(stackName) == nil {
		return nil, nil, validation("Stack [%s] does not exist", stackName)
	}
	for _, st := range s.stacks {
		if stackName != "" && st != s.find(stackName) {
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

// describeChangeSet answers DescribeChangeSet.
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
		changes = append(changes, change{"Resource", r.withValues(f.yes("IncludePropertyValues"))})
	}
	return struct {
		changeSetSummary
		Parameters   members[parameterElement]
		Capabilities members[string]
		Tags         members[tag]
		Changes      members[change]
	}{
		c.summary(st), listed(parametersOf(c.target.bound)), listed(c.target.capabilities), listed(c.target.tags), listed(changes),
	}, nil
}

// withValues returns the change, without the values of properties unless they
// are wanted.
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

// changeSetSummary is what lists say of a change set.
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

// summary returns what lists say of the change set.
func (c *changeSet) summary(st *stack) changeSetSummary {
	return changeSetSummary{
		c.name, c.id, st.id, st.name, c.description, timestamp(c.created), c.execution, c.status, c.reason,
	}
}

// parameterElement is a parameter of a stack in an answer.
type parameterElement struct {
	ParameterKey, ParameterValue string
	ResolvedValue                string `xml:",omitempty"`
}

// parametersOf returns the parameters of a stack, its secrets masked.
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

// executeChangeSetAction answers ExecuteChangeSet.
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

// deleteChangeSet answers DeleteChangeSet. One that is gone is no error.
func (s *Service) deleteChangeSet(_ context.Context, f form) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st, c, err := s.findChangeSet(f)
	if err != nil {
		if wire.AsError(err).Code == "ChangeSetNotFound" {
			return nil, nil // gone is what was asked for
		}
		return nil, err
	}
	delete(st.changeSets, c.name)
	return nil, nil
}

// listChangeSets answers ListChangeSets.
func (s *Service) listChangeSets(_ context.Context, f form) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st, err := s.named(f, "Stack [%s] does not exist")
	if err != nil {
		return nil, err
	}
	var out []changeSetSummary
	for _, name := range keys(st.changeSets) {
		out = append(out, st.changeSets[name].summary(st))
	}
	return struct{ Summaries members[changeSetSummary] }{listed(out)}, nil
}
