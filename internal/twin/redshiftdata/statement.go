package redshiftdata

import (
	"context"
	"errors"
	"fmt"
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

// statement is a statement, or a batch of them, that was submitted.
type statement struct {
	id         string
	name       string
	connection connection
	owner      Caller
	target     sqlengine.Target
	parameters []parameter
	batch      bool
	parts      []*part // one, or the batch's in order
	created    time.Time
	cancel     context.CancelFunc

	// Guarded by the Service's mutex, as are the parts.
	status  string
	err     string
	updated time.Time
	began   time.Time // zero until it runs
}

// part is one SQL text of a statement.
type part struct {
	id      string
	sql     string
	status  string
	err     string
	result  sqlengine.Result
	size    int64 // bytes of the result; -1 until there is one
	updated time.Time
}

// ended reports whether a status is final.
func ended(status string) bool { return status == finished || status == failed || status == aborted }

// duration returns how long a statement ran, in nanoseconds; -1 until it ended.
func (st *statement) duration() int64 {
	if !ended(st.status) || st.began.IsZero() {
		return -1
	}
	return max(st.updated.Sub(st.began).Nanoseconds(), 0)
}

// submit takes a statement in and runs it in the background. The Service's
// mutex is held.
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

// run waits for its turn and a slot, runs st, and keeps what came of it.
func (s *Service) run(ctx context.Context, st *statement) {
	s.queue(ctx, st)
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
	}
	if ctx.Err() != nil { // a cancelled statement may have found a slot, too
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

// queue lets st wait for the queue's delay, or until ctx ends. For the second half of
// it, the statement has been picked.
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

// sleep waits, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// finish records how st ended. Of a batch that failed, the results are those
// of the parts before the one that failed.
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
	at := 0
	if st.batch {
		at = min(len(results), len(st.parts)-1)
		if st.status == failed {
			st.err = fmt.Sprintf("Query #%d failed with %s", at+1, err)
		}
	}
	for i, p := range st.parts {
		p.status, p.updated = aborted, st.updated // rolled back, or never run
		if i == at {
			p.status, p.err = st.status, err.Error()
		}
	}
}

// finish keeps a part's result, unless it is larger than the API has room for.
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

// forget drops statements and client tokens that are too old. The Service's
// mutex is held.
func (s *Service) forget() {
	now := s.Now()
	n := 0
	for n < len(s.statements) && ended(s.statements[n].status) && now.Sub(s.statements[n].updated) > resultLife {
		delete(s.byID, s.statements[n].id)
		n++
	}
	s.statements = s.statements[n:]
	for name, t := range s.tokens {
		if now.After(t.expires) {
			delete(s.tokens, name)
		}
	}
}
