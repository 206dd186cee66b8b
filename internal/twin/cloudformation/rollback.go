package cloudformation

import (
	"context"
	"slices"
)

// rollBackCreate deletes the resources that a failed stack creation created.
func (d *deployment) rollBackCreate(ctx context.Context, reason string) {
	d.operation = d.nextOperation()
	d.setStackStatus("ROLLBACK_IN_PROGRESS", reason+" Rollback requested by user.")
	var list []deletion
	for _, i := range d.snapshot() {
		list = append(list, deletion{i, policyOf(i.deletionPolicy, true)})
	}
	failed := d.deleteAll(ctx, list)
	switch {
	case ctx.Err() != nil:
	case len(failed) > 0:
		d.setStackStatus("ROLLBACK_FAILED", "The following resource(s) failed to delete: "+bracketed(failed)+". ")
	default:
		d.setStackStatus("ROLLBACK_COMPLETE", "")
	}
}

// nextOperation returns a new operation on the same stack. A rollback has an operation
// id of its own.
func (o operation) nextOperation() operation {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.newOperation(o.stack, o.token)
}

// snapshot returns the stack's current resources, sorted by logical id.
func (o operation) snapshot() []*instance {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.stack.sorted()
}

// rollBackUpdate restores the stack as it was before the update: it reverts the updates
// of resources and deletes new resources. It does not change the resources whose logical
// ids are in skip.
func (d *deployment) rollBackUpdate(ctx context.Context, reason string, skip []string) {
	d.operation = d.nextOperation()
	d.setStackStatus("UPDATE_ROLLBACK_IN_PROGRESS", reason)
	d.mu.Lock()
	d.stack.configuration, d.stack.failedRollback = d.before, nil
	d.mu.Unlock()
	dependencies := map[string][]string{}
	for id, old := range d.resourcesBefore {
		dependencies[id] = old.dependencies
	}
	failed := runInOrder(ctx, dependencies, d.parallel, func(id string) error {
		return d.restoreResource(ctx, id, slices.Contains(skip, id))
	})
	switch {
	case ctx.Err() != nil:
		return
	case len(failed) > 0:
		d.mu.Lock()
		d.stack.failedRollback = d
		d.mu.Unlock()
		d.setStackStatus(updateRollbackFailed, "The following resource(s) failed to update: "+bracketed(keys(failed))+". ")
		return
	}
	d.setStackStatus("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "")
	d.cleanUp(ctx, append(d.obsolete, d.createdResources()...))
	if ctx.Err() == nil {
		d.setStackStatus(updateRollbackDone, "")
	}
}

// createdResources returns the resources that the update added to the stack.
func (d *deployment) createdResources() []deletion {
	var out []deletion
	for _, id := range keys(d.effects) {
		if e := d.effects[id]; e.kind == created {
			out = append(out, deletion{e.resource, policyOf(e.resource.deletionPolicy, true)})
		}
	}
	return out
}

// restoreResource restores a resource as it was before the update. If the update created
// a physical resource, restoreResource schedules its deletion for the cleanup.
func (d *deployment) restoreResource(ctx context.Context, id string, skip bool) error {
	d.mu.Lock()
	e, hasEffect := d.effects[id]
	d.mu.Unlock()
	old := *d.resourcesBefore[id]
	switch {
	case !hasEffect && old.status != "UPDATE_FAILED":
		return nil
	case e.kind == updated && !skip:
		return d.revertUpdate(ctx, &old, e.resource)
	}
	d.addResource(&old)
	switch {
	case skip:
		d.setResourceStatus(&old, "UPDATE_COMPLETE", "Resource skipped during UpdateRollback")
	case e.kind == replaced || !hasEffect:
		d.setResourceStatus(&old, "UPDATE_COMPLETE", "")
	}
	if e.kind == replaced && e.resource.physicalID != old.physicalID {
		d.deferDeletion(deletion{e.resource, policyOf(e.resource.deletionPolicy, true)})
	}
	d.clearEffect(id)
	return nil
}

// revertUpdate reverts an update in place, whether the update succeeded or not. It calls
// the provider's Update with the properties of old. changed is the resource after the
// update.
func (d *deployment) revertUpdate(ctx context.Context, old, changed *instance) error {
	d.addResource(old)
	d.setResourceStatus(old, "UPDATE_IN_PROGRESS", "")
	got, err := d.callUpdate(ctx, old, changed.properties)
	if err != nil {
		d.setResourceStatus(old, "UPDATE_FAILED", err.Error())
		return err
	}
	d.storeResult(old, got)
	d.setResourceStatus(old, "UPDATE_COMPLETE", "")
	d.clearEffect(old.logicalID)
	if changed.physicalID != old.physicalID {
		d.deferDeletion(deletion{changed, policyOf(changed.updateReplacePolicy, false)})
	}
	return nil
}

// deferDeletion schedules l for the cleanup.
func (d *deployment) deferDeletion(l deletion) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.obsolete = append(d.obsolete, l)
}

// clearEffect removes the effect of a resource, which was rolled back. A repeated
// rollback then skips the resource.
func (d *deployment) clearEffect(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.effects, id)
}
