package ddlhandler

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// errRetry is returned by a run that ended while a statement or a call was still running.
// Lambda then retries the event, and the repeated run continues.
type errRetry struct{ err error }

func (e *errRetry) Error() string { return "still running; Lambda will retry: " + e.err.Error() }
func (e *errRetry) Unwrap() error { return e.err }

// errOvertaken is returned by a run if a later request has changed the object's entry, or
// the entry no longer exists. by is nil if it no longer exists.
type errOvertaken struct{ by *entry }

func (e *errOvertaken) Error() string {
	if e.by == nil {
		return "overtaken by a request that deleted the object"
	}
	return fmt.Sprintf("overtaken by the request %s", e.by.request)
}

// conclude returns the result of the request, given the error of its run. It returns
// *errRetry if the run ran out of time and a repeated run may finish the request. If the
// request has failed, conclude undoes what it changed. It returns nil if err is nil.
func (r *run) conclude(ctx context.Context, err error) error {
	var (
		statement *dataapi.StatementError
		missing   *errRowsMissing
	)
	switch late := errors.Is(err, context.DeadlineExceeded); {
	case late && r.clock.mayRetry():
		return &errRetry{err}
	case late:
		err = r.cancel(ctx, err)
	case !errors.As(err, &statement) && !errors.As(err, &missing):
		return err
	}
	if r.otherUser != "" && dataapi.Refused(err) {
		err = fmt.Errorf("the database user with the id %s owns the object, but the function runs as %s since its role changed; "+
			"give the role its former name (RoleName), or change the object as its owner: %w", r.otherUser, r.ledger.user, err)
	}
	if r.undo == nil {
		return err
	}
	switch undoErr := r.undo(ctx); {
	case undoErr == nil:
		return err
	case errors.Is(undoErr, context.DeadlineExceeded) && r.clock.mayRetry():
		return &errRetry{undoErr}
	default:
		return fmt.Errorf("%w; and the old object could not be restored: %w", err, undoErr)
	}
}

// cancel cancels the statements that a failed request still runs. It returns err, extended
// by the IDs of the cancelled statements.
func (r *run) cancel(ctx context.Context, err error) error {
	if !r.want.InLedger() {
		return err // the object needs no statements
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
