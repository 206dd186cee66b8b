package cloudformation

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
)

// deployment is an operation that creates or updates a stack from its template. If it
// fails, it rolls the stack back.
type deployment struct {
	operation
	create bool          // the stack is new
	target configuration // the stack's new configuration
	before configuration // the stack's configuration before the deployment
	// resourcesBefore contains the resources before the deployment, by logical id.
	resourcesBefore map[string]*instance
	// effects contains what the deployment has done so far, by logical id. Service.mu
	// guards it.
	effects map[string]effect
	// used contains the names of the exports of other stacks that the stack imports.
	used map[string]bool
	// obsolete contains the resources that the cleanup at the end of a rollback deletes.
	obsolete []deletion
}

// effect is what a deployment did to one resource.
type effect struct {
	kind     effectKind
	resource *instance // the resource after the change, or after the failed attempt
}

// effectKind is the kind of a change to a resource.
type effectKind int

const (
	notUpdated effectKind = iota // no property changed; metadata or policies may have changed
	created                      // the resource is new
	updated                      // updated in place
	replaced                     // a new physical resource was created; the old one still exists
)

// startDeployment starts to deploy the configuration target to st. The caller must hold
// s.mu.
func (s *Service) startDeployment(st *stack, target configuration, token string, isNew bool) {
	d := &deployment{
		operation: s.newOperation(st, token), create: isNew, target: target, before: st.configuration,
		resourcesBefore: maps.Clone(st.resources), effects: map[string]effect{}, used: map[string]bool{},
	}
	st.configuration = target
	if isNew {
		d.setStackStatusLocked(createInProgress, "User Initiated")
	} else {
		st.updated = s.clock().UTC()
		d.setStackStatusLocked("UPDATE_IN_PROGRESS", "User Initiated")
	}
	s.start(st, d.run)
}

