package redshiftdata

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/sqlengine"
)

// The statuses of a statement.
//
// Source: https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_DescribeStatement.html
const (
	submitted = "SUBMITTED"
	picked    = "PICKED"
	started   = "STARTED"
	finished  = "FINISHED"
	failed    = "FAILED"
	aborted   = "ABORTED"
)

// parameter is a named parameter of a statement.
type parameter struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// statement is a submitted statement or batch.
type statement struct {
	id         string
	name       string
	connection connection
	owner      Caller
	target     sqlengine.Target
	parameters []parameter
	batch      bool
	parts      []*part // the statements of the batch in order, or the one statement
	created    time.Time
	cancel     context.CancelFunc

	// The Service's mutex guards these fields and the parts.
	status  string
	err     string    // empty if the statement has not failed
	updated time.Time // when status changed
	began   time.Time // zero until the engine runs the statement
}

// part is one SQL statement of a statement or batch.
type part struct {
	id      string
	sql     string
	status  string
	err     string // empty if the part has not failed
	result  sqlengine.Result
	size    int64     // of the result, in bytes; -1 until the part has finished
	updated time.Time // when status changed
}

// ended reports whether a status is final.
func ended(status string) bool { return status == finished || status == failed || status == aborted }

// expired reports whether a statement ended more than 24 hours ago. The caller must hold
// s.mu.
func (s *Service) expired(st *statement) bool {
	return ended(st.status) && s.Now().Sub(st.updated) > resultLife
}

// duration returns how long a statement ran, in nanoseconds. It returns -1 if the statement
// has not ended, or if it was cancelled before it ran.
func (st *statement) duration() int64 {
	if !ended(st.status) || st.began.IsZero() {
		return -1
	}
	return max(st.updated.Sub(st.began).Nanoseconds(), 0)
}

// submit adds a statement to the Service and starts to run it in the background. The
// caller must hold s.mu.
func (s *Service) submit(st *statement) {
	st.created = s.Now()
	st.status, st.updated = submitted, st.created
	for _, p := range st.parts {
		p.status, p.updated, p.size = submitted, st.created, -1
	}
	ctx, cancel := context.WithTimeout(s.ctx, maxRun)
	st.cancel = cancel
	s.statements = append(s.statements, st)
	s.byID[st.id] = st
	s.active++
	s.running.Go(func() {
		defer cancel()
		s.run(ctx, st)
	})
}

// run waits for the queue's delay and for a slot, runs st, and records how it ended.
func (s *Service) run(ctx context.Context, st *statement) {
	s.queue(ctx, st)
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
	}
	if ctx.Err() != nil { // select may choose the slot although ctx has ended
		s.finish(st, nil, ctx.Err(), true)
		return
	}
	s.mu.Lock()
	st.began = s.Now()
	st.status, st.updated = started, st.began
	st.parts[0].status, st.parts[0].updated = started, st.began
	s.mu.Unlock()

	values := map[string]string{}
	for _, p := range st.parameters {
		values[p.Name] = p.Value
	}
	var results []sqlengine.Result
	var err error
	if st.batch {
		var sqls []string
		for _, p := range st.parts {
			sqls = append(sqls, p.sql)
		}
		results, err = s.engine.ExecBatch(ctx, st.target, sqls, values)
	} else {
		var r sqlengine.Result
		r, err = s.engine.Exec(ctx, st.target, st.parts[0].sql, values)
		results = []sqlengine.Result{r}
	}
	s.finish(st, results, err, ctx.Err() != nil)
}

// queue waits for the queue's delay, or until ctx ends. The status of st is PICKED for the
// second half of the delay.
func (s *Service) queue(ctx context.Context, st *statement) {
	if s.QueueDelay == 0 {
		return
	}
	sleep(ctx, s.QueueDelay/2)
	s.mu.Lock()
	st.status, st.updated = picked, s.Now()
	for _, p := range st.parts {
		p.status, p.updated = picked, st.updated
	}
	s.mu.Unlock()
	sleep(ctx, s.QueueDelay-s.QueueDelay/2)
}

// sleep waits for a duration, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// finish records how st ended. The results of a batch that failed are those of the parts
// before the part that failed.
func (s *Service) finish(st *statement, results []sqlengine.Result, err error, cancelled bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.active--
	st.status, st.updated = finished, s.Now()
	if err == nil {
		for i, p := range st.parts {
			p.finish(results[i], st.updated)
			if p.status == failed {
				st.status, st.err = failed, p.err
			}
		}
		return
	}
	st.status, st.err = failed, err.Error()
	if cancelled || errors.Is(err, context.Canceled) {
		st.status = aborted
	}
	failedPart := 0
	if st.batch {
		failedPart = min(len(results), len(st.parts)-1)
		if st.status == failed {
			st.err = fmt.Sprintf("Query #%d failed with %s", failedPart+1, err)
		}
	}
	for i, p := range st.parts {
		p.status, p.updated = aborted, st.updated // rolled back, or not run
		if i == failedPart {
			p.status, p.err = st.status, err.Error()
		}
	}
}

// finish records a part's result. If the result is larger than the limit, the part has
// failed.
func (p *part) finish(r sqlengine.Result, at time.Time) {
	p.status, p.updated, p.size = finished, at, 0
	for _, row := range r.Rows {
		for _, v := range row {
			p.size += int64(len(v))
		}
	}
	if p.size > maxResult {
		p.status, p.err = failed, resultTooBig
		r.Columns, r.Rows = nil, nil
	}
	p.result = r
}

// removeExpired removes expired statements and client tokens. The caller must hold s.mu.
func (s *Service) removeExpired() {
	s.statements = slices.DeleteFunc(s.statements, func(st *statement) bool {
		if !s.expired(st) {
			return false
		}
		delete(s.byID, st.id)
		return true
	})
	now := s.Now()
	for name, t := range s.tokens {
		if now.After(t.expires) {
			delete(s.tokens, name)
		}
	}
}
