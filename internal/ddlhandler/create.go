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

// create makes the object and writes its entry into the ledger. It returns *errUnowned if
// the object exists and belongs to someone else.
func (r *run) create(ctx context.Context) error {
	mine, entered, err := r.claim(ctx)
	switch {
	case err != nil:
	case entered:
		err = r.runCreate(ctx, r.want.Create(), mine)
	default:
		err = r.createFromEntry(ctx, mine)
	}
	var overtaken *errOvertaken
	if errors.As(err, &overtaken) && r.ownedObject && (overtaken.by == nil || overtaken.by.state == deleted) {
		// A Delete ran after this run's last ledger read and before its last step. So if the
		// object exists now, that step made it.
		return errors.Join(err, r.dropAfterDelete(ctx))
	}
	return err
}

// stepDropAfterDelete is the name of the step that dropAfterDelete runs.
const stepDropAfterDelete definition.StepName = "drop-after-delete"

// dropAfterDelete drops the object that this run made after the object's Delete.
func (r *run) dropAfterDelete(ctx context.Context) error {
	for _, s := range r.want.Drop() {
		s.Name = stepDropAfterDelete
		if err := r.carryOut(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// claim gets an entry for the object that names this request. It returns the entry, and
// whether it has just inserted the entry.
func (r *run) claim(ctx context.Context) (mine *entry, entered bool, err error) {
	before, err := r.ledger.read(ctx, "read", r.want.Object().Key())
	if err != nil {
		return nil, false, err
	}
	if before != nil && before.state == deleted {
		if err := r.ledger.erase(ctx, "delete-tombstone", r.want.Object().Key(), before.request); err != nil {
			return nil, false, err
		}
		if err := r.checkNotOutdated(before); err != nil && before.owner == r.owner {
			return nil, false, err
		}
		before = nil
	}
	if before != nil {
		mine, err = r.claimEntered(ctx, before)
		return mine, false, err
	}
	found, err := r.find(ctx, definition.StepExists, true)
	if err != nil {
		return nil, false, err
	}
	if found.exists {
		return nil, false, r.refuseExisting(ctx, found)
	}
	mine, err = r.enter(ctx, entry{owner: r.owner, handedFrom: noValue, definition: r.want.Hash(), state: creating, keptAt: r.clock.began})
	return mine, true, err
}

// refuseExisting returns the error for an object that exists without an entry in this
// user's ledger.
func (r *run) refuseExisting(ctx context.Context, found foundObject) error {
	// Another user's ledger may say that this construct owns the object. But everybody who
	// can make an object of this name can write such a ledger, so a Create does not trust it.
	theirs, err := r.findInherited(ctx, found)
	if err != nil {
		return err
	}
	if theirs != nil {
		return r.refuse(fmt.Sprintf("%s exists already, and the database user with the id %s owns it; if that is the function's former user, "+
			"give the function's role its former name (RoleName); otherwise drop it", r.want.Object(), found.user))
	}
	// Another request may have inserted an entry after this request read the ledger. This
	// read has the same name as the read in enter. If a repeated run finds a role detached,
	// it enters the role, gets the result of this read (no row), and so ends as overtaken.
	theirs, err = r.ledger.read(ctx, "entered", r.want.Object().Key())
	switch {
	case err != nil:
		return err
	case theirs != nil && theirs.owner != r.owner:
		return r.refuseOwned(theirs)
	}
	return r.refuse(fmt.Sprintf("%s exists already and Tributary did not make it; drop or rename it, or give this one another name", r.want.Object()))
}

// enter inserts an entry for the object and returns the elected entry. It returns an error
// if the row of another request is elected, unless that request is of the same construct.
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
	case entered == nil: // a repeated run gets the first run's result: see refuseExisting
		return nil, errors.Join(&errOvertaken{nil}, r.ledger.erase(ctx, "release-claim", r.want.Object().Key(), r.id))
	case entered.state == deleted && entered.owner == r.owner:
		return nil, errors.Join(&errOvertaken{entered}, r.ledger.erase(ctx, "delete-tombstone", r.want.Object().Key(), entered.request))
	case entered.owner != r.owner:
		return nil, r.refuseOwned(entered)
	}
	return entered, nil
}

// refuseOwned returns the error for an object that another construct owns.
func (r *run) refuseOwned(theirs *entry) error {
	return r.refuse(fmt.Sprintf("%s belongs to %s of the stack %s; give this one another name, or delete that stack first",
		r.want.Object(), theirs.owner.logicalID, theirs.owner.stackID))
}

// errSharedExists is returned by a Create if a shared object exists already. Whoever made
// the object also removes it.
type errSharedExists struct{}

func (errSharedExists) Error() string { return "somebody else made the object" }

// errUnowned is returned by a Create if the object exists and belongs to someone else.
type errUnowned struct{ why string }

func (e *errUnowned) Error() string { return e.why }

// refuse returns the error for an object that this construct does not own: errSharedExists
// if others may need the object too, otherwise *errUnowned.
func (r *run) refuse(why string) error {
	if r.want.Shared() {
		return errSharedExists{}
	}
	return &errUnowned{why}
}

// claimEntered changes an existing entry into one that names this request, and returns it.
// It returns an error if another stack owns the object, or if a later request has written
// the entry.
func (r *run) claimEntered(ctx context.Context, before *entry) (*entry, error) {
	after := *before
	switch {
	case before.owner.stackID != r.owner.stackID:
		return nil, r.refuseOwned(before)
	case before.owner.logicalID != r.owner.logicalID:
		after.handedFrom = before.owner.logicalID // the construct moved within its stack
		after.owner = r.owner
	}
	if err := r.checkNotOutdated(before); err != nil {
		return nil, err
	}
	after.request, after.began = r.id, r.clock.began
	return &after, r.takeOver(ctx, before, after)
}

// takeOver replaces the entry of an earlier request by the entry of this one. If the
// earlier request did not finish, takeOver stops it and removes what it left.
func (r *run) takeOver(ctx context.Context, before *entry, after entry) error {
	if err := r.ledger.acquire(ctx, "take-over", r.want.Object().Key(), before, after); err != nil || before.state == live {
		return err
	}
	if err := r.stopEarlierRequests(ctx); err != nil {
		return err
	}
	return r.tidy(ctx, before)
}

// createFromEntry makes an object that had an entry before this request. It runs the steps
// that the present state of the object requires, and marks the entry live.
func (r *run) createFromEntry(ctx context.Context, mine *entry) error {
	found, err := r.find(ctx, stepFindObject, false)
	if err != nil {
		return err
	}
	unchanged := mine.definition == r.want.Hash()
	plan := r.want.Create()
	switch {
	case !found.exists:
	case unchanged && mine.state == live:
		return nil // the object was handed over, or retained when its construct was removed
	case mine.state == creating && unchanged:
		plan = slices.DeleteFunc(plan, func(s definition.Step) bool { return s.Name == definition.StepCreate })
	case mine.state == creating:
		// An earlier Create of this construct did not finish. The object has no rows that
		// the stream doesn't have, so it can be dropped.
		if err := r.runAll(ctx, r.want.Drop()); err != nil {
			return err
		}
	case unchanged, mine.handedFrom == noValue && definition.Alterable(mine.definition, r.want.Hash()):
		plan = r.want.Assert(nil)
	default:
		return r.refuseRetained(ctx, mine)
	}
	if mine.state != creating || !unchanged {
		if err := r.ledger.write(ctx, "before-create", r.want.Object().Key(), r.newEntry(mine.handedFrom, r.want.Hash(), creating, mine.keptAt)); err != nil {
			return err
		}
	}
	return r.runCreate(ctx, plan, mine)
}

// runCreate runs the steps that make the object, and marks the entry live.
func (r *run) runCreate(ctx context.Context, plan []definition.Step, mine *entry) error {
	for _, s := range plan {
		_, err := r.runStep(ctx, s)
		if s.Name == definition.StepCreate && dataapi.AlreadyExists(err) {
			return errors.Join(&errUnowned{fmt.Sprintf("somebody else has just made %s", r.want.Object())},
				r.ledger.erase(ctx, "release-claim", r.want.Object().Key(), r.id))
		}
		if err != nil {
			return err
		}
	}
	return r.markLive(ctx, mine.handedFrom, mine.keptAt)
}

// markLive sets the entry's state to live, if the entry still names this request.
func (r *run) markLive(ctx context.Context, handedFrom string, keptAt time.Time) error {
	if err := r.checkNotOvertaken(ctx); err != nil {
		return err
	}
	return r.ledger.write(ctx, "live", r.want.Object().Key(), r.newEntry(handedFrom, r.want.Hash(), live, keptAt))
}

// newEntry returns an entry for the object that names this request.
func (r *run) newEntry(handedFrom, definition string, state state, keptAt time.Time) entry {
	return entry{owner: r.owner, handedFrom: handedFrom, definition: definition, state: state, request: r.id, began: r.clock.began, keptAt: keptAt}
}

// refuseRetained returns the error for a Create of an object that this stack owns already,
// that contains rows, and that has another definition. If the construct has moved,
// refuseRetained hands the object back to the construct that had it before.
func (r *run) refuseRetained(ctx context.Context, mine *entry) error {
	if mine.handedFrom == noValue {
		return &errUnowned{fmt.Sprintf("%s exists with another definition, retained from an earlier deployment; drop it, or give this one another name", r.want.Object())}
	}
	if err := r.handBack(ctx, mine); err != nil {
		return err
	}
	return &errUnowned{fmt.Sprintf("%s moves from %s to %s and changes its definition at once; deploy the move first, then the change",
		r.want.Object(), mine.handedFrom, r.owner.logicalID)}
}

// handBack gives the object back to the construct that had it before.
func (r *run) handBack(ctx context.Context, mine *entry) error {
	back := r.newEntry(noValue, mine.definition, mine.state, mine.keptAt)
	back.owner.logicalID = mine.handedFrom
	return r.ledger.compareAndSwap(ctx, "hand-back", r.want.Object().Key(), mine, back)
}
