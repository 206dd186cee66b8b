package ddlhandler

import (
	"context"
	"fmt"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// errUnowned is a Create's meeting with an object that is not its own.
type errUnowned struct{ why string }

func (e *errUnowned) Error() string { return e.why }

// create makes the object and enters it in the ledger. A repeated request goes
// on where the last run stopped. Somebody else's object gives *errUnowned.
func (r *run) create(ctx context.Context) error {
	mine, err := r.claim(ctx)
	if err != nil {
		return err
	}
	switch {
	case mine.state == live && mine.definition == r.want.definition():
		return nil // handed over, or kept when its construct was taken away
	case mine.state == live || mine.state == updating:
		return r.refuseKept(ctx, mine)
	case mine.state == recreating:
		// What is there was left by an earlier request of ours that never came
		// to its end: it holds nothing that the stream doesn't.
		if err := r.runAll(ctx, r.want.drop()); err != nil {
			return err
		}
	}
	return r.build(ctx, mine)
}

// build runs the statements that make the object and closes the entry.
func (r *run) build(ctx context.Context, mine *entry) error {
	for _, s := range r.want.create() {
		_, err := r.perform(ctx, s)
		if s.Step == ddl.StepCreate && mine.state == creating && dataapi.Exists(err) {
			return r.disown(ctx, fmt.Sprintf("%s was made by somebody else just now", r.want.object))
		}
		if err != nil {
			return err
		}
	}
	return r.ledger.write(ctx, "live", r.want.object, entry{r.owner, mine.handedFrom, r.want.definition(), live, r.id})
}

// claim makes sure that the object is this request's to make, and returns its
// entry.
func (r *run) claim(ctx context.Context) (*entry, error) {
	before, err := r.ledger.read(ctx, "before", r.want.object)
	if err != nil {
		return nil, err
	}
	if before == nil {
		rows, _, err := r.warehouse.Rows(ctx, r.want.object.Exists(), 0)
		if err != nil {
			return nil, err
		}
		if len(rows) > 0 {
			return nil, &errUnowned{fmt.Sprintf("%s exists already and Tributary did not make it; drop or rename it, or give this one another name", r.want.object)}
		}
		if err := r.ledger.claim(ctx, r.want.object, r.owner, creating); err != nil {
			return nil, err
		}
		if before, err = r.ledger.read(ctx, "claimed", r.want.object); err != nil {
			return nil, err
		}
		if before == nil {
			return nil, fmt.Errorf("%s: its entry in the ledger went away while it was made; deploy again", r.want.object)
		}
	}
	return r.take(ctx, before)
}

// take turns an entry into one of this request's, if it may.
func (r *run) take(ctx context.Context, before *entry) (*entry, error) {
	after := *before
	switch {
	case before.owner.stackID != r.owner.stackID:
		return nil, &errUnowned{fmt.Sprintf("%s belongs to %s of the stack %s; give this one another name, or delete that stack first",
			r.want.object, before.owner.logicalID, before.owner.stackID)}
	case before.owner.logicalID != r.owner.logicalID:
		after.handedFrom = before.owner.logicalID // a construct that moved within its stack
		after.owner = r.owner
	case before.request == r.id:
		return before, nil // a repeated request
	}
	if before.state == creating || before.state == deleting {
		after.state = recreating
	}
	if err := r.ledger.write(ctx, "take", r.want.object, after); err != nil {
		return nil, err
	}
	return &after, nil
}

// refuseKept refuses to make an object that is there already, is ours, holds
// rows, and has another definition. A construct that moved gets its object back.
func (r *run) refuseKept(ctx context.Context, mine *entry) error {
	if mine.handedFrom == nobody {
		return &errUnowned{fmt.Sprintf("%s is there with another definition, kept from an earlier deployment; drop it, or give this one another name", r.want.object)}
	}
	if err := r.handBack(ctx, mine); err != nil {
		return err
	}
	return &errUnowned{fmt.Sprintf("%s moves from %s to %s and changes its definition at once; deploy the move first, then the change",
		r.want.object, mine.handedFrom, r.owner.logicalID)}
}

// handBack gives the object back to the construct that it was taken over from.
func (r *run) handBack(ctx context.Context, mine *entry) error {
	return r.ledger.write(ctx, "hand-back", r.want.object,
		entry{owner{r.owner.stackID, mine.handedFrom}, nobody, mine.definition, mine.state, r.id})
}

// disown takes back a claim.
func (r *run) disown(ctx context.Context, why string) error {
	if err := r.ledger.erase(ctx, r.want.object, r.owner); err != nil {
		return err
	}
	return &errUnowned{why}
}
