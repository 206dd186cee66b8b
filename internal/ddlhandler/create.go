package ddlhandler

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/dataapi"
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
		err = r.build(ctx, r.want.create(), mine)
	default:
		err = r.make(ctx, mine)
	}
	var overtaken *errOvertaken
	if errors.As(err, &overtaken) && r.held && (overtaken.by == nil || overtaken.by.state == deleted) {
		// A Delete came between this run's look at the ledger and its statement:
		// what is there now, the statement made.
		return errors.Join(err, r.takeBack(ctx))
	}
	return err
}

// stepTakeBack drops what a run made after the object's Delete.
const stepTakeBack ddl.Step = "take-back"

// takeBack drops what this run made after the object's Delete.
func (r *run) takeBack(ctx context.Context) error {
	for _, s := range r.want.drop() {
		s.Step = stepTakeBack
		if _, err := r.statements.run(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// claim makes sure that the object is this request's to make, and returns its
// entry, and whether that is a new one.
func (r *run) claim(ctx context.Context) (mine *entry, entered bool, err error) {
	before, err := r.ledger.read(ctx, "before", r.want.key())
	if err != nil {
		return nil, false, err
	}
	if before != nil && before.state == deleted {
		if err := r.ledger.erase(ctx, "bury", r.want.key(), before.request); err != nil {
			return nil, false, err
		}
		if err := r.outdated(before); err != nil && before.owner == r.owner {
			return nil, false, err
		}
		before = nil
	}
	if before != nil {
		mine, err = r.take(ctx, before)
		return mine, false, err
	}
	found, err := r.there(ctx, ddl.StepExists, true)
	if err != nil {
		return nil, false, err
	}
	if found.there {
		return nil, false, r.refuseFound(ctx, found)
	}
	mine, err = r.enter(ctx, entry{owner: r.owner, handedFrom: nobody, definition: r.want.definition(), state: creating, kept: r.clock.began})
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
		return r.stranger(fmt.Sprintf("%s is there, and is owned by the database user with the id %s; if that is the function's former user, "+
			"give the function's role its former name (RoleName); else drop it", r.want, found.owner))
	}
	// Another request may have entered it since the ledger was read. A repeated run may
	// find a role detached, and then enters it. Its read "entered" gives this read's
	// answer, no row, so that run takes itself for overtaken.
	theirs, err = r.ledger.read(ctx, "entered", r.want.key())
	switch {
	case err != nil:
		return err
	case theirs != nil && theirs.owner != r.owner:
		return r.foreign(theirs)
	}
	return r.stranger(fmt.Sprintf("%s exists already and Tributary did not make it; drop or rename it, or give this one another name", r.want))
}

// enter makes the object's entry, unless another request is elected its owner, and
// returns the one that is.
func (r *run) enter(ctx context.Context, e entry) (*entry, error) {
	e.request, e.began = r.id, r.clock.began
	if err := r.ledger.enter(ctx, r.want.key(), e); err != nil {
		return nil, err
	}
	entered, err := r.ledger.read(ctx, "entered", r.want.key())
	if err != nil || entered != nil && entered.enteredBy == r.id {
		return entered, err
	}
	switch {
	case entered == nil: // this is what the read told the first run: see refuseFound
		return nil, errors.Join(&errOvertaken{nil}, r.ledger.erase(ctx, "disown", r.want.key(), r.id))
	case entered.state == deleted && entered.owner == r.owner:
		return nil, errors.Join(&errOvertaken{entered}, r.ledger.erase(ctx, "bury", r.want.key(), entered.request))
	case entered.owner != r.owner:
		return nil, r.foreign(entered)
	}
	return entered, nil
}

// foreign is the refusal of an object that another stack owns, or that another
// construct entered at the same moment.
func (r *run) foreign(theirs *entry) error {
	return r.stranger(fmt.Sprintf("%s belongs to %s of the stack %s; give this one another name, or delete that stack first",
		r.want, theirs.owner.logicalID, theirs.owner.stackID))
}

// stranger is the meeting with an object that is not this construct's: a refusal,
// but for a role, which others may need attached as well.
func (r *run) stranger(why string) error {
	if _, ok := r.want.declared.(attachment); ok {
		return errFound{}
	}
	return &errUnowned{why}
}

// take turns an entry into one of this request's, if it may.
func (r *run) take(ctx context.Context, before *entry) (*entry, error) {
	after := *before
	switch {
	case before.owner.stackID != r.owner.stackID:
		return nil, r.foreign(before)
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
	if err := r.ledger.take(ctx, "take", r.want.key(), before, after); err != nil || before.state == live {
		return err
	}
	if err := r.supersede(ctx); err != nil {
		return err
	}
	return r.tidy(ctx, before)
}

// make runs the statements that lead from what is there to the object, and
// closes the entry.
func (r *run) make(ctx context.Context, mine *entry) error {
	found, err := r.there(ctx, "there", false)
	if err != nil {
		return err
	}
	whole := mine.definition == r.want.definition()
	plan := r.want.create()
	switch {
	case !found.there:
	case whole && mine.state == live:
		return nil // handed over, or kept when its construct was taken away
	case mine.state == creating && whole:
		plan = slices.DeleteFunc(plan, func(s ddl.Statement) bool { return s.Step == ddl.StepCreate })
	case mine.state == creating:
		// It was left by an earlier request of ours that never came to its end:
		// it holds nothing that the stream doesn't.
		if err := r.runAll(ctx, r.want.drop()); err != nil {
			return err
		}
	case whole, mine.handedFrom == nobody && sameQuery(mine.definition, r.want.definition()):
		plan = r.want.assert(nil)
	default:
		return r.refuseKept(ctx, mine)
	}
	if mine.state != creating || !whole {
		if err := r.ledger.write(ctx, "making", r.want.key(), r.as(mine.handedFrom, r.want.definition(), creating, mine.kept)); err != nil {
			return err
		}
	}
	return r.build(ctx, plan, mine)
}

// build runs the statements that make the object and closes the entry.
func (r *run) build(ctx context.Context, plan []ddl.Statement, mine *entry) error {
	for _, s := range plan {
		_, err := r.step(ctx, s)
		if s.Step == ddl.StepCreate && dataapi.Exists(err) {
			return errors.Join(&errUnowned{fmt.Sprintf("%s was made by somebody else just now", r.want)},
				r.ledger.erase(ctx, "disown", r.want.key(), r.id))
		}
		if err != nil {
			return err
		}
	}
	return r.finish(ctx, mine.handedFrom, mine.kept)
}

// finish closes the entry, if the object is still this request's.
func (r *run) finish(ctx context.Context, handedFrom string, kept time.Time) error {
	if err := r.guard(ctx); err != nil {
		return err
	}
	return r.ledger.write(ctx, "live", r.want.key(), r.as(handedFrom, r.want.definition(), live, kept))
}

// as returns the object's entry as this request writes it.
func (r *run) as(handedFrom, definition string, state state, kept time.Time) entry {
	return entry{owner: r.owner, handedFrom: handedFrom, definition: definition, state: state, request: r.id, began: r.clock.began, kept: kept}
}

// refuseKept refuses to make an object that is there already, is ours, holds
// rows, and has another definition. A construct that moved gets its object back.
func (r *run) refuseKept(ctx context.Context, mine *entry) error {
	if mine.handedFrom == nobody {
		return &errUnowned{fmt.Sprintf("%s is there with another definition, kept from an earlier deployment; drop it, or give this one another name", r.want)}
	}
	if err := r.handBack(ctx, mine); err != nil {
		return err
	}
	return &errUnowned{fmt.Sprintf("%s moves from %s to %s and changes its definition at once; deploy the move first, then the change",
		r.want, mine.handedFrom, r.owner.logicalID)}
}

// handBack gives the object back to the construct that it was taken over from.
func (r *run) handBack(ctx context.Context, mine *entry) error {
	back := r.as(nobody, mine.definition, mine.state, mine.kept)
	back.owner.logicalID = mine.handedFrom
	return r.ledger.swap(ctx, "hand-back", r.want.key(), mine, back)
}
