package ddlhandler_test

import (
	stdcmp "cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// TestEarlierStatementsAreStopped checks that a later request waits until no earlier run
// sends statements any more, and cancels the running ones. Otherwise they would change the
// object after the later request.
func TestEarlierStatementsAreStopped(t *testing.T) {
	t.Parallel()
	v := func(column string) string {
		return "column " + column + ", 5 rows, auto refresh true, granted to []"
	}
	update := func(request, column, old string) cfn.Event {
		return updated(event("Update", request, stackA, "V", viewID, view(t, column)), view(t, old))
	}
	tests := map[string]struct {
		before  []cfn.Event // requests that run first and succeed
		hanging cfn.Event
		hangOn  string
		later   cfn.Event
		want    map[string]string
	}{
		"Delete after a Create": {
			nil, create("r1", stackA, "V", view(t, "a")), "CREATE MATERIALIZED",
			event("Delete", "r2", stackA, "V", inventedID, view(t, "a")),
			map[string]string{},
		},
		"Create after a Create": {
			nil, create("r1", stackA, "V", view(t, "b")), "CREATE MATERIALIZED",
			create("r2", stackA, "V", view(t, "a")),
			map[string]string{"v": v("a")},
		},
		"rollback of an Update": {
			[]cfn.Event{create("r0", stackA, "V", view(t, "a"))},
			update("r1", "b", "a"), "DROP MATERIALIZED VIEW IF EXISTS \"public\".\"v\"",
			update("r2", "a", "b"),
			map[string]string{"v": v("a"), "v_until_T": "5 rows"},
		},
		"Create after a Delete": {
			[]cfn.Event{create("r0", stackA, "V", view(t, "a"))},
			event("Delete", "r1", stackA, "V", viewID, view(t, "a")), "DROP MATERIALIZED",
			create("r2", stackA, "V", view(t, "a")),
			map[string]string{"v": v("a")},
		},
		"Delete after a Delete": {
			[]cfn.Event{create("r0", stackA, "V", view(t, "a"))},
			event("Delete", "r1", stackA, "V", viewID, view(t, "a")), "DROP MATERIALIZED",
			event("Delete", "r2", stackA, "V", viewID, view(t, "a")),
			map[string]string{},
		},
	}
	for name, test := range tests {
		for _, listDenied := range []bool{false, true} { // then only the ledger has the statement's ID
			t.Run(fmt.Sprint(name, ", ListStatements denied ", listDenied), func(t *testing.T) {
				t.Parallel()
				db := newDatabase()
				db.listDenied = listDenied
				for _, ev := range test.before {
					handle(t, db, ev)
				}
				handleUnanswered(t, db, test.hanging, test.hangOn)
				wantResponse(t, handle(t, db, test.later), "SUCCESS", stdcmp.Or(test.later.PhysicalResourceID, viewID), "")
				db.finishRunning()
				wantRelations(t, db, test.want)
			})
		}
	}
}

// TestWaitForTheLease checks that a later request waits for the time of a lease before it
// cancels statements: an earlier run that has read the ledger just before may still send
// one.
func TestWaitForTheLease(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handleUnanswered(t, db, create("r1", stackA, "V", view(t, "a")), "CREATE MATERIALIZED")
	db.finishRunning()
	var (
		waits []time.Duration
		got   responses
	)
	h := handler(db, &got)
	h.Sleep = func(_ context.Context, d time.Duration) error {
		waits = append(waits, d)
		earlier := session{database: db, name: "tributary/A/V", request: "r1", user: admin}
		sendHanging(t, earlier, dataapi.Statement{Name: "refresh", SQL: `REFRESH MATERIALIZED VIEW "public"."v"`})
		return nil
	}
	if err := h.Handle(t.Context(), updated(event("Update", "r2", stackA, "V", viewID, view(t, "a")), view(t, "b"))); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]time.Duration{7500 * time.Millisecond}, waits); diff != "" {
		t.Errorf("waits (-want +got):\n%s", diff)
	}
	for _, sent := range db.statements {
		if sent.running {
			t.Errorf("want no running statement, got %s", sent.id)
		}
	}
}

// TestOvertakenWhileWaiting checks that a request which is overtaken while it waits for the
// lease cancels nothing.
func TestOvertakenWhileWaiting(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handleUnanswered(t, db, create("r1", stackA, "V", view(t, "a")), "REFRESH MATERIALIZED")
	var got responses
	h := handler(db, &got)
	h.Sleep = func(context.Context, time.Duration) error {
		db.accepted["r3"] = time.Now().Add(time.Hour)
		handleUnanswered(t, db, updated(event("Update", "r3", stackA, "V", viewID, view(t, "b")), view(t, "a")), "APPEND")
		return nil
	}
	if err := h.Handle(t.Context(), updated(event("Update", "r2", stackA, "V", viewID, view(t, "a")), view(t, "b"))); err != nil {
		t.Fatal(err)
	}
	wantResponse(t, got[0], "FAILED", viewID, "overtaken by the request r3")
	wantResponse(t, handle(t, db, updated(event("Update", "r3", stackA, "V", viewID, view(t, "b")), view(t, "a"))), "SUCCESS", viewID, "")
}

