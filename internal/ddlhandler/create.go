package ddlhandler

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/definition"
)

// errUnowned is a Create's meeting with an object that is not its own.
type errUnowned struct{ why string }

func (e *errUnowned) Error() string { return e.why }

// create makes the object and enters it in the ledger. Somebody else's object
// gives *errUnowned.
func (r *run) create(ctx context.Context) error {
	mine, entered, err := r.claim(ctx)
	switch {
	case err != nil:
	case entered:
		err = r.build(ctx, r.want.Create(), mine)
	default:
		err = r.make(ctx, mine)
	}
	var overtaken *errOvertaken
	if errors.As(err, &overtaken) && r.held && (overtaken.by == nil || overtaken.by.state == deleted) {
		// A Delete came between this run's read of the ledger and its step: what is there
		// now, the step made.
		return errors.Join(err, r.takeBack(ctx))
	}
	return err
}

// stepTakeBack drops what a run made after the object's Delete.
const stepTakeBack definition.StepName = "take-back"

// takeBack drops what this run made after the object's Delete.
func (r *run) takeBack(ctx context.Context) error {
	for _, s := range r.want.Drop() {
		s.Name = stepTakeBack
		if err := r.carryOut(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// claim makes sure that the object is this request's to make, and returns its
// entry, and whether that is a new one.
func (r *run) claim(ctx context.Context) (mine *entry, entered bool, err error) {
	before, err := r.ledger.read(ctx, "before", r.want.Object().Key())
	if err != nil {
		return nil, false, err
	}
	if before != nil && before.state == deleted {
		if err := r.ledger.erase(ctx, "bury", r.want.Object().Key(), before.request); err != nil {
			return nil, false, err
		}
		if err := r.outdated(before); err != nil && before.owner == r.owner {
			return nil, false, err
		}
		before = nil
	}
	if before != nil {
		mine, err = r.claimEntered(ctx, before)
		return mine, false, err
	}
	found, err := r.there(ctx, definition.StepExists, true)
	if err != nil {
		return nil, false, err
	}
	if found.there {
		return nil, false, r.refuseFound(ctx, found)
	}
	mine, err = r.enter(ctx, entry{owner: r.owner, handedFrom: nobody, definition: r.want.Hash(), state: creating, keptAt: r.clock.began})
	return mine, true, err
}

// refuseFound returns why a Create does not make an object that is there and that this
// user's ledger doesn't have.
func (r *run) refuseFound(ctx context.Context, found found) error {
	// It may be this construct's by another user's ledger. But whoever makes an object of
	// the name can write that ledger, so a Create doesn't go by it.
	theirs, err := r.inherited(ctx, found)
	if err != nil {
		return err
	}
	if theirs != nil {
		return r.refuse(fmt.Sprintf("%s is there, and is owned by the database user with the id %s; if that is the function's former user, "+
			"give the function's role its former name (RoleName); else drop it", r.want.Object(), found.user))
	}
	// Another request may have entered it since the ledger was read. A repeated run may
	// find a role detached, and then enters it. Its read "entered" gives this read's
	// answer, no row, so that run takes itself for overtaken.
	theirs, err = r.ledger.read(ctx, "entered", r.want.Object().Key())
	switch {
	case err != nil:
		return err
	case theirs != nil && theirs.owner != r.owner:
		return r.refuseOwned(theirs)
	}
	return r.refuse(fmt.Sprintf("%s exists already and Tributary did not make it; drop or rename it, or give this one another name", r.want.Object()))
}

// enter makes the object's entry, unless another request is elected its owner, and
// returns the one that is.
func (r *run) enter(ctx context.Context, e entry) (*entry, error) {
	e.request, e.began = r.id, r.clock.began
	if err := r.ledger.enter(ctx, r.want.Object().Key(), e); err != nil {
		return nil, err
	}
	entered, err := r.ledger.read(ctx, "entered", r.want.Object().Key())
	if err != nil || entered != nil && entered.enteredBy == r.id {
		return entered, err
	}
	switch {
	case entered == nil: // this is what the read told the first run: see refuseFound
		return nil, errors.Join(&errOvertaken{nil}, r.ledger.erase(ctx, "disown", r.want.Object().Key(), r.id))
	case entered.state == deleted && entered.owner == r.owner:
		return nil, errors.Join(&errOvertaken{entered}, r.ledger.erase(ctx, "bury", r.want.Object().Key(), entered.request))
	case entered.owner != r.owner:
		return nil, r.refuseOwned(entered)
	}
	return entered, nil
}

// refuseOwned is the refusal of an object that another stack owns, or that another
// construct entered at the same moment.
func (r *run) refuseOwned(theirs *entry) error {
	return r.refuse(fmt.Sprintf("%s belongs to %s of the stack %s; give this one another name, or delete that stack first",
		r.want.Object(), theirs.owner.logicalID, theirs.owner.stackID))
}

// errFound is a Create's meeting with a shared object that is there already, by somebody
// else, who sees to its being removed.
type errFound struct{}

func (errFound) Error() string { return "made by somebody else" }

// refuse is the meeting with an object that is not this construct's: a refusal, unless
// the object is one that others may need too.
func (r *run) refuse(why string) error {
	if r.want.Shared() {
		return errFound{}
	}
	return &errUnowned{why}
}

// claimEntered turns an entry that is there into one of this request's, if it may.
func (r *run) claimEntered(ctx context.Context, before *entry) (*entry, error) {
	after := *before
	switch {
	case before.owner.stackID != r.owner.stackID:
		return nil, r.refuseOwned(before)
	case before.owner.logicalID != r.owner.logicalID:
		after.handedFrom = before.owner.logicalID // a construct that moved within its stack
		after.owner = r.owner
	}
	if before.state == deleting {
		after.state = updating // the Delete didn't come to its end
	}
	if err := r.outdated(before); err != nil {
		return nil, err
	}
	after.request, after.began = r.id, r.clock.began
	return &after, r.takeOver(ctx, before, after)
}

// takeOver writes the entry of this request over that of an earlier one. If
// that never came to its end, it may still be running, and has left things.
func (r *run) takeOver(ctx context.Context, before *entry, after entry) error {
	if err := r.ledger.acquire(ctx, "take", r.want.Object().Key(), before, after); err != nil || before.state == live {
		return err
	}
	if err := r.supersede(ctx); err != nil {
		return err
	}
	return r.tidy(ctx, before)
}

// make runs the steps that lead from what is there to the object, and
// closes the entry.
func (r *run) make(ctx context.Context, mine *entry) error {
	found, err := r.there(ctx, "there", false)
	if err != nil {
		return err
	}
	whole := mine.definition == r.want.Hash()
	plan := r.want.Create()
	switch {
	case !found.there:
	case whole && mine.state == live:
		return nil // handed over, or retained when its construct was taken away
	case mine.state == creating && whole:
		plan = slices.DeleteFunc(plan, func(s definition.Step) bool { return s.Name == definition.StepCreate })
	case mine.state == creating:
		// It was left by an earlier request of ours that never came to its end:
		// it holds nothing that the stream doesn't.
		if err := r.runAll(ctx, r.want.Drop()); err != nil {
			return err
		}
	case whole, mine.handedFrom == nobody && definition.Alterable(mine.definition, r.want.Hash()):
		plan = r.want.Assert(nil)
	default:
		return r.refuseRetained(ctx, mine)
	}
	if mine.state != creating || !whole {
		if err := r.ledger.write(ctx, "making", r.want.Object().Key(), r.as(mine.handedFrom, r.want.Hash(), creating, mine.keptAt)); err != nil {
			return err
		}
	}
	return r.build(ctx, plan, mine)
}

// build runs the steps that make the object and closes the entry.
func (r *run) build(ctx context.Context, plan []definition.Step, mine *entry) error {
	for _, s := range plan {
		_, err := r.step(ctx, s)
		if s.Name == definition.StepCreate && dataapi.Exists(err) {
			return errors.Join(&errUnowned{fmt.Sprintf("%s was made by somebody else just now", r.want.Object())},
				r.ledger.erase(ctx, "disown", r.want.Object().Key(), r.id))
		}
		if err != nil {
			return err
		}
	}
	return r.finish(ctx, mine.handedFrom, mine.keptAt)
}

// finish closes the entry, if the object is still this request's.
func (r *run) finish(ctx context.Context, handedFrom string, keptAt time.Time) error {
	if err := r.guard(ctx); err != nil {
		return err
	}
	return r.ledger.write(ctx, "live", r.want.Object().Key(), r.as(handedFrom, r.want.Hash(), live, keptAt))
}

// as returns the object's entry as this request writes it.
func (r *run) as(handedFrom, definition string, state state, keptAt time.Time) entry {
	return entry{owner: r.owner, handedFrom: handedFrom, definition: definition, state: state, request: r.id, began: r.clock.began, keptAt: keptAt}
}

// refuseRetained refuses to make an object that is there already, is ours, holds
// rows, and has another definition. A construct that moved gets its object back.
func (r *run) refuseRetained(ctx context.Context, mine *entry) error {
	if mine.handedFrom == nobody {
		return &errUnowned{fmt.Sprintf("%s is there with another definition, retained from an earlier deployment; drop it, or give this one another name", r.want.Object())}
	}
	if err := r.handBack(ctx, mine); err != nil {
		return err
	}
	return &errUnowned{fmt.Sprintf("%s moves from %s to %s and changes its definition at once; deploy the move first, then the change",
		r.want.Object(), mine.handedFrom, r.owner.logicalID)}
}

// handBack gives the object back to the construct that it was taken over from.
func (r *run) handBack(ctx context.Context, mine *entry) error {
	back := r.as(nobody, mine.definition, mine.state, mine.keptAt)
	back.owner.logicalID = mine.handedFrom
	return r.ledger.compareAndSwap(ctx, "hand-back", r.want.Object().Key(), mine, back)
}
