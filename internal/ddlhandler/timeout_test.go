package ddlhandler_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/ddlhandler"
)

// handleUnanswered handles ev. The run's time is over once a statement that contains hangOn
// has begun. handleUnanswered checks that the handler sends no response.
func handleUnanswered(t *testing.T, db *database, ev cfn.Event, hangOn string) {
	t.Helper()
	var got responses
	err := handleHanging(t, handler(db, &got), db, ev, hangOn)
	if err == nil || !strings.HasPrefix(err.Error(), "still running; Lambda will retry: ") || len(got) > 0 {
		t.Errorf("want no response, got %v and the error %v", got, err)
	}
}

// handleHanging handles ev. The run's time is over once a statement that contains hangOn has
// begun.
func handleHanging(t *testing.T, h *ddlhandler.Handler, db *database, ev cfn.Event, hangOn string) error {
	t.Helper()
	ctx := expiringContext{t.Context(), make(chan struct{})}
	db.hangOn, db.onHang = hangOn, func() {
		close(ctx.expired)
		db.onHang = nil
	}
	defer func() { db.hangOn, db.onHang = "", nil }()
	return h.Handle(ctx, ev)
}

// expiringContext is a context whose deadline is over when a test closes the channel.
type expiringContext struct {
	context.Context
	expired chan struct{}
}

func (c expiringContext) Done() <-chan struct{} { return c.expired }

func (c expiringContext) Err() error {
	select {
	case <-c.expired:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

// sendHanging sends a statement that does not end.
func sendHanging(t *testing.T, s session, stmt dataapi.Statement) {
	t.Helper()
	s.hangOn = stmt.SQL
	defer func() { s.hangOn = "" }()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Run(ctx, stmt, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("want a running statement, got %v", err)
	}
}

func TestRunWithoutAResponse(t *testing.T) {
	t.Parallel()
	for _, hangOn := range []string{"CREATE TABLE IF NOT EXISTS", "INSERT INTO", "SET elected", "CREATE MATERIALIZED", "REFRESH MATERIALIZED"} {
		t.Run(hangOn, func(t *testing.T) {
			t.Parallel()
			db := newDatabase()
			ev := create("r1", stackA, "V", view(t, "a"))
			ev.ResponseURL = sentAgo(0)
			handleUnanswered(t, db, ev, hangOn)
			wantResponse(t, handle(t, db, ev), "SUCCESS", viewID, "")
			if diff := cmp.Diff([]string{"create", "refresh", "auto-refresh"}, changes(db)); diff != "" {
				t.Errorf("steps of both runs (-want +got):\n%s", diff)
			}
		})
	}
}

// TestStatementThatDoesNotEnd runs a request twice, as Lambda does: before its deadline and
// after it.
func TestStatementThatDoesNotEnd(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		hangOn string
		age    time.Duration // the request's age in the second run
		status cfn.StatusType
		reason string
	}{
		"is cancelled and named":           {"CREATE MATERIALIZED", 46 * time.Minute, "FAILED", `create: statement r1-create-0: context deadline exceeded; cancelled ["r1-create-0"]`},
		"continues if a first refresh":     {"REFRESH MATERIALIZED", 42 * time.Minute, "SUCCESS", ""},
		"is cancelled if part of a Delete": {"DROP MATERIALIZED", 46 * time.Minute, "FAILED", `cancelled ["r2-drop-0"]`},
	}
	for name, test := range tests {
		for _, listDenied := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				db := newDatabase()
				db.listDenied = listDenied
				ev := create("r1", stackA, "V", view(t, "a"))
				if strings.HasPrefix(test.hangOn, "DROP") {
					db.accepted["r1"] = time.Now().Add(-time.Hour)
					handle(t, db, ev)
					ev = event("Delete", "r2", stackA, "V", viewID, view(t, "a"))
				}
				handleUnanswered(t, db, ev, test.hangOn)
				db.hangOn = test.hangOn
				db.accepted[ev.RequestID] = time.Now().Add(-test.age)
				wantResponse(t, handle(t, db, ev), test.status, viewID, test.reason)
				db.finishRunning()
				if want := test.hangOn != "CREATE MATERIALIZED"; (db.relations["v"] != nil) != want {
					t.Errorf("want the view to exist: %v", want)
				}
			})
		}
	}
}

