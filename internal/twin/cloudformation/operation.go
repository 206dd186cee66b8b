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

// operation is one create, update, rollback or deletion of a stack under way.
// It alone changes the stack while it runs.
type operation struct {
	*Service
	stack *stack
	id    string
	token string // the caller's ClientRequestToken
}

// begin returns a new operation on st. Callers hold the lock.
func (s *Service) begin(st *stack, token string) operation {
	o := operation{s, st, s.newID(), token}
	st.lastOperation = o.id
	return o
}

// start runs f in the background with a context which ends when the service
// closes or st.cancel is called. Callers hold the lock.
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

// enter gives the stack a status and notes it in its history.
func (o operation) enter(status, reason string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.enterLocked(status, reason)
}

// enterLocked is enter for callers who hold the lock.
func (o operation) enterLocked(status, reason string) {
	st := o.stack
	st.status, st.reason = status, reason
	o.record(stackEvent{
		id: o.newID(), logicalID: st.name, physicalID: st.id, typeName: stackType, status: status, text: reason,
	})
}

// note gives a resource a status and notes it in the stack's history.
func (o operation) note(i *instance, status, reason string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	i.status, i.reason = status, reason
	at := o.record(stackEvent{
		logicalID: i.logicalID, physicalID: i.physicalID, typeName: i.typeName, status: status, text: reason,
	})
	i.updated = at
}

// record appends e to the stack's history. Times rise from event to event by a
// millisecond at least, since callers sort by times that are cut to it.
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

// put makes i the stack's resource of its logical id.
func (o operation) put(i *instance) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stack.resources[i.logicalID] = i
}

// drop takes i out of the stack, unless another has taken its place.
func (o operation) drop(i *instance) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.stack.resources[i.logicalID] == i {
		delete(o.stack.resources, i.logicalID)
	}
}

// request returns what a Provider is told about i, its dynamic references
// resolved.
func (o operation) request(ctx context.Context, i *instance) (Request, error) {
	properties, err := o.resolve(ctx, i.properties)
	if err != nil {
		return Request{}, err
	}
	return Request{
		StackName: o.stack.name, StackID: o.stack.id, Region: o.region, Account: o.account,
		Type: i.typeName, LogicalID: i.logicalID, PhysicalID: i.physicalID, RequestID: o.newID(),
		Properties: properties,
		Progress:   func(message string) { o.note(i, i.status, message) },
	}, nil
}

// provider returns who makes i.
func (o operation) provider(i *instance) Provider {
	known, _ := o.types.find(i.typeName) // checked before the stack was touched
	return known.Provider
}

// lookup finds the stack's resources for expressions, and other stacks'
// exports. used collects the names of these, unless it is nil.
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
			return o.export(name)
		},
	}
}

// ref returns the physical id.
func (i *instance) ref() (any, error) {
	if i == nil || i.physicalID == "" {
		return nil, errors.New("the resource referred to does not exist")
	}
	return i.physicalID, nil
}

// attribute returns the value of an attribute.
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

// refusal is an error in CloudFormation's own words.
type refusal string

// Error returns the words.
func (r refusal) Error() string { return string(r) }

// refusef returns a refusal.
func refusef(format string, args ...any) error { return refusal(fmt.Sprintf(format, args...)) }

// bracketed lists names as CloudFormation's reasons do.
func bracketed(names []string) string { return "[" + strings.Join(names, ", ") + "]" }

// keys returns a map's keys in order.
func keys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
