package ddlhandler

import (
	"context"
	"errors"
	"fmt"

	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/definition"
)

// found is an object that is looked for.
type found struct {
	there bool
	user  string // the id of the database user who owns it; empty if nobody does
}

// there looks for the object. name tells apart the looks of one request; entering says
// that the object is to be entered in the ledger next.
func (r *run) there(ctx context.Context, name definition.StepName, entering bool) (found, error) {
	look := r.want.Exists()
	if look.Call != "" {
		there, err := r.thereNow(ctx, entering)
		return found{there: there}, err
	}
	found, err := r.exists(ctx, name, look)
	if found.there && found.user != "" && found.user != r.ledger.user {
		r.otherUser = found.user
	}
	return found, err
}

// thereNow asks the API for the object. Unlike a statement, a call tells a repeated run of
// the present, and so of what the first run made. That isn't there to one that is about to
// enter the object in the ledger.
func (r *run) thereNow(ctx context.Context, entering bool) (bool, error) {
	if entering {
		now, _, err := r.ledger.now(ctx, r.want.Object().Key())
		if err != nil || now != nil && now.owner == r.owner && now.state != deleted {
			return false, err
		}
	}
	there := false
	err := r.statements.patience.Try(ctx, func(int) (err error) {
		there, err = r.api.Exists(ctx)
		return err
	})
	return there, err
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
	rows, _, err := r.statements.rows(ctx, statementOf(s))
	return rows, err
}

func statementOf(s definition.Step) dataapi.Statement {
	return dataapi.Statement{Name: string(s.Name), SQL: s.SQL}
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
	var call func(context.Context) error
	switch s.Call {
	case "":
		_, err := r.statements.run(ctx, statementOf(s))
		return err
	case definition.CallMake:
		call = r.api.Make
	case definition.CallRemove:
		call = r.api.Remove
	default:
		return fmt.Errorf("%s: no step that changes something is the call %q", s.Name, s.Call)
	}
	return r.statements.patience.Try(ctx, func(int) error { return call(ctx) })
}
