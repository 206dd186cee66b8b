package ddlhandler

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// errAgain is a run that ended with a statement or a call still running.
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

// cancel ends the statements that still run of a request which failed with err. It returns
// err with what was cancelled.
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
