package cloudformation

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
)

// deployment is an operation which makes a stack what its template says, and
// takes that back if it fails.
type deployment struct {
	operation
	create bool // the stack is new
	target configuration
	before configuration
	// was holds the resources as they were, by logical id.
	was map[string]*instance
	// effects says what has been done so far, by logical id. The service's
	// lock guards it.
	effects map[string]effect
	used    map[string]bool // exports of other stacks
	// behind holds what a rollback has left to delete so far.
	behind []leftover
}

// effect is what a deployment did to one resource.
type effect struct {
	kind effectKind
	now  *instance // what it made of it, or tried to
}

// effectKind tells how a resource was touched.
type effectKind int

const (
	kept     effectKind = iota // only what CloudFormation itself keeps of it changed
	created                    // it is new
	updated                    // it was changed in place
	replaced                   // another was made; the old one is still there
)

// startDeployment starts to make st what target says. Callers hold the lock.
func (s *Service) startDeployment(st *stack, target configuration, token string, isNew bool) {
	d := &deployment{
		operation: s.begin(st, token), create: isNew, target: target, before: st.configuration,
		was: maps.Clone(st.resources), effects: map[string]effect{}, used: map[string]bool{},
	}
	st.configuration = target
	if isNew {
		d.enterLocked(createInProgress, "User Initiated")
	} else {
		st.updated = s.clock().UTC()
		d.enterLocked("UPDATE_IN_PROGRESS", "User Initiated")
	}
	s.start(st, d.run)
}

// run deploys, and rolls back if that fails. It stops short if ctx ends.
func (d *deployment) run(ctx context.Context) {
	reason := d.apply(ctx)
	if ctx.Err() == nil && reason == "" {
		reason = d.publish()
	}
	switch {
	case ctx.Err() != nil:
	case reason == "" && d.create:
		d.enter(createComplete, "")
	case reason == "":
		d.enter("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "")
		d.cleanUp(ctx, d.outdated())
		if ctx.Err() == nil {
			d.enter(updateComplete, "")
		}
	case d.create:
		d.rollBackCreate(ctx, reason)
	default:
		d.rollBackUpdate(ctx, reason, nil)
	}
}

// apply makes and changes resources in order of their needs. At the first
// failure it cancels what is under way. It returns why the stack failed, or "".
func (d *deployment) apply(ctx context.Context) string {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	needs := map[string][]string{}
	for _, id := range d.target.bound.LogicalIDs() {
		needs[id] = d.target.bound.Needs(id)
	}
	failed := inOrder(ctx, needs, d.parallel, func(id string) error {
		err := d.one(ctx, id)
		if err != nil {
			cancel()
		}
		return err
	})
	var creates, updates []string
	for _, id := range keys(failed) {
		if d.was[id] == nil {
			creates = append(creates, id)
		} else {
			updates = append(updates, id)
		}
	}
	var reasons []string
	if len(creates) > 0 {
		reasons = append(reasons, "The following resource(s) failed to create: "+bracketed(creates)+".")
	}
	if len(updates) > 0 {
		reasons = append(reasons, "The following resource(s) failed to update: "+bracketed(updates)+".")
	}
	return strings.Join(reasons, " ")
}

// one makes one resource what the template says.
func (d *deployment) one(ctx context.Context, id string) error {
	old := d.was[id]
	want, err := d.wanted(id)
	if err != nil {
		return d.fail(ctx, want, old, err)
	}
	if old == nil {
		d.touch(created, want)
		d.note(want, createInProgress, "")
		return d.make(ctx, want, "CREATE")
	}
	known, _ := d.types.find(want.typeName)
	changed := old.changed(want)
	switch {
	case slices.ContainsFunc(changed, known.replaces):
		d.touch(replaced, want)
		want.physicalID = old.physicalID
		d.note(want, "UPDATE_IN_PROGRESS", "Requested update requires the creation of a new physical resource; hence creating one.")
		want.physicalID = ""
		return d.make(ctx, want, "UPDATE")
	case len(changed) > 0:
		return d.change(ctx, old, want)
	default:
		want.physicalID, want.attributes, want.noEcho = old.physicalID, old.attributes, old.noEcho
		want.status, want.reason, want.updated = old.status, old.reason, old.updated
		d.touch(kept, want)
		return nil
	}
}

// replaces reports whether a change of the property replaces the resource.
func (t Type) replaces(property string) bool { return slices.Contains(t.Replaces, property) }

// wanted returns the resource as the template wants it. An error comes with a
// resource that has no properties.
func (d *deployment) wanted(id string) (*instance, error) {
	r := d.target.bound.Resources[id]
	i := &instance{
		logicalID: id, typeName: r.Type, needs: d.target.bound.Needs(id),
		deletionPolicy: r.DeletionPolicy, updateReplacePolicy: r.UpdateReplacePolicy,
	}
	used := map[string]bool{}
	lookup := d.lookup(used)
	var err error
	if i.properties, err = d.target.bound.Properties(id, lookup); err != nil {
		return i, err
	}
	i.metadata, err = d.target.bound.ResourceMetadata(id, lookup)
	d.mu.Lock()
	defer d.mu.Unlock()
	maps.Copy(d.used, used)
	return i, err
}

// touch puts a resource into the stack and keeps what is being done to it.
func (d *deployment) touch(kind effectKind, now *instance) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.effects[now.logicalID] = effect{kind, now}
	d.stack.resources[now.logicalID] = now
}

