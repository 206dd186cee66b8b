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
	runner      Runner
	statements  retryingRunner // runs statements on runner, with retries
	api         API            // carries out the definition's calls; nil if it has none
	ledger      *ledger
	owner       owner
	id          string // the request's ID
	clock       clock
	want        definition.Resource
	log         *slog.Logger
	sleep       func(context.Context, time.Duration) error
	newRunOn    func(definition.Resource) *run // returns a run of the same request on another object
	undo        func(context.Context) error    // undoes the changes of a failed request; nil if there are none
	ownedObject bool                           // whether this run has read an entry that names this request
	otherUser   string                         // the ID of the other database user who owns the object; empty if none does
	keptTable   string                         // the name of the update's kept table; empty if none exists
	changing    string                         // the name of the last step that changes something; empty before the first
	rowsBefore  [][]string                     // the result of counting the view's rows before they are moved
	keptAt      time.Time                      // the time in the kept table's name
}

// perform runs the request. It returns *errRetry if a repeated run must continue it.
func (r *run) perform(ctx context.Context, ev cfn.Event) error {
	if !r.want.InLedger() {
		return r.conclude(ctx, r.performWithoutLedger(ctx, ev))
	}
	hasLedger, accepted, err := r.openLedger(ctx, ev)
	switch {
	case ev.RequestType == cfn.RequestDelete && dataapi.NoSuchTarget(err):
		return nil
	case err != nil:
		return r.conclude(ctx, err)
	}
	r.clock.began = r.clock.beganAt(accepted)
	limited, cancel := context.WithDeadline(ctx, r.clock.deadline())
	defer cancel()
	for err = r.performOnce(limited, ev, hasLedger); r.mustRestart(err); err = r.performOnce(limited, ev, hasLedger) {
		r.ledger.round++
	}
	return r.conclude(ctx, err)
}

// performWithoutLedger runs a request on an object that no other stack can own.
func (r *run) performWithoutLedger(ctx context.Context, ev cfn.Event) error {
	switch {
	case ev.RequestType != cfn.RequestDelete:
		return r.carryOutAll(ctx, r.want.Assert(nil))
	case ev.PhysicalResourceID != r.want.PhysicalID():
		return nil // no Create of this version returned this ID
	}
	return r.carryOutAll(ctx, r.want.Drop())
}

// performOnce runs a request on an object that has a ledger. It returns *errEntryChanged if
// another request changed the entry first.
func (r *run) performOnce(ctx context.Context, ev cfn.Event, hasLedger bool) error {
	switch ev.RequestType {
	case cfn.RequestDelete:
		invented := ev.PhysicalResourceID != r.want.PhysicalID()
		return r.delete(ctx, hasLedger, invented)
	case cfn.RequestUpdate:
		old, _ := definition.Read(ev.ResourceType, ev.OldResourceProperties) // an invalid definition is used as far as it can be read
		return r.update(ctx, old, ev.PhysicalResourceID)
	}
	return r.create(ctx)
}

// openLedger runs the request's first statements. It creates the ledger unless the request
// is a Delete. It returns whether a ledger exists now, and when the first statement was
// accepted.
func (r *run) openLedger(ctx context.Context, ev cfn.Event) (hasLedger bool, accepted time.Time, err error) {
	hasLedger, accepted, err = r.ledger.find(ctx)
	if err == nil && !hasLedger && ev.RequestType != cfn.RequestDelete {
		hasLedger, err = true, r.ledger.ensure(ctx)
	}
	return hasLedger, accepted, err
}

// foundObject is the result of looking for an object.
type foundObject struct {
	exists bool
	user   string // the ID of the database user who owns it; empty if none does
}

// These are the names of the queries that look for the object in each situation.
const (
	stepFindObject definition.StepName = "find-object"
	stepFindOwner  definition.StepName = "find-owner"
)

