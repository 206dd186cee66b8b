package ddlhandler

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// delete drops the object if it is this construct's own, and succeeds for
// whatever is gone already: the object, the ledger, the database, the warehouse.
// hasLedger says whether there is a ledger, invented that CloudFormation made up the
// physical id, since the Create never answered: it may be still to come.
func (r *run) delete(ctx context.Context, hasLedger, invented bool) error {
	err := r.deleteOwned(ctx, hasLedger, invented)
	var overtaken *errOvertaken
	if dataapi.Gone(err) || errors.As(err, &overtaken) && overtaken.by == nil {
		return nil
	}
	return err
}

func (r *run) deleteOwned(ctx context.Context, hasLedger, invented bool) error {
	if !hasLedger && invented {
		if err := r.ledger.ensure(ctx); err != nil {
			return err
		}
	}
	var (
		mine *entry
		err  error
	)
	if hasLedger || invented {
		mine, err = r.ledger.read(ctx, "before", r.want.Object().Key())
	}
	switch {
	case err != nil || mine != nil:
	case invented:
		mine, err = r.enterDeleted(ctx)
	case r.ledger.unelected: // by the Create, which has ended
		return r.ledger.removeUnelected(ctx, "before", r.want.Object().Key())
	default:
		mine, err = r.inheritForDelete(ctx, hasLedger)
	}
	switch {
	case err != nil:
		return err
	case mine == nil: // never made, or deleted before
		return nil
	case mine.owner != r.owner:
		return r.confirmHandOver(ctx, mine)
	case mine.state == deleted && invented:
		return nil
	case mine.state == deleted:
		return r.ledger.erase(ctx, "bury", r.want.Object().Key(), mine.request)
	case mine.handedFrom != nobody:
		return r.handBack(ctx, mine) // the move is rolled back
	}
	if err := r.outdated(mine); err != nil {
		return err
	}
	// Whoever still makes the object reads the ledger before it goes on.
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

// enterDeleted enters that there is no object, for the Create that may be still to
// come. If that was quicker, its entry is returned.
func (r *run) enterDeleted(ctx context.Context) (*entry, error) {
	tombstone := r.as(nobody, nobody, deleted, r.clock.began)
	if err := r.ledger.enter(ctx, r.want.Object().Key(), tombstone); err != nil {
		return nil, err
	}
	return r.ledger.read(ctx, "entered", r.want.Object().Key())
}

// inheritForDelete is inherit for an object that is in no ledger of this user's: it may
// have none yet.
func (r *run) inheritForDelete(ctx context.Context, hasLedger bool) (*entry, error) {
	if r.want.Shared() {
		return nil, nil // no database user owns it
	}
	found, err := r.there(ctx, "there", false)
	if err != nil {
		return nil, err
	}
	var elsewhere *errUnowned
	theirs, err := r.inherited(ctx, found)
	if errors.As(err, &elsewhere) {
		return nil, nil // another construct's
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

// confirmHandOver notes that a construct which handed its object over is gone: from
// now on the object isn't handed back.
func (r *run) confirmHandOver(ctx context.Context, theirs *entry) error {
	if theirs.owner.stackID != r.owner.stackID || theirs.handedFrom != r.owner.logicalID {
		return nil // made by another
	}
	final := *theirs
	final.handedFrom, final.request, final.began = nobody, r.id, r.clock.began
	return r.ledger.compareAndSwap(ctx, "moved", r.want.Object().Key(), theirs, final)
}

// drop drops the object. What others depend on, or what holds something, isn't
// dropped, and its error names that.
func (r *run) drop(ctx context.Context) error {
	err := r.runAll(ctx, r.want.Drop())
	if !dataapi.Refused(err) {
		return err
	}
	if _, lookErr := r.there(ctx, "owner", false); lookErr != nil { // whose it is, the error tells
		return err
	}
	var names []string
	for _, look := range r.want.Dependents() {
		rows, lookErr := r.query(ctx, look)
		if lookErr != nil {
			return err
		}
		for _, row := range rows {
			if name := strings.Join(row, "."); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	if len(names) == 0 {
		return err
	}
	return fmt.Errorf("drop first what depends on it, %s: %w", strings.Join(names, ", "), err)
}
