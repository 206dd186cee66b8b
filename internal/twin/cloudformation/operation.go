package cloudformation

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tributary-cdk/tributary/internal/cloudformation/template"
)

// operation is a create, update, rollback or delete operation on a stack. Only one
// operation changes a stack at a time.
type operation struct {
	*Service
	stack *stack
	id    string
	token string // the caller's ClientRequestToken
}

// newOperation returns a new operation on st. The caller must hold s.mu.
func (s *Service) newOperation(st *stack, token string) operation {
	o := operation{s, st, s.newID(), token}
	st.lastOperation = o.id
	return o
}

// start runs f in the background, after the stack's previous operation has ended. The
// context of f is done when the service closes or st.cancel is called. The caller must
// hold s.mu.
func (s *Service) start(st *stack, f func(context.Context)) {
	ctx, cancel := context.WithCancel(s.ctx)
	previous, done := st.done, make(chan struct{})
	st.cancel, st.done = cancel, done
	s.running.Go(func() {
		defer close(done)
		defer cancel()
		if previous != nil {
			<-previous
		}
		f(ctx)
	})
}

// setStackStatus sets the stack's status and adds a stack event.
func (o operation) setStackStatus(status, reason string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.setStackStatusLocked(status, reason)
}

// setStackStatusLocked is like setStackStatus, but the caller must hold o.mu.
func (o operation) setStackStatusLocked(status, reason string) {
	st := o.stack
	st.status, st.reason = status, reason
	o.record(stackEvent{
		id: o.newID(), logicalID: st.name, physicalID: st.id, typeName: stackType, status: status, text: reason,
	})
}

// setResourceStatus sets a resource's status and adds a stack event.
func (o operation) setResourceStatus(i *instance, status, reason string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	i.status, i.reason = status, reason
	at := o.record(stackEvent{
		logicalID: i.logicalID, physicalID: i.physicalID, typeName: i.typeName, status: status, text: reason,
	})
	i.updated = at
}

// record adds e to the stack's events and returns its time. Each event is at least one
// millisecond later than the one before, because clients sort events by their times in
// milliseconds.
func (o operation) record(e stackEvent) time.Time {
	st := o.stack
	e.operation, e.token, e.at = o.id, o.token, o.clock().UTC().Truncate(time.Millisecond)
	if n := len(st.events); n > 0 && !e.at.After(st.events[n-1].at) {
		e.at = st.events[n-1].at.Add(time.Millisecond)
	}
	if e.id == "" {
		e.id = fmt.Sprintf("%s-%s-%s", e.logicalID, e.status, timestamp(e.at))
	}
	st.events = append(st.events, e)
	o.log.Debug("cloudformation", "stack", st.name, "resource", e.logicalID, "status", e.status, "reason", e.text)
	return e.at
}

// addResource adds i to the stack. It replaces the resource of the same logical id.
func (o operation) addResource(i *instance) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stack.resources[i.logicalID] = i
}

// removeResource removes i from the stack, unless another resource has replaced it.
func (o operation) removeResource(i *instance) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.stack.resources[i.logicalID] == i {
		delete(o.stack.resources, i.logicalID)
	}
}

// request returns the Request for the Provider of i. It resolves the dynamic references
// in the properties.
func (o operation) request(ctx context.Context, i *instance) (Request, error) {
	properties, err := o.resolve(ctx, i.properties)
	if err != nil {
		return Request{}, err
	}
	return Request{
		StackName: o.stack.name, StackID: o.stack.id, Region: o.region, Account: o.account,
		Type: i.typeName, LogicalID: i.logicalID, PhysicalID: i.physicalID, RequestID: o.newID(),
		Properties: properties,
		Progress:   func(message string) { o.setResourceStatus(i, i.status, message) },
	}, nil
}

// provider returns the Provider of i.
func (o operation) provider(i *instance) Provider {
	known, _ := o.types.find(i.typeName) // found: the template was checked before the operation
	return known.Provider
}

// lookup returns a template.Lookup that finds the stack's resources and the exports of
// other stacks. It adds the names of the exports to used, unless used is nil.
func (o operation) lookup(used map[string]bool) template.Lookup {
	return template.Lookup{
		Ref: func(id string) (any, error) {
			o.mu.Lock()
			defer o.mu.Unlock()
			return o.stack.resources[id].ref()
		},
		Attribute: func(id, name string) (any, error) {
			o.mu.Lock()
			defer o.mu.Unlock()
			return o.stack.resources[id].attribute(name)
		},
		Import: func(name string) (any, error) {
			o.mu.Lock()
			defer o.mu.Unlock()
			if used != nil {
				used[name] = true
			}
			return o.exportValue(name)
		},
	}
}

// ref returns the value of Ref: the physical id.
func (i *instance) ref() (any, error) {
	if i == nil || i.physicalID == "" {
		return nil, errors.New("the resource referred to does not exist")
	}
	return i.physicalID, nil
}

// attribute returns the value of an attribute for Fn::GetAtt.
func (i *instance) attribute(name string) (any, error) {
	if i == nil {
		return nil, errors.New("the resource referred to does not exist")
	}
	if v, ok := i.attributes[name]; ok {
		return v, nil
	}
	if custom(i.typeName) {
		return nil, refusef("CustomResource attribute error: Vendor response doesn't contain %s attribute in object %s", name, i.logicalID)
	}
	return nil, refusef("Template error: resource %s does not support attribute type %s in Fn::GetAtt", i.logicalID, name)
}

// refusal is an error whose text is a status reason, worded as CloudFormation words it.
type refusal string

// Error returns the text.
func (r refusal) Error() string { return string(r) }

// refusef returns a refusal with a formatted text.
func refusef(format string, args ...any) error { return refusal(fmt.Sprintf(format, args...)) }

// bracketed returns names in the format of CloudFormation's status reasons: [a, b].
func bracketed(names []string) string { return "[" + strings.Join(names, ", ") + "]" }

// keys returns the sorted keys of m.
func keys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
