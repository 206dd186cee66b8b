package cloudformation

import (
	"context"
	"slices"
	"strconv"
	"strings"
)

// eventPageSize is the maximum number of events in a response.
const eventPageSize = 100

// eventElement is a stack event in a response.
type eventElement struct {
	StackID              string `xml:"StackId"`
	EventID              string `xml:"EventId"`
	StackName            string
	OperationID          string `xml:"OperationId"`
	LogicalResourceID    string `xml:"LogicalResourceId"`
	PhysicalResourceID   string `xml:"PhysicalResourceId"`
	ResourceType         string
	Timestamp            string
	ResourceStatus       string
	ResourceStatusReason string `xml:",omitempty"`
	ClientRequestToken   string `xml:",omitempty"`
}

// element returns the event as the API's responses show it.
func (e stackEvent) element(st *stack) eventElement {
	return eventElement{
		st.id, e.id, st.name, e.operation, e.logicalID, e.physicalID, e.typeName, timestamp(e.at), e.status, e.text, e.token,
	}
}

// page returns the page of events that token selects, newest first, and the token of
// the next page. An empty token selects the newest events. Tokens count from the
// oldest event, so new events do not shift the pages.
func page(events []stackEvent, token string) (out []stackEvent, next string, err error) {
	end := len(events)
	if token != "" {
		if end, err = strconv.Atoi(token); err != nil || end < 0 || end > len(events) {
			return nil, "", validationError("NextToken %q is not valid", token)
		}
	}
	start := max(0, end-eventPageSize)
	out = slices.Clone(events[start:end])
	slices.Reverse(out)
	if start > 0 {
		next = strconv.Itoa(start)
	}
	return out, next, nil
}

// describeStackEvents implements DescribeStackEvents. It returns the newest events
// first.
func (s *Service) describeStackEvents(_ context.Context, f form) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st, err := s.requestedStack(f, "Stack [%s] does not exist")
	if err != nil {
		return nil, err
	}
	events, next, err := page(st.events, f.get("NextToken"))
	if err != nil {
		return nil, err
	}
	var out []eventElement
	for _, e := range events {
		out = append(out, e.element(st))
	}
	return struct {
		StackEvents members[eventElement]
		NextToken   string `xml:",omitempty"`
	}{membersOf(out), next}, nil
}

// describeEvents implements DescribeEvents: it returns the stack's events, optionally
// filtered by operation. A change set has no events, because the reason why its
// creation failed is in the change set itself.
func (s *Service) describeEvents(_ context.Context, f form) (any, error) {
	type operationEvent struct {
		eventElement
		EventType string
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var events []stackEvent
	var st *stack
	var err error
	if f.has("ChangeSetName") {
		if st, _, err = s.findChangeSet(f); err != nil {
			return nil, err
		}
	} else {
		if st, err = s.requestedStack(f, stackNotFound); err != nil {
			return nil, err
		}
		events = st.events
	}
	events = slices.DeleteFunc(slices.Clone(events), func(e stackEvent) bool {
		return (f.has("OperationId") && e.operation != f.get("OperationId")) ||
			(f.isTrue("Filters.FailedEvents") && !strings.HasSuffix(e.status, "_FAILED"))
	})
	events, next, err := page(events, f.get("NextToken"))
	if err != nil {
		return nil, err
	}
	var out []operationEvent
	for _, e := range events {
		kind := "PROGRESS_EVENT"
		if e.typeName == stackType {
			kind = "STACK_EVENT"
		}
		out = append(out, operationEvent{e.element(st), kind})
	}
	return struct {
		OperationEvents members[operationEvent]
		NextToken       string `xml:",omitempty"`
	}{membersOf(out), next}, nil
}

// resourceElement is a stack's resource in a response. Some operations return its time
// as Timestamp, others as LastUpdatedTimestamp.
type resourceElement struct {
	StackName            string `xml:",omitempty"`
	StackID              string `xml:"StackId,omitempty"`
	LogicalResourceID    string `xml:"LogicalResourceId"`
	PhysicalResourceID   string `xml:"PhysicalResourceId,omitempty"`
	ResourceType         string
	Timestamp            string `xml:",omitempty"`
	LastUpdatedTimestamp string `xml:",omitempty"`
	ResourceStatus       string
	ResourceStatusReason string `xml:",omitempty"`
	Metadata             string `xml:",omitempty"`
	DriftInformation     struct{ StackResourceDriftStatus string }
}

// element returns the resource as the API's responses show it, without the stack and
// the time.
func (i *instance) element() resourceElement {
	out := resourceElement{
		LogicalResourceID: i.logicalID, PhysicalResourceID: i.physicalID, ResourceType: i.typeName,
		ResourceStatus: i.status, ResourceStatusReason: i.reason,
	}
	out.DriftInformation.StackResourceDriftStatus = "NOT_CHECKED"
	return out
}

// describeStackResource implements DescribeStackResource.
func (s *Service) describeStackResource(_ context.Context, f form) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st, err := s.requestedStack(f, "Stack '%s' does not exist")
	if err != nil {
		return nil, err
	}
	i := st.resources[f.get("LogicalResourceId")]
	if i == nil {
		return nil, validationError("Resource %s does not exist for stack %s", f.get("LogicalResourceId"), st.name)
	}
	out := i.element()
	out.StackName, out.StackID, out.LastUpdatedTimestamp = st.name, st.id, timestamp(i.updated)
	if i.metadata != nil {
		out.Metadata = text(i.metadata)
	}
	return struct{ StackResourceDetail resourceElement }{out}, nil
}

// describeStackResources implements DescribeStackResources.
func (s *Service) describeStackResources(_ context.Context, f form) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	logical, physical := f.get("LogicalResourceId"), f.get("PhysicalResourceId")
	var st *stack
	var err error
	if physical == "" || f.has("StackName") {
		if st, err = s.requestedStack(f, stackNotFound); err != nil {
			return nil, err
		}
	} else if st = s.stackWithResource(physical); st == nil {
		return nil, validationError("Stack for %s does not exist", physical)
	}
	var out []resourceElement
	for _, i := range st.sorted() {
		if logical != "" && i.logicalID != logical {
			continue
		}
		e := i.element()
		e.StackName, e.StackID, e.Timestamp = st.name, st.id, timestamp(i.updated)
		out = append(out, e)
	}
	return struct{ StackResources members[resourceElement] }{membersOf(out)}, nil
}

// stackWithResource returns the stack that contains the resource with the physical id,
// or nil. The caller must hold s.mu.
func (s *Service) stackWithResource(physicalID string) *stack {
	for _, st := range s.stacks {
		for _, i := range st.resources {
			if i.physicalID == physicalID {
				return st
			}
		}
	}
	return nil
}

// listStackResources implements ListStackResources.
func (s *Service) listStackResources(_ context.Context, f form) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st, err := s.requestedStack(f, stackNotFound)
	if err != nil {
		return nil, err
	}
	var out []resourceElement
	for _, i := range st.sorted() {
		e := i.element()
		e.LastUpdatedTimestamp = timestamp(i.updated)
		out = append(out, e)
	}
	return struct{ StackResourceSummaries members[resourceElement] }{membersOf(out)}, nil
}
