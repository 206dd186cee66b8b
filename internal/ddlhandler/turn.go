package ddlhandler

import (
	"context"
	"errors"
	"time"
)

// guard returns *errOvertaken if the object is not this request's any more. A read of
// the ledger that took longer than the lease may be out of date, so it is repeated. The
// lease begins when the read began to run, however long it waited in a queue.
func (r *run) guard(ctx context.Context) error {
	for {
		now, asOf, err := r.ledger.now(ctx, r.want.Object().Key())
		switch {
		case err != nil:
			return err
		case now == nil || now.request != r.id:
			return &errOvertaken{now}
		case time.Since(asOf) < r.clock.lease():
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
// been told by the ledger, and get the time of a lease to read it. The ledger has the id
// of the last statement of theirs that ran for more than a second.
func (r *run) supersede(ctx context.Context) error {
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

// noteStillRunning writes the id of a statement that runs long into the ledger, for the
// request that may overtake this one. Nothing depends on it but that: the statement goes
// on.
func (r *run) noteStillRunning(ctx context.Context, name, id string) {
	if name == "" || name != r.changing {
		return // one that reads, or that is on the ledger itself
	}
	limited, cancel := context.WithTimeout(ctx, r.clock.lease())
	defer cancel()
	if err := r.ledger.note(limited, r.want.Object().Key(), id); err != nil && ctx.Err() == nil {
		r.log.Warn("the statement's id was not written into the ledger", "statement", id, "error", err)
	}
}

// mostRounds is how often a request may lose its turn to an earlier one.
const mostRounds = 5

// lostTurn reports whether err is that of a request which lost its turn to an earlier
// one, and so is to begin anew: it is the later one that decides. One that lost its turn
// to a later request was overtaken.
func (r *run) lostTurn(err *error) bool {
	turn := new(errTurn)
	if !errors.As(*err, &turn) {
		return false
	}
	if overtaken := r.outdated(turn.by); overtaken != nil {
		*err = overtaken
		return false
	}
	return r.ledger.round < mostRounds
}
