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
	changing   string                         // the name of the step that runs now; empty for one that changes nothing
	counted    [][]string                     // how many rows the view had before they were kept
	keptAt     time.Time                      // names the kept table
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

// found is an object that is looked for.
type found struct {
	there bool
	user  string // the id of the database user who owns it; empty if nobody does
}

// there looks for the object. name tells apart the queries of one request; entering says
// that the object is to be entered in the ledger next.
func (r *run) there(ctx context.Context, name definition.StepName, entering bool) (found, error) {
	look := r.want.Exists()
	if look.Call == "" {
		found, err := r.exists(ctx, name, look)
		if found.there && found.user != "" && found.user != r.ledger.user {
			r.otherUser = found.user
		}
		return found, err
	}
	if entering {
		// A statement gives a repeated run the first run's answer; a call gives the
		// present's. If this construct has an entry by now, an earlier run made it before it
		// made the object, and the object counts as not there.
		now, _, err := r.ledger.now(ctx, r.want.Object().Key())
		if err != nil || now != nil && now.owner == r.owner && now.state != deleted {
			return found{}, err
		}
	}
	var found found
	err := r.statements.patience.Try(ctx, func(int) (err error) {
		found.there, err = r.api.Exists(ctx)
		return err
	})
	return found, err
}

// exists reports what the query for an object has found.
func (r *run) exists(ctx context.Context, name definition.StepName, look definition.Step) (found, error) {
	look.Name = name + definition.StepName(inRound(r.ledger.round))
	rows, err := r.query(ctx, look)
	if err != nil || len(rows) == 0 {
		return found{}, err
	}
	return found{true, rows[0][len(rows[0])-1]}, nil
}

// query runs a step that is a query, and returns its rows.
func (r *run) query(ctx context.Context, s definition.Step) ([][]string, error) {
	rows, _, err := r.statements.rows(ctx, dataapi.Statement{Name: string(s.Name), SQL: s.SQL})
	return rows, err
}

// runAll runs steps that need no more than to be run.
func (r *run) runAll(ctx context.Context, plan []definition.Step) error {
	for _, s := range plan {
		if _, err := r.step(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// step runs one step of a plan, or what the plan has instead of it, and returns the steps
// that finished.
func (r *run) step(ctx context.Context, s definition.Step) ([]definition.Step, error) {
	switch s.Name {
	case definition.StepDependents, definition.StepDependentViews, definition.StepCountRows, definition.StepCountKept:
		return []definition.Step{s}, r.look(ctx, s)
	}
	if err := r.guard(ctx); err != nil {
		return nil, err
	}
	err := r.change(ctx, s)
	if err == nil || s.MayExist && dataapi.Exists(err) {
		return []definition.Step{s}, nil
	}
	if s.Instead == nil || !dataapi.Refused(err) {
		return nil, err
	}
	var ran []definition.Step
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

// look runs one query of a plan that decides whether the plan goes on.
func (r *run) look(ctx context.Context, s definition.Step) error {
	rows, err := r.query(ctx, s)
	switch {
	case err != nil:
		return err
	case s.Name == definition.StepCountRows:
		r.counted = rows
		return nil
	case s.Name == definition.StepCountKept:
		if err := r.want.KeptTable(r.keptAt).Check(r.counted, rows); err != nil {
			return &errMissing{err}
		}
		return nil
	}
	return definition.CheckDependents(r.want.Object(), rows)
}

// change runs one step that changes something. A first refresh that outlives the request
// is no failure: it goes on by itself.
func (r *run) change(ctx context.Context, s definition.Step) error {
	first := s.Name == definition.StepRefresh
	s.Name += definition.StepName(inRound(r.ledger.round))
	r.changing = string(s.Name)
	defer func() { r.changing = "" }()
	if !first {
		return r.carryOut(ctx, s)
	}
	limited, cancel := context.WithDeadline(ctx, r.clock.refreshEnds())
	defer cancel()
	err := r.carryOut(limited, s)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return nil
	}
	return err
}

// carryOutAll carries out steps, up to the first that fails.
func (r *run) carryOutAll(ctx context.Context, plan []definition.Step) error {
	for _, s := range plan {
		if err := r.carryOut(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// carryOut runs the statement of a step or makes its call, as often as the patience has
// it.
func (r *run) carryOut(ctx context.Context, s definition.Step) error {
	return r.statements.patience.Try(ctx, func(attempt int) error {
		switch s.Call {
		case "":
			_, err := r.runner.Run(ctx, dataapi.Statement{Name: string(s.Name), SQL: s.SQL}, attempt)
			return err
		case definition.CallMake:
			return r.api.Make(ctx)
		case definition.CallRemove:
			return r.api.Remove(ctx)
		}
		return fmt.Errorf("%s: the call %q changes nothing", s.Name, s.Call)
	})
}
