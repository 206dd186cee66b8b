package ddlhandler_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/ddlhandler"
)

// session runs the statements of one request on a database. It implements
// [ddlhandler.Runner].
type session struct {
	*database
	name           string // the prefix of the statements' names
	request        string
	user           string // the ID of the database user
	onStillRunning func(ctx context.Context, name, id string)
}

var _ ddlhandler.Runner = session{}

// statement is a statement that the Data API has accepted.
type statement struct {
	dataapi.Statement
	session session
	id      string
	running bool
	rows    [][]string
	err     error
}

func (s session) Run(ctx context.Context, stmt dataapi.Statement, attempt int) (dataapi.Outcome, error) {
	_, outcome, err := s.Rows(ctx, stmt, attempt)
	return outcome, err
}

func (s session) Rows(ctx context.Context, stmt dataapi.Statement, attempt int) ([][]string, dataapi.Outcome, error) {
	s.noteDeadline(ctx, stmt.Name)
	if err := s.callError(stmt.Name); err != nil {
		return nil, dataapi.Outcome{Created: s.created()}, err
	}
	token := fmt.Sprint(s.request, stmt.Name, attempt, stmt.SQL, stmt.Parameters)
	sent := s.statements[token]
	hangs := s.hangOn != "" && strings.Contains(stmt.SQL, s.hangOn)
	if sent == nil {
		sent = &statement{Statement: stmt, session: s, id: fmt.Sprintf("%s-%s-%d", s.request, stmt.Name, attempt), running: true}
		s.statements[token] = sent
		if hangs && s.onStillRunning != nil {
			s.onStillRunning(ctx, stmt.Name, sent.id)
		}
	}
	outcome := dataapi.Outcome{ID: sent.id, Created: s.created(), HasRows: strings.HasPrefix(stmt.SQL, "SELECT"), Began: time.Now()}
	if sent.running && hangs {
		if s.onHang != nil {
			s.onHang()
		}
		<-ctx.Done()
		return nil, outcome, &dataapi.RunningError{Name: stmt.Name, ID: sent.id, Err: ctx.Err()}
	}
	if sent.running {
		sent.finish()
	}
	return sent.rows, outcome, sent.err
}

// callError returns the error of a call to the Data API, if it fails.
func (s session) callError(step string) error {
	if s.missing {
		return &dataapi.StatementError{Name: step, Status: "FAILED", Reason: `FATAL: database "dev" does not exist`}
	}
	if s.refuse != nil {
		return s.refuse(step)
	}
	return nil
}

// finish runs the statement to its end.
func (st *statement) finish() {
	s := st.session
	if s.onRun != nil {
		s.onRun(s, st.Name)
	}
	if !st.running {
		return // onRun has cancelled it
	}
	s.ran, st.running = append(s.ran, st.Name), false
	var reason string
	switch {
	case s.failOn != "" && strings.Contains(st.SQL, s.failOn):
		reason = s.failWith
		if s.failTimes--; s.failTimes == 0 {
			s.failOn = ""
		}
	case strings.HasPrefix(st.Name, "ledger-"):
		st.rows, reason = s.onLedger(st.Statement)
	default:
		st.rows, reason = s.execute(st.Name, st.SQL)
	}
	if reason != "" {
		st.err = &dataapi.StatementError{Name: st.Name, SQL: st.SQL, ID: st.id, Status: "FAILED", Reason: reason, Created: time.Now()}
	}
}

// finishRunning lets all running statements end. A test calls it after the last request, to
// find statements that nobody has cancelled.
func (d *database) finishRunning() {
	for _, token := range slices.Sorted(maps.Keys(d.statements)) {
		if sent := d.statements[token]; sent.running {
			sent.finish()
		}
	}
}

func (s session) Fresh(ctx context.Context, stmt dataapi.Statement) ([][]string, dataapi.Outcome, error) {
	s.noteDeadline(ctx, stmt.Name)
	if err := s.callError(stmt.Name); err != nil {
		return nil, dataapi.Outcome{}, err
	}
	if s.onFresh != nil {
		s.onFresh()
	}
	time.Sleep(s.queueTime)
	began := time.Now()
	rows, reason := s.onLedger(stmt)
	if reason != "" {
		return nil, dataapi.Outcome{Began: began}, &dataapi.StatementError{Name: stmt.Name, SQL: stmt.SQL, Status: "FAILED", Reason: reason, Created: began}
	}
	if s.afterFresh != nil {
		began = began.Add(-s.afterFresh())
	}
	return rows, dataapi.Outcome{Began: began}, nil
}

func (s session) Cancel(ctx context.Context, known []string) ([]string, error) {
	s.noteDeadline(ctx, "cancel")
	return s.cancel(known, func(other session) bool { return other.request == s.request }), nil
}

func (s session) Supersede(_ context.Context, known []string) error {
	s.cancel(known, func(other session) bool { return other.name == s.name && other.request != s.request })
	return nil
}

// cancel cancels the running statements with the known IDs and, unless ListStatements is
// denied, those of the sessions for which ofSession returns true. It returns their IDs.
func (s session) cancel(known []string, ofSession func(session) bool) []string {
	ids := []string{}
	for _, sent := range s.statements {
		if sent.running && (slices.Contains(known, sent.id) || !s.listDenied && ofSession(sent.session)) {
			sent.running = false
			sent.err = &dataapi.StatementError{Name: sent.Name, SQL: sent.SQL, ID: sent.id, Status: "ABORTED", Reason: "Query cancelled on user's request"}
			ids = append(ids, sent.id)
		}
	}
	slices.Sort(ids)
	return ids
}

// created returns the time at which the request's statements are accepted. Each request
// gets a time one second after the request before.
func (s session) created() time.Time {
	if s.accepted[s.request].IsZero() {
		s.accepted[s.request] = time.Now().Add(time.Duration(len(s.accepted)) * time.Second)
	}
	return s.accepted[s.request]
}

func (s session) noteDeadline(ctx context.Context, step string) {
	if deadline, ok := ctx.Deadline(); ok {
		s.deadlines[step] = deadline
	}
}
