package ddlhandler

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/tributary-cdk/tributary/internal/definition"
)

// update changes the object from its old definition to the new one. physicalID is the ID
// that CloudFormation has for the resource. If the new properties define another object,
// update creates that object. CloudFormation deletes the old object after the stack's
// update.
func (r *run) update(ctx context.Context, old definition.Resource, physicalID string) error {
	if physicalID != r.want.PhysicalID() {
		return r.create(ctx)
	}
	if old.Definition != nil && old.PhysicalID() != physicalID {
		// This rolls back an update to another name, to which CloudFormation received no
		// response. CloudFormation sends no Delete for the object that the update made.
		if err := r.deleteOther(ctx, old); err != nil {
			return err
		}
	}
	return r.updateInPlace(ctx, old)
}

// deleteOther deletes another object that this construct owns.
func (r *run) deleteOther(ctx context.Context, object definition.Resource) error {
	other := r.newRunOn(object)
	other.clock, other.ledger.round = r.clock, r.ledger.round
	hasLedger, _, err := other.ledger.find(ctx)
	if err != nil {
		return err
	}
	return other.delete(ctx, hasLedger, true)
}

// updateInPlace changes the object. The present definition comes from the ledger, not from
// old: in a rollback, CloudFormation swaps the old and the new properties, however far the
// update got.
func (r *run) updateInPlace(ctx context.Context, old definition.Resource) error {
	mine, err := r.findEntry(ctx)
	switch {
	case err != nil:
		return err
	case mine == nil || mine.state == deleted:
		return r.create(ctx) // somebody removed the entry, or dropped the database
	case mine.owner != r.owner:
		return fmt.Errorf("%s belongs to %s of the stack %s; give this one another name", r.want.Object(), mine.owner.logicalID, mine.owner.stackID)
	}
	if err := r.checkNotOutdated(mine); err != nil {
		return err
	}
	if mine.state != live {
		taken := *mine
		taken.request, taken.began = r.id, r.clock.began
		if err := r.takeOver(ctx, mine, taken); err != nil {
			return err
		}
	}
	found, err := r.find(ctx, stepFindObject, false)
	if err != nil {
		return err
	}
	begun := r.newEntry(noValue, mine.definition, updating, r.nextKeptAt(mine))
	if found.exists && mine.state == live && mine.definition == r.want.Hash() {
		begun.state, begun.keptAt = live, mine.keptAt
		return r.ledger.acquire(ctx, "live", r.want.Object().Key(), mine, begun)
	}
	plan, err := r.plan(old, mine, found.exists, begun.keptAt)
	if err != nil {
		return err
	}
	before := *mine
	if mine.state != live {
		before.request = r.id // this request has taken over the entry
	}
	if err := r.ledger.acquire(ctx, "updating", r.want.Object().Key(), &before, begun); err != nil {
		return err
	}
	return r.runUpdate(ctx, plan, old, begun)
}

// findEntry returns the object's entry from this user's ledger or, if the function was
// another database user before, from that user's ledger. It returns nil if neither has one.
func (r *run) findEntry(ctx context.Context) (*entry, error) {
	mine, err := r.ledger.read(ctx, "read", r.want.Object().Key())
	if err != nil || mine != nil {
		return mine, err
	}
	found, err := r.find(ctx, stepFindObject, false)
	if err != nil {
		return nil, err
	}
	return r.inherit(ctx, found)
}

// nextKeptAt returns the time for the kept table's name: the time when the request began,
// to the second. If the last update's table has the same or a later time, it returns one
// second after that.
func (r *run) nextKeptAt(mine *entry) time.Time {
	now := r.clock.began.UTC().Truncate(time.Second)
	if now.After(mine.keptAt) {
		return now
	}
	return mine.keptAt.Add(time.Second)
}

// plan returns the steps that change the object to the wanted definition.
func (r *run) plan(old definition.Resource, mine *entry, exists bool, now time.Time) ([]definition.Step, error) {
	if !definition.Alterable(old.Hash(), mine.definition) {
		old = definition.Resource{} // the object was not made from old
	}
	switch alterable := definition.Alterable(mine.definition, r.want.Hash()); {
	case !exists:
		return r.want.Create(), nil
	case alterable && mine.state == live && old.Hash() == mine.definition:
		return r.want.Alter(old.Definition), nil
	case alterable:
		return r.want.Assert(old.Definition), nil
	case mine.state == live:
		return r.want.Replace(old.Definition, now)
	default:
		return r.want.RollBack(old.Definition, now)
	}
}

// runUpdate runs the plan of an update, and marks the entry live. The entry always has the
// definition of the existing object. Between a DROP and a CREATE, it has the definition of
// the object that the CREATE makes.
func (r *run) runUpdate(ctx context.Context, plan []definition.Step, old definition.Resource, begun entry) error {
	r.keptAt = begun.keptAt
	var ran []definition.Step
	if was := begun; definition.Alterable(old.Hash(), was.definition) {
		r.undo = func(ctx context.Context) error { return r.restore(ctx, old, ran, was) }
	}
	for _, s := range plan {
		if s.Name == definition.StepCreate {
			begun.definition = r.want.Hash()
			if err := r.ledger.write(ctx, "before-create", r.want.Object().Key(), begun); err != nil {
				return err
			}
		}
		did, err := r.runStep(ctx, s)
		if ran = append(ran, did...); err != nil {
			return err
		}
	}
	r.undo = nil
	if madeKeptTable(ran) {
		if err := r.dropEmptyKeptTable(ctx, begun.keptAt); err != nil {
			return err
		}
	}
	return r.markLive(ctx, noValue, begun.keptAt)
}

// restore undoes a failed update. ran are the steps that finished, and was is the entry
// from before the first step.
func (r *run) restore(ctx context.Context, old definition.Definition, ran []definition.Step, was entry) error {
	for _, s := range old.Restore(ran) {
		if s.Name == definition.StepRecreate {
			if err := r.ledger.write(ctx, "before-restore", r.want.Object().Key(), was); err != nil {
				return err
			}
		}
		if _, err := r.runStep(ctx, s); err != nil {
			return err
		}
	}
	return r.dropEmptyKeptTable(ctx, was.keptAt)
}

// madeKeptTable reports whether the steps made a kept table.
func madeKeptTable(ran []definition.Step) bool {
	return slices.ContainsFunc(ran, func(s definition.Step) bool { return s.Name == definition.StepCreateKeptTable })
}

// tidy removes what an unfinished update left: the proof, and the kept table if that is
// empty.
func (r *run) tidy(ctx context.Context, before *entry) error {
	if before.state == creating || before.state == live {
		return nil
	}
	if err := r.runAll(ctx, r.want.Tidy()); err != nil {
		return err
	}
	return r.dropEmptyKeptTable(ctx, before.keptAt)
}

// dropEmptyKeptTable drops the kept table of an update if it is empty. If it contains rows,
// dropEmptyKeptTable stores its name for the response.
func (r *run) dropEmptyKeptTable(ctx context.Context, at time.Time) error {
	table := r.want.KeptTable(at)
	if table == nil {
		return nil
	}
	found, err := r.findByQuery(ctx, "find-kept-table", table.Exists())
	if err != nil || !found.exists {
		return err
	}
	rows, err := r.query(ctx, table.HasRows())
	if err == nil && len(rows) > 0 {
		r.keptTable = table.String()
	}
	if err != nil || len(rows) > 0 {
		return err
	}
	_, err = r.runStep(ctx, table.Drop())
	return err
}
