package cloudformation

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// requestedStack returns the stack that the parameter StackName of a request names.
// refusal is the format of the error message for a stack that does not exist. The
// caller must hold s.mu.
func (s *Service) requestedStack(f form, refusal string) (*stack, error) {
	name := f.get("StackName")
	if name == "" {
		return nil, validationError("1 validation error detected: Value null at 'stackName' failed to satisfy constraint: Member must not be null")
	}
	st := s.findStack(name)
	if st == nil {
		return nil, validationError(refusal, name)
	}
	return st, nil
}

// stackNotFound is the error message of most operations for a stack that does not
// exist. The CDK CLI depends on this exact text.
const stackNotFound = "Stack with id %s does not exist"

// stackID is the response of CreateStack, UpdateStack and
// UpdateTerminationProtection.
type stackID struct {
	StackID string `xml:"StackId"`
}

// createStack implements CreateStack.
func (s *Service) createStack(ctx context.Context, f form) (any, error) {
	r, err := s.readRequest(ctx, f)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.findStack(r.stackName) != nil {
		return nil, wire.Errorf("AlreadyExistsException", "Stack [%s] already exists", r.stackName)
	}
	if err := checkStackName(r.stackName); err != nil {
		return nil, err
	}
	st := s.addStack(r.stackName)
	target, err := s.configure(st, r)
	if err == nil {
		_, err = s.plan(st, target)
	}
	if err != nil {
		s.stacks = s.stacks[:len(s.stacks)-1]
		return nil, asValidation(err)
	}
	st.protected = f.isTrue("EnableTerminationProtection")
	s.startDeployment(st, target, f.get("ClientRequestToken"), true)
	return stackID{st.id}, nil
}

// updateStack implements UpdateStack.
func (s *Service) updateStack(ctx context.Context, f form) (any, error) {
	r, err := s.readRequest(ctx, f)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	st, err := s.requestedStack(f, "Stack [%s] does not exist")
	if err != nil {
		return nil, err
	}
	if !st.updatable() {
		return nil, st.notUpdatable()
	}
	target, err := s.configure(st, r)
	if err == nil {
		_, err = s.plan(st, target)
	}
	if errors.Is(err, refusal(noChanges)) {
		err = validationError("No updates are to be performed.")
	}
	if err != nil {
		return nil, asValidation(err)
	}
	s.startDeployment(st, target, f.get("ClientRequestToken"), false)
	return stackID{st.id}, nil
}

// asValidation returns err as a ValidationError, unless it is an API error already.
func asValidation(err error) error {
	if known := wire.AsError(err); known.Code != "InternalFailure" {
		return known
	}
	return validationError("%v", err)
}

// deleteStack implements DeleteStack. A stack that does not exist is not an error.
func (s *Service) deleteStack(_ context.Context, f form) (any, error) {
	if err := f.refuseUnsupported(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.findStack(f.get("StackName"))
	if st == nil || st.status == deleteComplete || st.status == deleteInProgress {
		return nil, nil
	}
	retain := f.list("RetainResources")
	switch {
	case st.protected:
		return nil, validationError("Stack [%s] cannot be deleted while TerminationProtection is enabled", st.name)
	case len(retain) > 0 && st.status != deleteFailed:
		return nil, validationError("Invalid operation on stack [%s]. RetainResources can be specified only when the stack is in the %s state.", st.id, deleteFailed)
	case strings.HasSuffix(st.status, "_IN_PROGRESS") && st.status != createInProgress && st.status != reviewInProgress:
		return nil, validationError("Stack [%s] cannot be deleted while in status %s", st.name, st.status)
	}
	for _, id := range retain {
		if st.resources[id] == nil || st.resources[id].status != deleteFailed {
			return nil, validationError("Invalid RetainResources: resource %s is not in the %s state", id, deleteFailed)
		}
	}
	s.startDeletion(st, f.get("ClientRequestToken"), retain)
	return nil, nil
}

// continueUpdateRollback implements ContinueUpdateRollback.
func (s *Service) continueUpdateRollback(_ context.Context, f form) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st, err := s.requestedStack(f, stackNotFound)
	if err != nil {
		return nil, err
	}
	if st.status != updateRollbackFailed || st.failedRollback == nil {
		return nil, validationError("Stack:%s is in %s state and can not continue to roll back an update.", st.id, st.status)
	}
	d, skip := st.failedRollback, f.list("ResourcesToSkip")
	for _, id := range skip {
		if i := st.resources[id]; i == nil || i.status != "UPDATE_FAILED" {
			return nil, validationError("Resources to skip must be in the UPDATE_FAILED state: %s", id)
		}
	}
	d.token = f.get("ClientRequestToken")
	st.status = "UPDATE_ROLLBACK_IN_PROGRESS" // set now, so that no other operation starts
	s.start(st, func(ctx context.Context) { d.rollBackUpdate(ctx, "User Initiated", skip) })
	return nil, nil
}

