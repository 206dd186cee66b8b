package ddlhandler

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/tributary-cdk/tributary/internal/definition"
)

// update leads the object from its old definition to the new one. physicalID is
// what CloudFormation takes to be there. Where that is another object, the new
// one is made: CloudFormation deletes the old one once the stack is updated.
func (r *run) update(ctx context.Context, old definition.Resource, physicalID string) error {
	if physicalID != r.want.PhysicalID() {
		return r.create(ctx)
	}
	if old.Definition != nil && old.PhysicalID() != physicalID {
		// This rolls back an update to another name which was never answered:
		// nobody will ask to delete what that made.
		if err := r.forget(ctx, old); err != nil {
			return err
		}
		old = definition.Resource{}
	}
	return r.updateInPlace(ctx, old)
}

// forget deletes another object of this construct's.
func (r *run) forget(ctx context.Context, object definition.Resource) error {
	other := r.other(object)
	other.clock, other.ledger.round = r.clock, r.ledger.round
	hasLedger, _, err := other.ledger.find(ctx)
	if err != nil {
		return err
	}
	return other.delete(ctx, hasLedger, true)
}

// updateInPlace changes the object. What is there the ledger says, not old: a
// rollback comes with old and new swapped, however far the update got.
func (r *run) updateInPlace(ctx context.Context, old definition.Resource) error {
	mine, err := r.findEntry(ctx)
	switch {
	case err != nil:
		return err
	case mine == nil || mine.state == deleted:
		return r.create(ctx) // the ledger lost it, or it went with its database
	case mine.owner != r.owner:
		return fmt.Errorf("%s belongs to %s of the stack %s; give this one another name", r.want.Object(), mine.owner.logicalID, mine.owner.stackID)
	}
	if err := r.outdated(mine); err != nil {
		return err
	}
	if mine.state != live {
		taken := *mine
		taken.request, taken.began = r.id, r.clock.began
		if err := r.takeOver(ctx, mine, taken); err != nil {
			return err
		}
	}
	found, err := r.there(ctx, "there", false)
	if err != nil {
		return err
	}
	begun := r.as(nobody, mine.definition, updating, r.nextKeptAt(mine))
	if found.there && mine.state == live && mine.definition == r.want.Hash() {
		begun.state, begun.keptAt = live, mine.keptAt
		return r.ledger.acquire(ctx, "live", r.want.Object().Key(), mine, begun)
	}
	plan, err := r.plan(old, mine, found.there, begun.keptAt)
	if err != nil {
		return err
	}
	before := *mine
	if mine.state != live {
		before.request = r.id // it was taken over
	}
	if err := r.ledger.acquire(ctx, "updating", r.want.Object().Key(), &before, begun); err != nil {
		return err
	}
	return r.follow(ctx, plan, old, begun)
}

// findEntry returns the object's entry, be it in this user's ledger or in that of the
// user who the function was before.
func (r *run) findEntry(ctx context.Context) (*entry, error) {
	mine, err := r.ledger.read(ctx, "before", r.want.Object().Key())
	if err != nil || mine != nil {
		return mine, err
	}
	if r.want.Shared() {
		return nil, nil // no database user owns it
	}
	found, err := r.there(ctx, "there", false)
	if err != nil {
		return nil, err
	}
	return r.inherit(ctx, found)
}

// nextKeptAt returns the time that names the kept table: the request's,
// or a later one if the last update's is the same to the second.
func (r *run) nextKeptAt(mine *entry) time.Time {
	now := r.clock.began.UTC().Truncate(time.Second)
	if now.After(mine.keptAt) {
		return now
	}
	return mine.keptAt.Add(time.Second)
}

// plan returns the steps that lead from what is there to what is wanted.
func (r *run) plan(old definition.Resource, mine *entry, there bool, now time.Time) ([]definition.Step, error) {
	if !definition.Alterable(old.Hash(), mine.definition) {
		old = definition.Resource{} // it tells of something else
	}
	switch same := definition.Alterable(mine.definition, r.want.Hash()); {
	case !there:
		return r.want.Create(), nil
	case same && mine.state == live && old.Hash() == mine.definition:
		return r.want.Alter(old.Definition), nil
	case same:
		return r.want.Assert(old.Definition), nil
	case mine.state == live:
		return r.want.Replace(old.Definition, now)
	default:
		return r.want.RollBack(old.Definition, now)
	}
}

// follow runs the plan of an update and closes the entry. The entry says what
// is made from what at every moment: between a DROP and a CREATE, the latter.
func (r *run) follow(ctx context.Context, plan []definition.Step, old definition.Resource, begun entry) error {
	r.keptAt = begun.keptAt
	var ran []definition.Step
	if was := begun; definition.Alterable(old.Hash(), was.definition) {
		r.undo = func(ctx context.Context) error { return r.restore(ctx, old, ran, was) }
	}
	for _, s := range plan {
		if s.Name == definition.StepCreate {
			begun.definition = r.want.Hash()
			if err := r.ledger.write(ctx, "making", r.want.Object().Key(), begun); err != nil {
				return err
			}
		}
		did, err := r.step(ctx, s)
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
	return r.finish(ctx, nobody, begun.keptAt)
}

// restore undoes what a failed update left, of which the statements that ran
// finished.
func (r *run) restore(ctx context.Context, old definition.Definition, ran []definition.Step, was entry) error {
	for _, s := range old.Restore(ran) {
		if s.Name == definition.StepRestore {
			if err := r.ledger.write(ctx, "restoring", r.want.Object().Key(), was); err != nil {
				return err
			}
		}
		if _, err := r.step(ctx, s); err != nil {
			return err
		}
	}
	if !madeKeptTable(ran) {
		return nil
	}
	return r.dropEmptyKeptTable(ctx, was.keptAt)
}

// madeKeptTable reports whether the steps made a kept table.
func madeKeptTable(ran []definition.Step) bool {
	return slices.ContainsFunc(ran, func(s definition.Step) bool { return s.Name == definition.StepKeptTable })
}

// tidy removes what an update that never came to its end left beside the object: the view
// under which it tried the new definition, and a kept table that has no rows yet.
func (r *run) tidy(ctx context.Context, before *entry) error {
	if before.state == creating || before.state == live {
		return nil
	}
	if err := r.runAll(ctx, r.want.Tidy()); err != nil {
		return err
	}
	return r.dropEmptyKeptTable(ctx, before.keptAt)
}

// dropEmptyKeptTable drops the kept table of an update that had no rows to keep, or
// that didn't come to keep them. One that has rows it notes for the answer.
func (r *run) dropEmptyKeptTable(ctx context.Context, at time.Time) error {
	table := r.want.KeptTable(at)
	if table == nil {
		return nil
	}
	found, err := r.exists(ctx, "kept-there", table.Exists())
	if err != nil || !found.there {
		return err
	}
	rows, err := r.query(ctx, table.HasRows())
	if err == nil && len(rows) > 0 {
		r.keptTable = table.String()
	}
	if err != nil || len(rows) > 0 {
		return err
	}
	_, err = r.step(ctx, table.Drop())
	return err
}
