package ddlhandler

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// Patience makes a call again that may succeed later. A call that IAM refuses may be
// allowed soon: a role, its policies and its attachment take effect some time after
// they are made, at any call, the first one too. A statement that lost a race with
// another transaction may win the next one.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
type Patience struct {
	// Settled is when a change of IAM has taken effect. A call that is refused later
	// than that has failed.
	Settled time.Time
	// First and Most are the shortest and the longest time between two calls.
	First, Most time.Duration
	// Sleep waits between two calls.
	Sleep func(context.Context, time.Duration) error
}

// patience returns the patience with a request. It ends a fifth of the function's timeout
// after the request's arrival: 3 minutes.
func (c clock) patience(sleep func(context.Context, time.Duration) error) Patience {
	return Patience{Settled: c.arrived.Add(c.timeout / 5), First: c.timeout / 900, Most: c.timeout / 60, Sleep: sleep}
}

// mostRaces is how many races a statement may lose.
const mostRaces = 20

// Try calls call until it succeeds, fails for another reason, or fails too late. number
// counts the statements that failed, so that each of them has a client token of its
// own; a call that no statement came of is made again under the same one. What decides
// is when a statement was accepted, so that a repeated run, which finds the same
// outcomes, goes on as the first one did.
func (p Patience) Try(ctx context.Context, call func(number int) error) error {
	number, races := 0, 0
	for wait := p.First; ; wait = min(2*wait, p.Most) {
		err := call(number)
		at := time.Now()
		var statement *dataapi.StatementError
		failed := errors.As(err, &statement)
		if failed && !statement.Created.IsZero() {
			at = statement.Created
		}
		switch {
		case dataapi.Conflicted(err) && races < mostRaces:
			races++
		case !dataapi.NotAuthorized(err) || !at.Before(p.Settled):
			return err
		}
		if failed {
			number++
		}
		rest := time.Until(at.Add(wait))
		if rest <= 0 {
			continue
		}
		if ended := p.Sleep(ctx, rest); ended != nil && dataapi.Conflicted(err) {
			return fmt.Errorf("%w: %w", ended, err) // the next run may win
		} else if ended != nil {
			return err // what was refused says more than that the time is over
		}
	}
}

// statements are a runner's, made again as the patience has it.
type statements struct {
	runner   Runner
	patience Patience
}

func (s statements) run(ctx context.Context, statement dataapi.Statement) (dataapi.Outcome, error) {
	var outcome dataapi.Outcome
	err := s.patience.Try(ctx, func(number int) (err error) {
		outcome, err = s.runner.Run(ctx, statement, number)
		return err
	})
	return outcome, err
}

func (s statements) rows(ctx context.Context, statement dataapi.Statement) ([][]string, dataapi.Outcome, error) {
	var (
		rows    [][]string
		outcome dataapi.Outcome
	)
	err := s.patience.Try(ctx, func(number int) (err error) {
		rows, outcome, err = s.runner.Rows(ctx, statement, number)
		return err
	})
	return rows, outcome, err
}

func (s statements) fresh(ctx context.Context, statement dataapi.Statement) ([][]string, dataapi.Outcome, error) {
	var (
		rows    [][]string
		outcome dataapi.Outcome
	)
	err := s.patience.Try(ctx, func(int) (err error) {
		rows, outcome, err = s.runner.Fresh(ctx, statement)
		return err
	})
	return rows, outcome, err
}
