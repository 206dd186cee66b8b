package ddlhandler

import (
	"context"
	"errors"
	"time"
)

// checkNotOvertaken returns *errOvertaken if the object's entry no longer names this
// request. A read that took longer than the lease may be out of date, so it is repeated.
// The lease begins when the read began to run, so time in a queue does not count.
func (r *run) checkNotOvertaken(ctx context.Context) error {
	for {
		now, asOf, err := r.ledger.now(ctx, r.want.Object().Key())
		switch {
		case err != nil:
			return err
		case now == nil || now.request != r.id:
			return &errOvertaken{now}
		case time.Since(asOf) < r.clock.lease():
			r.ownedObject = true
			return nil
		}
	}
}

// checkNotOutdated returns *errOvertaken if the entry was written by a request that began
// after this one.
func (r *run) checkNotOutdated(mine *entry) error {
	if mine.request != r.id && r.clock.before(mine.began) {
		return &errOvertaken{mine}
	}
	return nil
}

// stopEarlierRequests cancels the statements that earlier requests of this construct still
// run. The ledger already names this request. So after the time of a lease no earlier
// request sends another statement, and this function waits for that time. The ledger
// contains the ID of the earlier request's last statement that ran for more than a second.
func (r *run) stopEarlierRequests(ctx context.Context) error {
	if err := r.sleep(ctx, r.clock.lease()); err != nil {
		return err
	}
	now, _, err := r.ledger.now(ctx, r.want.Object().Key())
	if err != nil {
		return err
	}
	if now == nil || now.request != r.id {
		return &errOvertaken{now}
	}
	var ids []string
	if now.running.id != "" && now.running.request != r.id {
		ids = []string{now.running.id}
	}
	return r.runner.Supersede(ctx, ids)
}

// noteStillRunning writes the ID of a long-running statement into the ledger, so that a
// request that overtakes this one can cancel the statement. If the write fails, it only
// logs a warning, and the statement continues.
func (r *run) noteStillRunning(ctx context.Context, name, id string) {
	if name != r.changing {
		return // the statement is a query, or changes only the ledger
	}
	limited, cancel := context.WithTimeout(ctx, r.clock.lease())
	defer cancel()
	if err := r.ledger.note(limited, r.want.Object().Key(), id); err != nil && ctx.Err() == nil {
		r.log.Warn("the statement's id was not written into the ledger", "statement", id, "error", err)
	}
}

// maxRounds is how often a request may start again because another request changed the entry
// first.
const maxRounds = 5

// mustRestart reports whether the request must start again, because another request changed
// the entry first. If that was a later request, the next round returns *errOvertaken.
func (r *run) mustRestart(err error) bool {
	var changed *errEntryChanged
	return errors.As(err, &changed) && r.ledger.round < maxRounds
}
