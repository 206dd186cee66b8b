package cloudformation

import (
	"context"
	"slices"
)

// rollBackCreate deletes what a failed creation made.
func (d *deployment) rollBackCreate(ctx context.Context, reason string) {
	d.operation = d.next()
	d.enter("ROLLBACK_IN_PROGRESS", reason+" Rollback requested by user.")
	var list []leftover
	for _, i := range d.snapshot() {
		list = append(list, leftover{i, policyOf(i.deletionPolicy, true)})
	}
	failed := d.remove(ctx, list)
	switch {
	case ctx.Err() != nil:
	case len(failed) > 0:
		d.enter("ROLLBACK_FAILED", "The following resource(s) failed to delete: "+bracketed(failed)+". ")
	default:
		d.enter("ROLLBACK_COMPLETE", "")
	}
}

// next returns a new operation that follows this one. A rollback is one of its
// own.
func (o operation) next() operation {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.begin(o.stack, o.token)
}

// snapshot returns the stack's resources.
func (o operation) snapshot() []*instance {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.stack.sorted()
}

// rollBackUpdate makes the stack what it was: it changes back what was
// changed, and deletes what was made. Resources in skip are left as they are.
func (d *deployment) rollBackUpdate(ctx context.Context, reason string, skip []string) {
	d.operation = d.next()
	d.enter("UPDATE_ROLLBACK_IN_PROGRESS", reason)
	d.mu.Lock()
	d.stack.configuration, d.stack.stuck = d.before, nil
	d.mu.Unlock()
	needs := map[string][]string{}
	for id, old := range d.was {
		needs[id] = old.needs
	}
	failed := inOrder(ctx, needs, d.parallel, func(id string) error {
		return d.restore(ctx, id, slices.Contains(skip, id))
	})
	switch {
	case ctx.Err() != nil:
		return
	case len(failed) > 0:
		d.mu.Lock()
		d.stack.stuck = d
		d.mu.Unlock()
		d.enter(updateRollbackFailed, "The following resource(s) failed to update: "+bracketed(keys(failed))+". ")
		return
	}
	d.enter("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "")
	d.cleanUp(ctx, append(d.behind, d.madeAnew()...))
	if ctx.Err() == nil {
		d.enter(updateRollbackDone, "")
	}
}

// madeAnew returns the resources which the stack didn't have before.
func (d *deployment) madeAnew() []leftover {
	var out []leftover
	for _, id := range keys(d.effects) {
		if e := d.effects[id]; e.kind == created {
			out = append(out, leftover{e.now, policyOf(e.now.deletionPolicy, true)})
		}
	}
	return out
}

// restore makes a resource what it was before the update, once: what stays
// behind of the update is left to the cleanup.
func (d *deployment) restore(ctx context.Context, id string, skip bool) error {
	d.mu.Lock()
	e, touched := d.effects[id]
	d.mu.Unlock()
	back := *d.was[id]
	switch {
	case !touched && back.status != "UPDATE_FAILED":
		return nil
	case e.kind == updated && !skip:
		return d.changeBack(ctx, &back, e.now)
	}
	d.put(&back)
	switch {
	case skip:
		d.note(&back, "UPDATE_COMPLETE", "Resource skipped during UpdateRollback")
	case e.kind == replaced || !touched:
		d.note(&back, "UPDATE_COMPLETE", "")
	}
	if e.kind == replaced && e.now.physicalID != back.physicalID {
		d.leave(leftover{e.now, policyOf(e.now.deletionPolicy, true)})
	}
	d.forget(id)
	return nil
}

// changeBack asks the provider to undo an update in place, whether the update
// succeeded or not.
func (d *deployment) changeBack(ctx context.Context, back, now *instance) error {
	d.put(back)
	d.note(back, "UPDATE_IN_PROGRESS", "")
	got, err := d.update(ctx, back, now.properties)
	if err != nil {
		d.note(back, "UPDATE_FAILED", err.Error())
		return err
	}
	d.accept(back, got)
	d.note(back, "UPDATE_COMPLETE", "")
	d.forget(back.logicalID)
	if now.physicalID != back.physicalID {
		d.leave(leftover{now, policyOf(now.updateReplacePolicy, false)})
	}
	return nil
}

// leave keeps l for the cleanup.
func (d *deployment) leave(l leftover) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.behind = append(d.behind, l)
}

// forget removes the note that a resource was touched: nothing of it is left
// to roll back.
func (d *deployment) forget(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.effects, id)
}