// TestDeadlines checks the deadlines of a request under Lambda's longest timeout, 15
// minutes.
func TestDeadlines(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		timeout time.Duration // the context's timeout; 0 means none
		url     func(now time.Time) string
		want    map[string]time.Duration // the steps' deadlines, counted from the start of the run
	}{
		"sent 40 minutes ago": {15 * time.Minute, func(now time.Time) string { return sentAt(now.Add(-40 * time.Minute)) }, map[string]time.Duration{
			"ledger-find": 15*time.Minute - 10*time.Second, "create": 5 * time.Minute, "refresh": 30 * time.Second, "auto-refresh": 5 * time.Minute,
		}},
		"sent now": {15 * time.Minute, sentAt, map[string]time.Duration{
			"ledger-find": 15*time.Minute - 10*time.Second, "create": 15*time.Minute - 10*time.Second, "refresh": 15*time.Minute - 10*time.Second,
		}},
		"without a time, under a timeout of a minute": {time.Minute, func(time.Time) string { return "" }, map[string]time.Duration{
			"ledger-find": 54 * time.Second, "create": 54 * time.Second,
		}},
		"without a time and a timeout": {0, func(time.Time) string { return "" }, map[string]time.Duration{
			"create": 45 * time.Minute, "refresh": 45*time.Minute - 270*time.Second,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase()
			ctx, now := t.Context(), time.Now()
			if test.timeout > 0 {
				limited, cancel := context.WithDeadline(ctx, now.Add(test.timeout))
				defer cancel()
				ctx = limited
			}
			ev := create("r1", stackA, "V", view(t, "a"))
			ev.ResponseURL = test.url(now)
			if err := handler(db, new(responses)).Handle(ctx, ev); err != nil {
				t.Fatal(err)
			}
			for step, want := range test.want {
				if got := db.deadlines[step].Sub(now); (got - want).Abs() > 1500*time.Millisecond {
					t.Errorf("%s: want the deadline after %v, got %v", step, want, got)
				}
			}
		})
	}
}

// TestWhenLambdaRetries checks until when a run that runs out of time leaves the request to
// a repeated run: until 45 minutes after the request began.
func TestWhenLambdaRetries(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		url      string
		accepted time.Duration // how long before now the first statement was accepted
		retried  bool
	}{
		"sent 44 minutes ago":            {sentAgo(44 * time.Minute), 0, true},
		"sent 46 minutes ago":            {sentAgo(46 * time.Minute), 0, false},
		"begun 44 minutes ago":           {"", 44 * time.Minute, true},
		"begun 46 minutes ago":           {"", 46 * time.Minute, false},
		"sent later than it was begun":   {sentAgo(44 * time.Minute), 46 * time.Minute, true},
		"sent earlier than it was begun": {sentAgo(46 * time.Minute), 44 * time.Minute, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase()
			db.accepted["r1"] = time.Now().Add(-test.accepted)
			db.refuse = func(step string) error {
				if step == "exists" {
					return context.DeadlineExceeded
				}
				return nil
			}
			ev := create("r1", stackA, "V", view(t, "a"))
			ev.ResponseURL = test.url
			var got responses
			err := handler(db, &got).Handle(t.Context(), ev)
			if retried := err != nil && len(got) == 0; retried != test.retried {
				t.Errorf("want a retry: %v, got %v and the error %v", test.retried, got, err)
			}
		})
	}
}

// TestFirstStatementRunsOutOfTime checks a run that ends before its first statement is
// accepted, if the event does not contain the time at which CloudFormation sent it: the
// request fails, since nobody knows its deadline.
func TestFirstStatementRunsOutOfTime(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	db.refuse = func(string) error { return context.DeadlineExceeded }
	wantResponse(t, handle(t, db, create("r1", stackA, "V", view(t, "a"))), "FAILED", viewID, "find the ledger: context deadline exceeded; cancelled []")
}

// TestTimeToCancel checks how long the handler may take to cancel the statements of a failed
// request: a thirtieth of the function's timeout, and at most 5 seconds.
func TestTimeToCancel(t *testing.T) {
	t.Parallel()
	for timeout, want := range map[time.Duration]time.Duration{15 * time.Minute: 5 * time.Second, time.Minute: 2 * time.Second} {
		db := newDatabase()
		db.refuse = func(string) error { return context.DeadlineExceeded }
		ctx, cancel := context.WithTimeout(t.Context(), timeout)
		now := time.Now()
		if err := handler(db, new(responses)).Handle(ctx, create("r1", stackA, "V", view(t, "a"))); err != nil {
			t.Error(err)
		}
		cancel()
		if got := db.deadlines["cancel"].Sub(now); (got - want).Abs() > time.Second {
			t.Errorf("timeout %v: want the deadline after %v, got %v", timeout, want, got)
		}
	}
}