// fail notes that a resource failed before its provider was asked.
func (d *deployment) fail(ctx context.Context, want, old *instance, err error) error {
	if old == nil {
		d.touch(created, want)
		d.note(want, "CREATE_FAILED", d.why(ctx, "creation", err))
		return err
	}
	d.note(old, "UPDATE_FAILED", d.why(ctx, "update", err))
	return err
}

// make creates what stands behind want. verb is CREATE, or UPDATE if it
// replaces another.
func (d *deployment) make(ctx context.Context, want *instance, verb string) error {
	r, err := d.request(ctx, want)
	var got Resource
	if err == nil {
		got, err = d.provider(want).Create(ctx, r)
	}
	d.accept(want, got)
	if err != nil {
		d.note(want, verb+"_FAILED", d.why(ctx, "creation", err))
		return err
	}
	d.note(want, verb+"_IN_PROGRESS", "Resource creation Initiated")
	d.note(want, verb+"_COMPLETE", "")
	return nil
}

// change updates old to want in place. If its provider answers with another
// physical id, then it made another resource and left the old one: that counts
// as replaced, also when the update failed.
func (d *deployment) change(ctx context.Context, old, want *instance) error {
	want.physicalID, want.attributes, want.noEcho = old.physicalID, old.attributes, old.noEcho
	d.touch(updated, want)
	d.note(want, "UPDATE_IN_PROGRESS", "")
	got, err := d.update(ctx, want, old.properties)
	if err == nil || got.PhysicalID != "" {
		d.accept(want, got)
	}
	if want.physicalID != old.physicalID {
		d.touch(replaced, want)
	}
	if err != nil {
		d.note(want, "UPDATE_FAILED", d.why(ctx, "update", err))
		return err
	}
	if want.physicalID != old.physicalID {
		d.note(want, "UPDATE_IN_PROGRESS", "Requested update required the provider to create a new physical resource")
	}
	d.note(want, "UPDATE_COMPLETE", "")
	return nil
}

// update asks i's provider to change it from its old properties.
func (o operation) update(ctx context.Context, i *instance, old map[string]any) (Resource, error) {
	r, err := o.request(ctx, i)
	if err != nil {
		return Resource{}, err
	}
	if r.OldProperties, err = o.resolve(ctx, old); err != nil {
		return Resource{}, err
	}
	return o.provider(i).Update(ctx, r)
}

// accept keeps what a provider answered. Without an id the one before stays,
// and so do the attributes.
func (o operation) accept(i *instance, got Resource) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if got.PhysicalID != "" {
		i.physicalID = got.PhysicalID
	}
	if got.Attributes != nil {
		i.attributes, i.noEcho = got.Attributes, got.NoEcho
	}
}

// why returns the reason of a resource's failure: what went wrong, or that
// another's failure cancelled its creation or update.
func (d *deployment) why(ctx context.Context, what string, err error) string {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return "Resource " + what + " cancelled"
	}
	return err.Error()
}

// outdated returns what a successful update leaves to delete: what the
// template no longer holds, and what was replaced.
func (d *deployment) outdated() []leftover {
	var out []leftover
	for _, id := range keys(d.was) {
		old := d.was[id]
		e, touched := d.effects[id]
		switch {
		case !touched:
			out = append(out, leftover{old, policyOf(old.deletionPolicy, false)})
		case e.kind != kept && old.physicalID != "" && e.now.physicalID != old.physicalID:
			out = append(out, leftover{old, policyOf(e.now.updateReplacePolicy, false)})
		}
	}
	return out
}
