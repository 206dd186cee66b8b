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
// known says whether there is a ledger, invented that CloudFormation made up the
// physical id, since the Create never answered: it may be still to come.
func (r *run) delete(ctx context.Context, known, invented bool) error {
	err := r.deleteOwned(ctx, known, invented)
	var overtaken *errOvertaken
	if dataapi.Gone(err) || errors.As(err, &overtaken) && overtaken.by == nil {
		return nil
	}
	return err
}

func (r *run) deleteOwned(ctx context.Context, known, invented bool) error {
	if !known && invented {
		if err := r.ledger.ensure(ctx); err != nil {
			return err
		}
	}
	var (
		mine *entry
		err  error
	)
	if known || invented {
		mine, err = r.ledger.read(ctx, "before", r.want.key())
	}
	switch {
	case err != nil || mine != nil:
	case invented:
		mine, err = r.forestall(ctx)
	case r.ledger.left: // by the Create, which has ended
		return r.ledger.withdraw(ctx, "before", r.want.key())
	default:
		mine, err = r.inheritForDelete(ctx, known)
	}
	switch {
	case err != nil:
		return err
	case mine == nil: // never made, or deleted before
		return nil
	case mine.owner != r.owner:
		return r.concludeMove(ctx, mine)
	case mine.state == deleted && invented:
		return nil
	case mine.state == deleted:
		return r.ledger.erase(ctx, "bury", r.want.key(), mine.request)
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
	return r.ledger.erase(ctx, "erase", r.want.key(), r.id)
}

// forestall enters that there is no object, for the Create that may be still to
// come. If that was quicker, its entry is returned.
func (r *run) forestall(ctx context.Context) (*entry, error) {
	tombstone := r.as(nobody, nobody, deleted, r.clock.began)
	if err := r.ledger.enter(ctx, r.want.key(), tombstone); err != nil {
		return nil, err
	}
	return r.ledger.read(ctx, "entered", r.want.key())
}

// inheritForDelete is inherit for an object that is in no ledger of this user's: it may
// have none yet.
func (r *run) inheritForDelete(ctx context.Context, known bool) (*entry, error) {
	if _, ok := r.want.declared.(attachment); ok {
		return nil, nil // nobody owns it
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
	if !known {
		if err := r.ledger.ensure(ctx); err != nil {
			return nil, err
		}
	}
	return r.enter(ctx, *theirs)
}

// concludeMove notes that a construct which handed its object over is gone: from
// now on the object isn't handed back.
func (r *run) concludeMove(ctx context.Context, theirs *entry) error {
	if theirs.owner.stackID != r.owner.stackID || theirs.handedFrom != r.owner.logicalID {
		return nil // made by another
	}
	kept := *theirs
	kept.handedFrom, kept.request, kept.began = nobody, r.id, r.clock.began
	return r.ledger.swap(ctx, "moved", r.want.key(), theirs, kept)
}

// drop drops the object. What others depend on, or what holds something, isn't
// dropped, and its error names that.
func (r *run) drop(ctx context.Context) error {
	err := r.runAll(ctx, r.want.drop())
	if !dataapi.Refused(err) {
		return err
	}
	if _, lookErr := r.there(ctx, "owner", false); lookErr != nil { // whose it is, the error tells
		return err
	}
	var names []string
	for _, look := range r.want.holders() {
		rows, _, lookErr := r.statements.rows(ctx, look)
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