// updateTerminationProtection implements UpdateTerminationProtection.
func (s *Service) updateTerminationProtection(_ context.Context, f form) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st, err := s.requestedStack(f, stackNotFound)
	if err != nil {
		return nil, err
	}
	st.protected = f.isTrue("EnableTerminationProtection")
	return stackID{st.id}, nil
}

// outputElement is a stack's output in a response.
type outputElement struct {
	OutputKey, OutputValue string
	Description            string `xml:",omitempty"`
	ExportName             string `xml:",omitempty"`
}

// stackElement is a stack in a response.
type stackElement struct {
	StackID                     string `xml:"StackId"`
	StackName                   string
	ChangeSetID                 string `xml:"ChangeSetId,omitempty"`
	Description                 string `xml:",omitempty"`
	Parameters                  members[parameterElement]
	CreationTime                string
	DeletionTime                string `xml:",omitempty"`
	LastUpdatedTime             string `xml:",omitempty"`
	RollbackConfiguration       struct{}
	StackStatus                 string
	StackStatusReason           string `xml:",omitempty"`
	DisableRollback             bool
	NotificationARNs            members[string]
	Capabilities                members[string]
	Outputs                     members[outputElement]
	RoleARN                     string `xml:",omitempty"`
	Tags                        members[tag]
	EnableTerminationProtection bool
	DriftInformation            struct{ StackDriftStatus string }
}

// element returns the stack as the API's responses show it.
func (st *stack) element() stackElement {
	out := stackElement{
		StackID: st.id, StackName: st.name, ChangeSetID: st.changeSetID, Parameters: membersOf(parametersOf(st.bound)),
		CreationTime: timestamp(st.created), DeletionTime: timestamp(st.deleted), LastUpdatedTime: timestamp(st.updated),
		StackStatus: st.status, StackStatusReason: st.reason, Capabilities: membersOf(st.capabilities), RoleARN: st.roleARN,
		Tags: membersOf(st.tags), EnableTerminationProtection: st.protected,
	}
	out.DriftInformation.StackDriftStatus = "NOT_CHECKED"
	if st.bound != nil {
		out.Description = st.bound.Description
	}
	for _, o := range st.outputs {
		value, _ := o.Value.(string)
		out.Outputs.Member = append(out.Outputs.Member, outputElement{o.Name, value, o.Description, o.Export})
	}
	return out
}

// Summary is the name and the status of a stack.
type Summary struct{ Name, Status string }

// Stacks returns the stacks that are not deleted, newest first.
func (s *Service) Stacks() []Summary {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Summary
	for _, st := range slices.Backward(s.stacks) {
		if st.status != deleteComplete {
			out = append(out, Summary{st.name, st.status})
		}
	}
	return out
}

// describeStacks implements DescribeStacks.
func (s *Service) describeStacks(_ context.Context, f form) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []stackElement
	if f.has("StackName") {
		st, err := s.requestedStack(f, stackNotFound)
		if err != nil {
			return nil, err
		}
		out = append(out, st.element())
	} else {
		for _, st := range slices.Backward(s.stacks) {
			if st.status != deleteComplete {
				out = append(out, st.element())
			}
		}
	}
	return struct{ Stacks members[stackElement] }{membersOf(out)}, nil
}

// listStacks implements ListStacks. The response includes deleted stacks.
func (s *Service) listStacks(_ context.Context, f form) (any, error) {
	type summary struct {
		StackID             string `xml:"StackId"`
		StackName           string
		TemplateDescription string `xml:",omitempty"`
		CreationTime        string
		LastUpdatedTime     string `xml:",omitempty"`
		DeletionTime        string `xml:",omitempty"`
		StackStatus         string
		StackStatusReason   string `xml:",omitempty"`
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	filter := f.list("StackStatusFilter")
	var out []summary
	for _, st := range slices.Backward(s.stacks) {
		if len(filter) > 0 && !slices.Contains(filter, st.status) {
			continue
		}
		e := st.element()
		out = append(out, summary{
			e.StackID, e.StackName, e.Description, e.CreationTime, e.LastUpdatedTime, e.DeletionTime, e.StackStatus, e.StackStatusReason,
		})
	}
	return struct{ StackSummaries members[summary] }{membersOf(out)}, nil
}