// TestOvertakenRunCancelsNothing checks that a repeated request does not cancel the
// statements of the later request which owns the object now.
func TestOvertakenRunCancelsNothing(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	update := func(request, column, old string) cfn.Event {
		return updated(event("Update", request, stackA, "V", viewID, view(t, column)), view(t, old))
	}
	handle(t, db, create("r0", stackA, "V", view(t, "a")))
	handleUnanswered(t, db, update("r1", "b", "a"), "APPEND")
	handle(t, db, update("r2", "a", "b"))
	handleUnanswered(t, db, update("r3", "c", "a"), "APPEND")
	wantResponse(t, handle(t, db, update("r2", "a", "b")), "FAILED", viewID, "overtaken by the request r3")
	wantResponse(t, handle(t, db, update("r3", "c", "a")), "SUCCESS", viewID, "")
}

// TestRepeatedRunKeepsItsStatement checks that a repeated run of a request which has taken
// over an object does not cancel its own running statement.
func TestRepeatedRunKeepsItsStatement(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handleUnanswered(t, db, create("r1", stackA, "V", view(t, "a")), "REFRESH MATERIALIZED")
	del := event("Delete", "r2", stackA, "V", inventedID, view(t, "a"))
	handleUnanswered(t, db, del, "DROP MATERIALIZED")
	wantResponse(t, handle(t, db, del), "SUCCESS", inventedID, "")
	wantNames(t, db)
	wantLedger(t, db, map[string]string{})
}

// TestTimeEndsDuringTheLease checks that a request which runs out of time while it waits for
// the lease can be retried.
func TestTimeEndsDuringTheLease(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handleUnanswered(t, db, create("r1", stackA, "V", view(t, "a")), "REFRESH MATERIALIZED")
	del := event("Delete", "r2", stackA, "V", inventedID, view(t, "a"))
	h := handler(db, new(responses))
	h.Sleep = func(context.Context, time.Duration) error { return context.DeadlineExceeded }
	if err := h.Handle(t.Context(), del); err == nil || err.Error() != "still running; Lambda will retry: context deadline exceeded" {
		t.Errorf("want no response, got %v", err)
	}
	wantResponse(t, handle(t, db, del), "SUCCESS", inventedID, "")
	wantNames(t, db)
}

// TestRunningStatementIsNotNoted checks that a statement continues if its ID cannot be
// written into the ledger.
func TestRunningStatementIsNotNoted(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	db.failOn, db.failWith = "SET running", "ERROR: no"
	ev := create("r1", stackA, "V", view(t, "a"))
	var lines strings.Builder
	h := handler(db, new(responses))
	h.Log = slog.New(slog.NewTextHandler(&lines, nil))
	if err := handleHanging(t, h, db, ev, "CREATE MATERIALIZED"); err == nil {
		t.Error("want no response")
	}
	if want := `msg="the statement's id was not written into the ledger" request=r1 resource=V statement=r1-create-0 error=`; !strings.Contains(lines.String(), want) {
		t.Errorf("log\nwant %s\ngot  %s", want, lines.String())
	}
	wantResponse(t, handle(t, db, ev), "SUCCESS", viewID, "")
}

// TestOnlyChangesAreNoted checks that the ledger never contains the ID of a query or of a
// statement on the ledger.
func TestOnlyChangesAreNoted(t *testing.T) {
	t.Parallel()
	for _, hangOn := range []string{"INSERT INTO", "SET elected", "c.relname = 'v'"} {
		db := newDatabase()
		ev := create("r1", stackA, "V", view(t, "a"))
		ev.ResponseURL = sentAgo(0)
		handleUnanswered(t, db, ev, hangOn)
		if slices.Contains(db.ran, "ledger-running") {
			t.Errorf("%s: want no ID written, got the steps %q", hangOn, db.ran)
		}
	}
}

// TestTwoUnfinishedUpdates checks a rollback after two updates without a response. The second
// one has taken over the view and made an empty kept table, which the rollback must drop.
func TestTwoUnfinishedUpdates(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	update := func(request, column, old string) cfn.Event {
		return updated(event("Update", request, stackA, "V", viewID, view(t, column)), view(t, old))
	}
	handle(t, db, create("r0", stackA, "V", view(t, "a")))
	handleUnanswered(t, db, update("r1", "b", "a"), "CREATE TABLE")
	handleUnanswered(t, db, update("r2", "c", "a"), "SELECT COUNT(*)")
	wantResponse(t, handle(t, db, update("r3", "a", "c")), "SUCCESS", viewID, "")
	db.finishRunning()
	wantRelations(t, db, map[string]string{"v": "column a, 5 rows, auto refresh true, granted to []"})
}

// TestLateUpdateDuringATakeOver checks an Update that is earlier than the one which is just
// taking over the view.
func TestLateUpdateDuringATakeOver(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	now := time.Now()
	for i, request := range []string{"r0", "r1", "r2", "r3"} {
		db.accepted[request] = now.Add(time.Duration(i) * time.Second)
	}
	update := func(request, column, old string) cfn.Event {
		return updated(event("Update", request, stackA, "V", viewID, view(t, column)), view(t, old))
	}
	handle(t, db, create("r0", stackA, "V", view(t, "a")))
	handleUnanswered(t, db, update("r1", "b", "a"), "APPEND")
	handleUnanswered(t, db, update("r3", "a", "b"), `"public"."v_tributary_proof"`)
	wantResponse(t, handle(t, db, update("r2", "c", "b")), "FAILED", viewID, "overtaken by the request r3")
	wantResponse(t, handle(t, db, update("r3", "a", "b")), "SUCCESS", viewID, "")
}
