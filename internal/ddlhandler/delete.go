package ddlhandler

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// delete drops the object if this construct owns it. It succeeds if the object, the ledger,
// the database or the warehouse does not exist. hasLedger says whether a ledger exists.
// invented says that CloudFormation made up the physical ID because it received no response
// to the Create; then the Create may still arrive.
func (r *run) delete(ctx context.Context, hasLedger, invented bool) error {
	err := r.deleteOwned(ctx, hasLedger, invented)
	var overtaken *errOvertaken
	if dataapi.NoSuchTarget(err) || errors.As(err, &overtaken) && overtaken.by == nil {
		return nil
	}
	return err
}

// deleteOwned drops the object if this construct owns it. Unlike delete, it returns an error
// if the database does not exist, or if another request has deleted the entry just before.
func (r *run) deleteOwned(ctx context.Context, hasLedger, invented bool) error {
	mine, err := r.entryToDelete(ctx, hasLedger, invented)
	switch {
	case err != nil:
		return err
	case mine == nil: // the object was never made, or was deleted before
		return nil
	case mine.owner != r.owner:
		return r.confirmHandOver(ctx, mine)
	case mine.state == deleted && invented:
		return nil
	case mine.state == deleted:
		return r.ledger.erase(ctx, "delete-tombstone", r.want.Object().Key(), mine.request)
	case mine.handedFrom != noValue:
		return r.handBack(ctx, mine) // CloudFormation rolls back the construct's move
	}
	if err := r.checkNotOutdated(mine); err != nil {
		return err
	}
	// An earlier request that still makes the object reads the ledger before its next step,
	// and stops.
	marked := *mine
	marked.state, marked.request, marked.began = deleting, r.id, r.clock.began
	if err := r.takeOver(ctx, mine, marked); err != nil {
		return err
	}
	if err := r.drop(ctx); err != nil {
		return err
	}
	return r.ledger.erase(ctx, "erase", r.want.Object().Key(), r.id)
}

// entryToDelete returns the object's entry, or nil if it has none. If CloudFormation
// invented the physical ID, entryToDelete inserts a tombstone for an object without an
// entry, and returns that.
func (r *run) entryToDelete(ctx context.Context, hasLedger, invented bool) (*entry, error) {
	if !hasLedger && !invented {
		return r.inheritForDelete(ctx, hasLedger)
	}
	if !hasLedger {
		if err := r.ledger.ensure(ctx); err != nil {
			return nil, err
		}
	}
	mine, err := r.ledger.read(ctx, "read", r.want.Object().Key())
	switch {
	case err != nil || mine != nil:
		return mine, err
	case invented:
		return r.insertTombstone(ctx)
	case r.ledger.sawUnelected: // the Create has ended, and has left a row that was not elected
		return nil, r.ledger.removeUnelected(ctx, "read", r.want.Object().Key())
	}
	return r.inheritForDelete(ctx, hasLedger)
}

// insertTombstone inserts an entry of the state deleted, which stops a Create that arrives
// later. If the Create inserted its entry first, insertTombstone returns that entry.
func (r *run) insertTombstone(ctx context.Context) (*entry, error) {
	tombstone := r.newEntry(noValue, noValue, deleted, r.clock.began)
	if err := r.ledger.enter(ctx, r.want.Object().Key(), tombstone); err != nil {
		return nil, err
	}
	return r.ledger.read(ctx, "entered", r.want.Object().Key())
}

// inheritForDelete is inherit for a Delete. It creates this user's ledger if hasLedger is
// false, and returns nil if another construct owns the object.
func (r *run) inheritForDelete(ctx context.Context, hasLedger bool) (*entry, error) {
	if r.want.Shared() {
		return nil, nil // no database user owns a shared object
	}
	found, err := r.find(ctx, stepFindObject, false)
	if err != nil {
		return nil, err
	}
	var unowned *errUnowned
	theirs, err := r.findInherited(ctx, found)
	if errors.As(err, &unowned) {
		return nil, nil
	}
	if err != nil || theirs == nil {
		return nil, err
	}
	if !hasLedger {
		if err := r.ledger.ensure(ctx); err != nil {
			return nil, err
		}
	}
	return r.enter(ctx, *theirs)
}

// confirmHandOver ends the hand-over of an object: the construct that had it before is
// deleted now, so the object is never handed back. It does nothing if this construct has
// not handed over the object.
func (r *run) confirmHandOver(ctx context.Context, theirs *entry) error {
	if theirs.owner.stackID != r.owner.stackID || theirs.handedFrom != r.owner.logicalID {
		return nil
	}
	final := *theirs
	final.handedFrom, final.request, final.began = noValue, r.id, r.clock.began
	return r.ledger.compareAndSwap(ctx, "confirm-hand-over", r.want.Object().Key(), theirs, final)
}

// drop drops the object. If Redshift refuses because other objects depend on this one, the
// error names them.
func (r *run) drop(ctx context.Context) error {
	err := r.runAll(ctx, r.want.Drop())
	if !dataapi.Refused(err) {
		return err
	}
	if _, findErr := r.find(ctx, stepFindOwner, false); findErr != nil { // sets r.otherUser, for the error
		return err
	}
	var names []string
	for _, query := range r.want.Dependents() {
		rows, _ := r.query(ctx, query) // err is more important than an error of this query
		for _, row := range rows {
			if name := strings.Join(row, "."); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	if len(names) == 0 {
		return err
	}
	return fmt.Errorf("drop the objects that depend on it first (%s): %w", strings.Join(names, ", "), err)
}
