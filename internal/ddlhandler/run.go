package ddlhandler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/cfn"

	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/definition"
)

// run is one run of one request on one object.
type run struct {
	runner     Runner
	statements statements // the runner's
	api        API        // carries out calls; nil if the definition has none
	ledger     *ledger
	owner      owner
	id         string // the request's
	clock      clock
	want       definition.Resource
	log        *slog.Logger
	sleep      func(context.Context, time.Duration) error
	other      func(definition.Resource) *run // a run of the same request on another object
	undo       func(context.Context) error    // puts back what a failed request took away; nil: nothing
	held       bool                           // whether this run has found the object to be its own
	otherUser  string                         // the id of the other database user who owns the object; empty if none does
	keptTable  string                         // the kept table of an update; empty if there is none
	changing   string                         // the name of the statement that runs now; empty for one that changes nothing
	counted    [][]string                     // how many rows the view had before they were kept
	keptAt     time.Time                      // names the kept table
}

// errAgain is a run that ended with its statement still running.
type errAgain struct{ err error }

func (e *errAgain) Error() string { return "still running, to be taken up: " + e.err.Error() }
func (e *errAgain) Unwrap() error { return e.err }

// errOvertaken is a run that found the object in the hands of a later request.
type errOvertaken struct{ by *entry }

func (e *errOvertaken) Error() string {
	if e.by == nil {
		return "overtaken by a request that deleted the object"
	}
	return fmt.Sprintf("overtaken by the request %s", e.by.request)
}

// perform runs the request and returns how it ended; *errAgain if a repeated
// run is to take it up.
func (r *run) perform(ctx context.Context, ev cfn.Event) error {
	if !r.want.InLedger() {
		return r.conclude(ctx, r.performAlone(ctx, ev))
	}
	hasLedger, began, err := r.begin(ctx, ev)
	switch {
	case ev.RequestType == cfn.RequestDelete && dataapi.Gone(err):
		return nil
	case err != nil:
		return r.conclude(ctx, err)
	}
	r.clock.began = r.clock.beganAt(began)
	limited, cancel := context.WithDeadline(ctx, r.clock.due())
	defer cancel()
	for err = r.handle(limited, ev, hasLedger); r.lostTurn(&err); err = r.handle(limited, ev, hasLedger) {
		r.ledger.round++
	}
	return r.conclude(ctx, err)
}

// performAlone runs a request on an object that no other stack can have.
func (r *run) performAlone(ctx context.Context, ev cfn.Event) error {
	switch {
	case ev.RequestType != cfn.RequestDelete:
		return r.carryOutAll(ctx, r.want.Assert(nil))
	case ev.PhysicalResourceID != r.want.PhysicalID():
		return nil // no Create of this version made that
	}
	return r.carryOutAll(ctx, r.want.Drop())
}

// handle runs the request, once its beginning is known.
func (r *run) handle(ctx context.Context, ev cfn.Event, hasLedger bool) error {
	switch ev.RequestType {
	case cfn.RequestDelete:
		invented := ev.PhysicalResourceID != r.want.PhysicalID()
		return r.delete(ctx, hasLedger, invented)
	case cfn.RequestUpdate:
		old, _ := definition.Read(ev.ResourceType, ev.OldResourceProperties) // what can be read of it
		return r.update(ctx, old, ev.PhysicalResourceID)
	}
	return r.create(ctx)
}

// begin runs the request's first statements, and returns whether there is a ledger now,
// and when the first one was accepted.
func (r *run) begin(ctx context.Context, ev cfn.Event) (hasLedger bool, began time.Time, err error) {
	hasLedger, began, err = r.ledger.find(ctx)
	if err == nil && !hasLedger && ev.RequestType != cfn.RequestDelete {
		hasLedger, err = true, r.ledger.ensure(ctx)
	}
	return hasLedger, began, err
}

// conclude returns err as it is, unless the run's time is over but not the
// request's. A request that failed for good has what it took away put back.
func (r *run) conclude(ctx context.Context, err error) error {
	var (
		statement *dataapi.StatementError
		missing   *errMissing
	)
	switch late := errors.Is(err, context.DeadlineExceeded); {
	case err == nil:
		return nil
	case late && r.clock.mayResume():
		return &errAgain{err}
	case late:
		err = r.cancel(ctx, err)
	case !errors.As(err, &statement) && !errors.As(err, &missing):
		return err
	}
	if r.otherUser != "" && dataapi.Refused(err) {
		err = fmt.Errorf("it is owned by the database user with the id %s, and the function runs as %s now, since its role changed; "+
			"give the role its former name (RoleName), or change the object as its owner: %w", r.otherUser, r.ledger.user, err)
	}
	if r.undo == nil {
		return err
	}
	switch undoErr := r.undo(ctx); {
	case undoErr == nil:
		return err
	case errors.Is(undoErr, context.DeadlineExceeded) && r.clock.mayResume():
		return &errAgain{undoErr}
	default:
		return fmt.Errorf("%w; and what was there could not be restored: %w", err, undoErr)
	}
}

// cancel ends what a request still runs that failed with err, and returns err with what
// was cancelled.
func (r *run) cancel(ctx context.Context, err error) error {
	if !r.want.InLedger() {
		return err // it runs no statements
	}
	rest, cancel := context.WithTimeout(context.WithoutCancel(ctx), min(5*time.Second, r.clock.timeout/30))
	defer cancel()
	var ids []string
	if running := new(dataapi.RunningError); errors.As(err, &running) {
		ids = []string{running.ID}
	}
	cancelled, cancelErr := r.runner.Cancel(rest, ids)
	return errors.Join(fmt.Errorf("%w; cancelled %q", err, cancelled), cancelErr)
}