// run deploys the stack, and rolls it back if the deployment fails. It stops without a
// rollback if ctx is done.
func (d *deployment) run(ctx context.Context) {
	reason := d.apply(ctx)
	if ctx.Err() == nil && reason == "" {
		reason = d.setOutputs()
	}
	switch {
	case ctx.Err() != nil:
	case reason == "" && d.create:
		d.setStackStatus(createComplete, "")
	case reason == "":
		d.setStackStatus("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "")
		d.cleanUp(ctx, d.outdated())
		if ctx.Err() == nil {
			d.setStackStatus(updateComplete, "")
		}
	case d.create:
		d.rollBackCreate(ctx, reason)
	default:
		d.rollBackUpdate(ctx, reason, nil)
	}
}

// apply creates and updates resources in order of their dependencies. If one fails, it
// cancels those in progress. It returns the reason why the stack failed, or "".
func (d *deployment) apply(ctx context.Context) string {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	dependencies := map[string][]string{}
	for _, id := range d.target.bound.LogicalIDs() {
		dependencies[id] = d.target.bound.Dependencies(id)
	}
	failed := runInOrder(ctx, dependencies, d.parallel, func(id string) error {
		err := d.deployResource(ctx, id)
		if err != nil {
			cancel()
		}
		return err
	})
	var creates, updates []string
	for _, id := range keys(failed) {
		if d.resourcesBefore[id] == nil {
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

// deployResource creates or updates one resource as the template declares it.
func (d *deployment) deployResource(ctx context.Context, id string) error {
	old := d.resourcesBefore[id]
	want, err := d.desired(id)
	if err != nil {
		return d.failBeforeProvider(ctx, want, old, err)
	}
	if old == nil {
		d.setEffect(created, want)
		d.setResourceStatus(want, createInProgress, "")
		return d.createResource(ctx, want, "CREATE")
	}
	known, _ := d.types.find(want.typeName)
	changed := old.changed(want)
	switch {
	case slices.ContainsFunc(changed, known.replaces):
		d.setEffect(replaced, want)
		want.physicalID = old.physicalID
		d.setResourceStatus(want, "UPDATE_IN_PROGRESS", "Requested update requires the creation of a new physical resource; hence creating one.")
		want.physicalID = ""
		return d.createResource(ctx, want, "UPDATE")
	case len(changed) > 0:
		return d.updateInPlace(ctx, old, want)
	default:
		want.physicalID, want.attributes, want.noEcho = old.physicalID, old.attributes, old.noEcho
		want.status, want.reason, want.updated = old.status, old.reason, old.updated
		d.setEffect(notUpdated, want)
		return nil
	}
}

// replaces reports whether a change of the property replaces the resource.
func (t Type) replaces(property string) bool { return slices.Contains(t.Replaces, property) }

// desired returns the resource as the template declares it. If the properties can't be
// evaluated, it returns an error together with the resource without properties.
func (d *deployment) desired(id string) (*instance, error) {
	r := d.target.bound.Resources[id]
	i := &instance{
		logicalID: id, typeName: r.Type, dependencies: d.target.bound.Dependencies(id),
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

// setEffect adds a resource to the stack and records what the deployment does to it.
func (d *deployment) setEffect(kind effectKind, now *instance) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.effects[now.logicalID] = effect{kind, now}
	d.stack.resources[now.logicalID] = now
}

// failBeforeProvider records that a resource failed before its provider was called. It
// returns err.
func (d *deployment) failBeforeProvider(ctx context.Context, want, old *instance, err error) error {
	if old == nil {
		d.setEffect(created, want)
		d.setResourceStatus(want, "CREATE_FAILED", d.failureReason(ctx, "creation", err))
		return err
	}
	d.setResourceStatus(old, "UPDATE_FAILED", d.failureReason(ctx, "update", err))
	return err
}

// createResource creates the physical resource of want. verb is CREATE, or UPDATE if
// the new resource replaces another one.
func (d *deployment) createResource(ctx context.Context, want *instance, verb string) error {
	r, err := d.request(ctx, want)
	var got Resource
	if err == nil {
		got, err = d.provider(want).Create(ctx, r)
	}
	d.storeResult(want, got)
	if err != nil {
		d.setResourceStatus(want, verb+"_FAILED", d.failureReason(ctx, "creation", err))
		return err
	}
	d.setResourceStatus(want, verb+"_IN_PROGRESS", "Resource creation Initiated")
	d.setResourceStatus(want, verb+"_COMPLETE", "")
	return nil
}

// updateInPlace updates old to want in place. If the provider returns another physical
// id, it has created another resource and has not deleted the old one. updateInPlace
// then records that the resource was replaced, even if the update failed.
func (d *deployment) updateInPlace(ctx context.Context, old, want *instance) error {
	want.physicalID, want.attributes, want.noEcho = old.physicalID, old.attributes, old.noEcho
	d.setEffect(updated, want)
	d.setResourceStatus(want, "UPDATE_IN_PROGRESS", "")
	got, err := d.callUpdate(ctx, want, old.properties)
	if err == nil || got.PhysicalID != "" {
		d.storeResult(want, got)
	}
	if want.physicalID != old.physicalID {
		d.setEffect(replaced, want)
	}
	if err != nil {
		d.setResourceStatus(want, "UPDATE_FAILED", d.failureReason(ctx, "update", err))
		return err
	}
	if want.physicalID != old.physicalID {
		d.setResourceStatus(want, "UPDATE_IN_PROGRESS", "Requested update required the provider to create a new physical resource")
	}
	d.setResourceStatus(want, "UPDATE_COMPLETE", "")
	return nil
}

// callUpdate calls Update of the provider of i. old are the properties before the
// update.
func (o operation) callUpdate(ctx context.Context, i *instance, old map[string]any) (Resource, error) {
	r, err := o.request(ctx, i)
	if err != nil {
		return Resource{}, err
	}
	if r.OldProperties, err = o.resolve(ctx, old); err != nil {
		return Resource{}, err
	}
	return o.provider(i).Update(ctx, r)
}

// storeResult stores the physical id and the attributes that a provider returned in i.
// If the provider returned none, i keeps its own.
func (o operation) storeResult(i *instance, got Resource) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if got.PhysicalID != "" {
		i.physicalID = got.PhysicalID
	}
	if got.Attributes != nil {
		i.attributes, i.noEcho = got.Attributes, got.NoEcho
	}
}

// failureReason returns the status reason of a resource that failed: the text of err,
// or that its creation or update was cancelled because another resource failed. action
// is "creation" or "update".
func (d *deployment) failureReason(ctx context.Context, action string, err error) string {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return "Resource " + action + " cancelled"
	}
	return err.Error()
}

// outdated returns the resources to delete after a successful update: those that are no
// longer in the template, and those that were replaced.
func (d *deployment) outdated() []deletion {
	var out []deletion
	for _, id := range keys(d.resourcesBefore) {
		old := d.resourcesBefore[id]
		e, inTemplate := d.effects[id]
		switch {
		case !inTemplate:
			out = append(out, deletion{old, policyOf(old.deletionPolicy, false)})
		case e.kind != notUpdated && old.physicalID != "" && e.resource.physicalID != old.physicalID:
			out = append(out, deletion{old, policyOf(e.resource.updateReplacePolicy, false)})
		}
	}
	return out
}
