package ddlhandler

import (
	"context"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// delete drops the object if it is this construct's own, and succeeds for
// whatever is gone already: the object, the ledger, the database, the warehouse.
func (r *run) delete(ctx context.Context) error {
	err := r.deleteOwned(ctx)
	if dataapi.Gone(err) {
		return nil
	}
	return err
}

func (r *run) deleteOwned(ctx context.Context) error {
	known, err := r.ledger.exists(ctx)
	if err != nil || !known {
		return err
	}
	mine, err := r.ledger.read(ctx, "before", r.want.object)
	if err != nil || mine == nil || mine.owner != r.owner {
		return err // never made, made by another, or handed over since
	}
	if mine.handedFrom != nobody {
		return r.handBack(ctx, mine) // the move is rolled back
	}
	// Whoever still makes the object reads the ledger before it goes on.
	if err := r.ledger.write(ctx, "deleting", r.want.object, entry{r.owner, nobody, mine.definition, deleting, r.id}); err != nil {
		return err
	}
	if _, err := r.warehouse.Cancel(ctx); err != nil {
		return err
	}
	if err := r.runAll(ctx, r.want.drop()); err != nil {
		return err
	}
	return r.ledger.erase(ctx, r.want.object, r.owner)
}
