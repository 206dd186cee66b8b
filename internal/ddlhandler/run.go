package ddlhandler

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// run is one run of one request on one object.
type run struct {
	warehouse Warehouse
	ledger    ledger
	owner     owner
	id        string // the request's
	clock     clock
	want      resource
	sleep     func(context.Context, time.Duration) error
	other     func(resource) *run         // a run of the same request on another object
	undo      func(context.Context) error // puts back what a failed request took away; nil: nothing
	held      bool                        // whether this run has found the object to be its own
	kept      string                      // the table in which an update has kept rows; empty if none
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
func (r *run) perform(ctx context.Context, ev Event) error {
	known, began, err := r.begin(ctx, ev)
	switch {
	case ev.RequestType == "Delete" && dataapi.Gone(err):
		return nil
	case err != nil:
		return r.conclude(ctx, err)
	}
	r.clock.began = began
	limited, cancel := context.WithDeadline(ctx, r.clock.due())
	defer cancel()
	switch ev.RequestType {
	case "Delete":
		invented := ev.PhysicalResourceID != r.want.physicalID()
		err = r.delete(limited, known, invented)
	case "Update":
		old, _ := decode(ev.ResourceType, ev.OldResourceProperties) // what can be read of it
		err = r.update(limited, old, ev.PhysicalResourceID)
	default:
		err = r.create(limited)
	}
	return r.conclude(ctx, err)
}

// begin runs the request's first statement, and returns whether there is a
// ledger now, and when the statement was accepted.
func (r *run) begin(ctx context.Context, ev Event) (known bool, began time.Time, err error) {
	if ev.RequestType == "Delete" {
		return r.ledger.find(ctx)
	}
	began, err = r.ledger.ensure(ctx)
	return true, began, err
}

// conclude returns err as it is, unless the run's time is over but not the
// request's. A request that failed for good has what it took away put back.
func (r *run) conclude(ctx context.Context, err error) error {
	var statement *dataapi.StatementError
	switch late := errors.Is(err, context.DeadlineExceeded); {
	case err == nil:
		return nil
	case late && !r.clock.began.IsZero() && time.Now().Before(r.clock.due()):
		return &errAgain{err}
	case late:
		rest, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.clock.timeout/30)
		defer cancel()
		cancelled, cancelErr := r.warehouse.Cancel(rest)
		err = errors.Join(fmt.Errorf("%w; cancelled %q", err, cancelled), cancelErr)
	case !errors.As(err, &statement):
		return err
	}
	if r.undo == nil {
		return err
	}
	switch undoErr := r.undo(ctx); {
	case undoErr == nil:
		return err
	case errors.Is(undoErr, context.DeadlineExceeded) && time.Now().Before(r.clock.due()):
		return &errAgain{undoErr}
	default:
		return fmt.Errorf("%w; and what was there could not be restored: %w", err, undoErr)
	}
}

// guard returns *errOvertaken if the object is not this request's any more. A
// look that took long tells too little of the present, and is taken again.
func (r *run) guard(ctx context.Context) error {
	for {
		looked := time.Now()
		now, err := r.ledger.now(ctx, r.want.key())
		switch {
		case err != nil:
			return err
		case now == nil || now.request != r.id:
			return &errOvertaken{now}
		case time.Since(looked) < r.clock.moment():
			r.held = true
			return nil
		}
	}
}

// outdated returns *errOvertaken if the entry is of a request that was made
// after this one.
func (r *run) outdated(mine *entry) error {
	if mine.request != r.id && r.clock.before(mine.began) {
		return &errOvertaken{mine}
	}
	return nil
}

// supersede ends what earlier requests of this construct still run. They have
// been told by the ledger, and get a moment to read it.
func (r *run) supersede(ctx context.Context) error {
	if err := r.sleep(ctx, r.clock.moment()); err != nil {
		return err
	}
	return r.warehouse.Supersede(ctx)
}

// there reports whether the object is there. step tells apart the looks of one
// request; entering says that the object is to be entered in the ledger next.
func (r *run) there(ctx context.Context, step ddl.Step, entering bool) (bool, error) {
	if w, ok := r.warehouse.(roleWarehouse); ok {
		return r.attached(ctx, w, entering)
	}
	return r.exists(ctx, step, r.want.exists())
}

// exists reports whether the query has a row.
func (r *run) exists(ctx context.Context, step ddl.Step, look ddl.Statement) (bool, error) {
	look.Step = step
	rows, _, err := r.warehouse.Rows(ctx, look, 0)
	return len(rows) > 0, err
}

// runAll runs statements that need no more than to be run.
func (r *run) runAll(ctx context.Context, plan []ddl.Statement) error {
	for _, s := range plan {
		if _, err := r.step(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// step runs one statement of a plan, or what the plan has instead of it, and
// returns the statements that finished.
func (r *run) step(ctx context.Context, s ddl.Statement) ([]ddl.Statement, error) {
	if s.Step == ddl.StepDependents {
		rows, _, err := r.warehouse.Rows(ctx, s, 0)
		if err == nil {
			err = ddl.Dependents(r.want.view.Object(), rows)
		}
		return []ddl.Statement{s}, err
	}
	if err := r.guard(ctx); err != nil {
		return nil, err
	}
	err := r.patient(ctx, s)
	if err == nil || s.MayExist && dataapi.Exists(err) {
		return []ddl.Statement{s}, nil
	}
	if s.Instead == nil || !dataapi.Refused(err) {
		return nil, err
	}
	var ran []ddl.Statement
	for _, instead := range s.Instead {
		did, err := r.step(ctx, instead)
		if ran = append(ran, did...); err != nil {
			return ran, err
		}
	}
	return ran, nil
}

// patient runs one statement. For some minutes it takes a refusal for want of
// rights to be IAM settling, since a role's statements reach the services some
// time after the role is made. A first refresh that outlives the request is no
// failure: it goes on by itself.
func (r *run) patient(ctx context.Context, s ddl.Statement) error {
	if s.Step == ddl.StepRefresh {
		limited, cancel := context.WithDeadline(ctx, r.clock.refreshEnds())
		defer cancel()
		err := r.untilSettled(limited, s)
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			return nil
		}
		return err
	}
	return r.untilSettled(ctx, s)
}

func (r *run) untilSettled(ctx context.Context, s ddl.Statement) error {
	return r.settled(ctx, func(attempt int) error {
		_, err := r.warehouse.Run(ctx, s, attempt)
		return err
	})
}

// settled tries until it isn't refused for want of rights, or IAM has had time enough
// to settle.
func (r *run) settled(ctx context.Context, try func(attempt int) error) error {
	for attempt, wait := 0, r.clock.timeout/900; ; attempt++ {
		err := try(attempt)
		if !dataapi.NotAuthorized(err) || time.Now().After(r.clock.settled()) {
			return err
		}
		if r.sleep(ctx, wait) != nil {
			return err // what was refused says more than that the time is over
		}
		wait = min(2*wait, r.clock.timeout/60)
	}
}
