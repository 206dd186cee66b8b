package ddlhandler

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/tributary-cdk/tributary/ddl"
)

// update leads the object from its old definition to the new one. physicalID is
// what CloudFormation takes to be there. Where that is another object, the new
// one is made: CloudFormation deletes the old one once the stack is updated.
func (r *run) update(ctx context.Context, old resource, physicalID string) error {
	if physicalID != r.want.physicalID() {
		return r.create(ctx)
	}
	if old.declared != nil && old.physicalID() != physicalID {
		// This rolls back an update to another name which was never answered:
		// nobody will ask to delete what that made.
		if err := r.forget(ctx, old); err != nil {
			return err
		}
		old = resource{}
	}
	return r.updateInPlace(ctx, old)
}

// forget deletes another object of this construct's.
func (r *run) forget(ctx context.Context, object resource) error {
	other := r.other(object)
	other.clock, other.ledger.round = r.clock, r.ledger.round
	known, _, err := other.ledger.find(ctx)
	if err != nil {
		return err
	}
	return other.delete(ctx, known, true)
}

// updateInPlace changes the object. What is there the ledger says, not old: a
// rollback comes with old and new swapped, however far the update got.
func (r *run) updateInPlace(ctx context.Context, old resource) error {
	mine, err := r.known(ctx)
	switch {
	case err != nil:
		return err
	case mine == nil || mine.state == deleted:
		return r.create(ctx) // the ledger lost it, or it went with its database
	case mine.owner != r.owner:
		return fmt.Errorf("%s belongs to %s of the stack %s; give this one another name", r.want, mine.owner.logicalID, mine.owner.stackID)
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
	begun := r.as(nobody, mine.definition, updating, r.keptAt(mine))
	if found.there && mine.state == live && mine.definition == r.want.definition() {
		begun.state, begun.kept = live, mine.kept
		return r.ledger.take(ctx, "live", r.want.key(), mine, begun)
	}
	plan, err := r.plan(old, mine, found.there, begun.kept)
	if err != nil {
		return err
	}
	before := *mine
	if mine.state != live {
		before.request = r.id // it was taken over
	}
	if err := r.ledger.take(ctx, "updating", r.want.key(), &before, begun); err != nil {
		return err
	}
	return r.follow(ctx, plan, old, begun)
}

// known returns the object's entry, be it in this user's ledger or in that of the user
// who the function was before.
func (r *run) known(ctx context.Context) (*entry, error) {
	mine, err := r.ledger.read(ctx, "before", r.want.key())
	if err != nil || mine != nil {
		return mine, err
	}
	if _, ok := r.want.declared.(attachment); ok {
		return nil, nil // nobody owns it
	}
	found, err := r.there(ctx, "there", false)
	if err != nil {
		return nil, err
	}
	return r.inherit(ctx, found)
}

// keptAt returns the time that names the table for the old rows: the request's,
// or a later one if the last update's is the same to the second.
func (r *run) keptAt(mine *entry) time.Time {
	now := r.clock.began.UTC().Truncate(time.Second)
	if now.After(mine.kept) {
		return now
	}
	return mine.kept.Add(time.Second)
}

// plan returns the statements that lead from what is there to what is wanted.
func (r *run) plan(old resource, mine *entry, there bool, now time.Time) ([]ddl.Statement, error) {
	if !sameQuery(old.definition(), mine.definition) {
		old = resource{} // it tells of something else
	}
	switch same := sameQuery(mine.definition, r.want.definition()); {
	case !there:
		return r.want.create(), nil
	case same && mine.state == live && old.definition() == mine.definition:
		return r.want.alter(old.declared), nil
	case same:
		return r.want.assert(old.declared), nil
	case mine.state == live:
		return r.want.replace(old.declared, now)
	default:
		return r.want.rollBack(old.declared, now)
	}
}

// follow runs the plan of an update and closes the entry. The entry says what
// is made from what at every moment: between a DROP and a CREATE, the latter.
func (r *run) follow(ctx context.Context, plan []ddl.Statement, old resource, begun entry) error {
	r.keeping = begun.kept
	var ran []ddl.Statement
	if was := begun; old.view != nil && sameQuery(old.definition(), was.definition) {
		r.undo = func(ctx context.Context) error { return r.restore(ctx, old.view, ran, was) }
	}
	for _, s := range plan {
		if s.Step == ddl.StepCreate {
			begun.definition = r.want.definition()
			if err := r.ledger.write(ctx, "making", r.want.key(), begun); err != nil {
				return err
			}
		}
		did, err := r.step(ctx, s)
		if ran = append(ran, did...); err != nil {
			return err
		}
	}
	r.undo = nil
	if kept(ran) {
		if err := r.dropEmptyKept(ctx, begun.kept); err != nil {
			return err
		}
	}
	return r.finish(ctx, nobody, begun.kept)
}

// restore undoes what a failed update left, of which the statements that ran
// finished.
func (r *run) restore(ctx context.Context, old *ddl.ViewDefinition, ran []ddl.Statement, was entry) error {
	for _, s := range ddl.RestoreView(old, ran) {
		if s.Step == ddl.StepRestore {
			if err := r.ledger.write(ctx, "restoring", r.want.key(), was); err != nil {
				return err
			}
		}
		if _, err := r.step(ctx, s); err != nil {
			return err
		}
	}
	if !kept(ran) {
		return nil
	}
	return r.dropEmptyKept(ctx, was.kept)
}

// kept reports whether the statements made a table for the old rows.
func kept(ran []ddl.Statement) bool {
	return slices.ContainsFunc(ran, func(s ddl.Statement) bool { return s.Step == ddl.StepKeptTable })
}

// tidy removes what an update that never came to its end left beside the view:
// the view under which it tried the new definition, and a table in which it has
// kept nothing yet.
func (r *run) tidy(ctx context.Context, before *entry) error {
	view := r.want.view
	if view == nil || before.state == creating || before.state == live {
		return nil
	}
	if _, err := r.step(ctx, view.DropProof()); err != nil {
		return err
	}
	return r.dropEmptyKept(ctx, before.kept)
}

// dropEmptyKept drops the kept table of an update that had no rows to keep, or
// that didn't come to keep them. One that has rows it notes for the answer.
func (r *run) dropEmptyKept(ctx context.Context, kept time.Time) error {
	if r.want.view == nil {
		return nil
	}
	table := r.want.view.Kept(kept)
	found, err := r.exists(ctx, "kept-there", table.Exists())
	if err != nil || !found.there {
		return err
	}
	rows, _, err := r.statements.rows(ctx, r.want.view.SomeKept(kept))
	if err == nil && len(rows) > 0 {
		r.kept = table.Schema.Name() + "." + table.Name.Name()
	}
	if err != nil || len(rows) > 0 {
		return err
	}
	_, err = r.step(ctx, r.want.view.DropKept(kept))
	return err
}
