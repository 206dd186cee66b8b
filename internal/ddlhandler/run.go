package ddlhandler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// run is one run of one request on one object.
type run struct {
	warehouse  Warehouse
	statements statements // the warehouse's
	ledger     *ledger
	owner      owner
	id         string // the request's
	clock      clock
	want       resource
	log        *slog.Logger
	sleep      func(context.Context, time.Duration) error
	other      func(resource) *run         // a run of the same request on another object
	undo       func(context.Context) error // puts back what a failed request took away; nil: nothing
	held       bool                        // whether this run has found the object to be its own
	heirOf     string                      // the id of the other database user who owns the object; empty if none does
	kept       string                      // the table in which an update has kept rows; empty if none
	changing   ddl.Step                    // the statement that runs now; empty for one that changes nothing
	counted    [][]string                  // how many rows the view had before they were kept
	keeping    time.Time                   // names the table in which they are kept
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
	r.clock.began = r.clock.beganAt(began)
	limited, cancel := context.WithDeadline(ctx, r.clock.due())
	defer cancel()
	for err = r.handle(limited, ev, known); r.lostTurn(&err); err = r.handle(limited, ev, known) {
		r.ledger.round++
	}
	return r.conclude(ctx, err)
}

// handle runs the request, once its beginning is known.
func (r *run) handle(ctx context.Context, ev Event, known bool) error {
	switch ev.RequestType {
	case "Delete":
		invented := ev.PhysicalResourceID != r.want.physicalID()
		return r.delete(ctx, known, invented)
	case "Update":
		old, _ := decode(ev.ResourceType, ev.OldResourceProperties) // what can be read of it
		return r.update(ctx, old, ev.PhysicalResourceID)
	}
	return r.create(ctx)
}

// begin runs the request's first statements, and returns whether there is a ledger now,
// and when the first one was accepted.
func (r *run) begin(ctx context.Context, ev Event) (known bool, began time.Time, err error) {
	known, began, err = r.ledger.find(ctx)
	if err == nil && !known && ev.RequestType != "Delete" {
		known, err = true, r.ledger.ensure(ctx)
	}
	return known, began, err
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
		rest, cancel := context.WithTimeout(context.WithoutCancel(ctx), min(5*time.Second, r.clock.timeout/30))
		defer cancel()
		var known []string
		if running := new(dataapi.RunningError); errors.As(err, &running) {
			known = []string{running.ID}
		}
		cancelled, cancelErr := r.warehouse.Cancel(rest, known)
		err = errors.Join(fmt.Errorf("%w; cancelled %q", err, cancelled), cancelErr)
	case !errors.As(err, &statement) && !errors.As(err, &missing):
		return err
	}
	if r.heirOf != "" && dataapi.Refused(err) {
		err = fmt.Errorf("it is owned by the database user with the id %s, and the function runs as %s now, since its role changed; "+
			"give the role its former name (RoleName), or change the object as its owner: %w", r.heirOf, r.ledger.user, err)
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

// found is an object that is looked for.
type found struct {
	there bool
	owner string // the id of the database user who owns it; empty if nobody does
}

// there looks for the object. step tells apart the looks of one request; entering says
// that the object is to be entered in the ledger next.
func (r *run) there(ctx context.Context, step ddl.Step, entering bool) (found, error) {
	if w, ok := r.warehouse.(roleWarehouse); ok {
		attached, err := r.attached(ctx, w, entering)
		return found{there: attached}, err
	}
	found, err := r.exists(ctx, step, r.want.exists())
	if found.there && found.owner != "" && found.owner != r.ledger.user {
		r.heirOf = found.owner
	}
	return found, err
}

// exists reports what the query for an object has found.
func (r *run) exists(ctx context.Context, step ddl.Step, look ddl.Statement) (found, error) {
	look.Step = step + inRound(r.ledger.round)
	rows, _, err := r.statements.rows(ctx, look)
	if err != nil || len(rows) == 0 {
		return found{}, err
	}
	return found{true, rows[0][len(rows[0])-1]}, nil
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
	switch s.Step {
	case ddl.StepDependents, ddl.StepDependentViews, ddl.StepCountRows, ddl.StepCountKept:
		return []ddl.Statement{s}, r.look(ctx, s)
	}
	if err := r.guard(ctx); err != nil {
		return nil, err
	}
	err := r.change(ctx, s)
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

// errMissing is a table that has not got all the rows that were to be kept in it.
type errMissing struct{ err error }

func (e *errMissing) Error() string { return e.err.Error() }
func (e *errMissing) Unwrap() error { return e.err }

// look runs one statement of a plan that decides whether the plan goes on.
func (r *run) look(ctx context.Context, s ddl.Statement) error {
	rows, _, err := r.statements.rows(ctx, s)
	switch {
	case err != nil:
		return err
	case s.Step == ddl.StepCountRows:
		r.counted = rows
		return nil
	case s.Step == ddl.StepCountKept:
		if err := r.want.view.KeptAll(r.keeping, r.counted, rows); err != nil {
			return &errMissing{err}
		}
		return nil
	}
	return ddl.Dependents(r.want.view.Object(), rows)
}

// change runs one statement that changes something. A first refresh that outlives the
// request is no failure: it goes on by itself.
func (r *run) change(ctx context.Context, s ddl.Statement) error {
	first := s.Step == ddl.StepRefresh
	s.Step += inRound(r.ledger.round)
	r.changing = s.Step
	defer func() { r.changing = "" }()
	if !first {
		_, err := r.statements.run(ctx, s)
		return err
	}
	limited, cancel := context.WithDeadline(ctx, r.clock.refreshEnds())
	defer cancel()
	_, err := r.statements.run(limited, s)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return nil
	}
	return err
}