// find looks for the object. name distinguishes the queries of one request. claiming says
// that the request inserts an entry for the object next.
func (r *run) find(ctx context.Context, name definition.StepName, claiming bool) (foundObject, error) {
	query := r.want.Exists()
	if query.Call == "" {
		found, err := r.findByQuery(ctx, name, query)
		if found.exists && found.user != "" && found.user != r.ledger.user {
			r.otherUser = found.user
		}
		return found, err
	}
	if claiming {
		// In a repeated run, a statement returns the first run's outcome, but a call returns
		// the present state. If this construct has an entry now, an earlier run inserted it
		// before it created the object. So the object counts as not existing.
		now, _, err := r.ledger.now(ctx, r.want.Object().Key())
		if err != nil || now != nil && now.owner == r.owner && now.state != deleted {
			return foundObject{}, err
		}
	}
	var found foundObject
	err := r.statements.retry.do(ctx, func(int) (err error) {
		found.exists, err = r.api.Exists(ctx)
		return err
	})
	return found, err
}

// findByQuery looks for the object by a query.
func (r *run) findByQuery(ctx context.Context, name definition.StepName, query definition.Step) (foundObject, error) {
	query.Name = name + definition.StepName(roundSuffix(r.ledger.round))
	rows, err := r.query(ctx, query)
	if err != nil || len(rows) == 0 {
		return foundObject{}, err
	}
	return foundObject{true, rows[0][len(rows[0])-1]}, nil
}

// query runs a step that is a query, and returns its rows.
func (r *run) query(ctx context.Context, s definition.Step) ([][]string, error) {
	rows, _, err := r.statements.rows(ctx, dataapi.Statement{Name: string(s.Name), SQL: s.SQL})
	return rows, err
}

// runAll runs steps, up to the first that fails.
func (r *run) runAll(ctx context.Context, plan []definition.Step) error {
	for _, s := range plan {
		if _, err := r.runStep(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// runStep runs one step of a plan. If Redshift refuses it, runStep runs the step's
// alternative, if it has one. It returns the steps that finished.
func (r *run) runStep(ctx context.Context, s definition.Step) ([]definition.Step, error) {
	switch s.Name {
	case definition.StepDependents, definition.StepDependentViews, definition.StepCountRows, definition.StepCountKeptRows:
		return []definition.Step{s}, r.runCheck(ctx, s)
	}
	if err := r.checkNotOvertaken(ctx); err != nil {
		return nil, err
	}
	err := r.runChange(ctx, s)
	if err == nil || s.MayExist && dataapi.AlreadyExists(err) {
		return []definition.Step{s}, nil
	}
	if s.Instead == nil || !dataapi.Refused(err) {
		return nil, err
	}
	var ran []definition.Step
	for _, instead := range s.Instead {
		did, err := r.runStep(ctx, instead)
		if ran = append(ran, did...); err != nil {
			return ran, err
		}
	}
	return ran, nil
}

// errRowsMissing is returned if the kept table has fewer rows than the view had.
type errRowsMissing struct{ err error }

func (e *errRowsMissing) Error() string { return e.err.Error() }
func (e *errRowsMissing) Unwrap() error { return e.err }

// runCheck runs a query of a plan, and returns an error if its result forbids the rest of
// the plan.
func (r *run) runCheck(ctx context.Context, s definition.Step) error {
	rows, err := r.query(ctx, s)
	switch {
	case err != nil:
		return err
	case s.Name == definition.StepCountRows:
		r.rowsBefore = rows
		return nil
	case s.Name == definition.StepCountKeptRows:
		if err := r.want.KeptTable(r.keptAt).Check(r.rowsBefore, rows); err != nil {
			return &errRowsMissing{err}
		}
		return nil
	}
	return definition.CheckDependents(r.want.Object(), rows)
}

// runChange runs one step that changes something. A first refresh that lasts longer than
// the request can wait is no failure: it continues in the warehouse.
func (r *run) runChange(ctx context.Context, s definition.Step) error {
	first := s.Name == definition.StepRefresh
	s.Name += definition.StepName(roundSuffix(r.ledger.round))
	r.changing = string(s.Name)
	if !first {
		return r.carryOut(ctx, s)
	}
	limited, cancel := context.WithDeadline(ctx, r.clock.refreshDeadline())
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

// carryOut runs the statement of a step or makes its call, with retries.
func (r *run) carryOut(ctx context.Context, s definition.Step) error {
	return r.statements.retry.do(ctx, func(attempt int) error {
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
