package ddlhandler

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// retryPolicy repeats a call that may succeed later. A call that IAM refuses may soon be
// allowed: a role, its policies and its attachment take effect some time after they are
// created. Until then any call may be refused, the first one too. A statement that
// conflicted with another transaction may also succeed at the next attempt.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
type retryPolicy struct {
	settled     time.Time // when changes in IAM have taken effect; a call that IAM refuses later has failed
	first, most time.Duration
	sleep       func(context.Context, time.Duration) error
}

// retryPolicy returns the policy for a request. Changes in IAM have taken effect a fifth of
// the function's timeout after the request arrived: after 3 minutes. The waits between
// attempts grow from one second to 15.
func (c clock) retryPolicy(sleep func(context.Context, time.Duration) error) retryPolicy {
	return retryPolicy{settled: c.arrived.Add(c.timeout / 5), first: c.timeout / 900, most: c.timeout / 60, sleep: sleep}
}

// maxConflicts is how often a statement that conflicted with another transaction is
// repeated: at most 20 times.
const maxConflicts = 20

// do calls call until it succeeds, fails for another reason, or IAM refuses it too late.
//
// number counts the statements that failed, so that each one has its own client token. A
// call that created no statement is repeated with the same number. Whether IAM refused a
// statement too late depends on the time at which the statement was accepted. So a repeated
// run, which gets the same outcomes, takes the same path as the first run.
func (p retryPolicy) do(ctx context.Context, call func(number int) error) error {
	number, conflicts := 0, 0
	for wait := p.first; ; wait = min(2*wait, p.most) {
		err := call(number)
		at := time.Now()
		var statement *dataapi.StatementError
		failed := errors.As(err, &statement)
		if failed && !statement.Created.IsZero() {
			at = statement.Created
		}
		switch {
		case dataapi.Conflicted(err) && conflicts < maxConflicts:
			conflicts++
		case !dataapi.NotAuthorized(err) || !at.Before(p.settled):
			return err
		}
		if failed {
			number++
		}
		ended := ctx.Err()
		if rest := time.Until(at.Add(wait)); rest > 0 {
			ended = p.sleep(ctx, rest)
		}
		switch {
		case ended == nil:
		case dataapi.Conflicted(err):
			return fmt.Errorf("%w: %w", ended, err) // a repeated run may succeed
		default:
			return err // the refusal is the more helpful error
		}
	}
}

// retryingRunner runs statements under a retry policy.
type retryingRunner struct {
	runner Runner
	retry  retryPolicy
}

func (s retryingRunner) run(ctx context.Context, statement dataapi.Statement) (dataapi.Outcome, error) {
	var outcome dataapi.Outcome
	err := s.retry.do(ctx, func(number int) (err error) {
		outcome, err = s.runner.Run(ctx, statement, number)
		return err
	})
	return outcome, err
}

func (s retryingRunner) rows(ctx context.Context, statement dataapi.Statement) ([][]string, dataapi.Outcome, error) {
	var (
		rows    [][]string
		outcome dataapi.Outcome
	)
	err := s.retry.do(ctx, func(number int) (err error) {
		rows, outcome, err = s.runner.Rows(ctx, statement, number)
		return err
	})
	return rows, outcome, err
}

func (s retryingRunner) fresh(ctx context.Context, statement dataapi.Statement) ([][]string, dataapi.Outcome, error) {
	var (
		rows    [][]string
		outcome dataapi.Outcome
	)
	err := s.retry.do(ctx, func(int) (err error) {
		rows, outcome, err = s.runner.Fresh(ctx, statement)
		return err
	})
	return rows, outcome, err
}
