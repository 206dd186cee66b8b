package ddlhandler_test

import (
	stdcmp "cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/ddlhandler"
)

// inventedID is a physical ID as CloudFormation invents it for a Create without a response.
const inventedID = "A-V-1ABCDEFGHIJKL"

func TestDeleteOvertakesItsCreate(t *testing.T) {
	t.Parallel()
	for read, step := range []string{"create", "refresh", "auto-refresh", "live"} {
		t.Run("before the step "+step, func(t *testing.T) {
			t.Parallel()
			db := newDatabase()
			reads := 0
			db.onFresh = func() {
				if reads++; reads == read+1 {
					db.onFresh = nil
					wantResponse(t, handle(t, db, event("Delete", "r2", stackA, "V", inventedID, view(t, "a"))), "SUCCESS", inventedID, "")
				}
			}
			wantResponse(t, handle(t, db, create("r1", stackA, "V", view(t, "a"))), "FAILED", viewID, "overtaken")
			wantNames(t, db)
			wantLedger(t, db, map[string]string{})
		})
	}
	t.Run("after the ledger read of the step create", func(t *testing.T) {
		t.Parallel()
		db := newDatabase()
		db.onRun = func(s session, step string) {
			if s.request == "r1" && step == "create" {
				db.onRun = nil
				wantResponse(t, handle(t, db, event("Delete", "r2", stackA, "V", inventedID, view(t, "a"))), "SUCCESS", inventedID, "")
			}
		}
		wantResponse(t, handle(t, db, create("r1", stackA, "V", view(t, "a"))), "FAILED", viewID, "create: aborted")
		wantNames(t, db)
	})
	t.Run("before the Create begins", func(t *testing.T) {
		t.Parallel()
		db := newDatabase()
		late := create("r1", stackA, "V", view(t, "a"))
		late.ResponseURL = sentAgo(time.Minute)
		wantResponse(t, handle(t, db, event("Delete", "r2", stackA, "V", inventedID, view(t, "a"))), "SUCCESS", inventedID, "")
		wantLedger(t, db, map[string]string{"view public.v": "V deleted"})
		wantResponse(t, handle(t, db, late), "FAILED", viewID, "overtaken by the request r2")
		wantNames(t, db)
		wantLedger(t, db, map[string]string{})
	})
	t.Run("and a later Create follows", func(t *testing.T) {
		t.Parallel()
		db := newDatabase()
		wantResponse(t, handle(t, db, event("Delete", "r2", stackA, "V", inventedID, view(t, "a"))), "SUCCESS", inventedID, "")
		wantResponse(t, handle(t, db, create("r3", stackA, "V", view(t, "a"))), "SUCCESS", viewID, "")
		wantLedger(t, db, map[string]string{"view public.v": "V live"})
	})
	t.Run("and a Create of another stack follows", func(t *testing.T) {
		t.Parallel()
		db := newDatabase()
		handle(t, db, event("Delete", "r2", stackA, "V", inventedID, view(t, "a")))
		earlier := create("r1", stackB, "V", view(t, "a"))
		earlier.ResponseURL = sentAgo(time.Minute)
		wantResponse(t, handle(t, db, earlier), "SUCCESS", viewID, "")
		wantLedger(t, db, map[string]string{"view public.v": "V live"})
	})
}

// TestTombstoneOfADelete checks the later Deletes of an object that has only a tombstone.
func TestTombstoneOfADelete(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]map[string]string{
		inventedID: {"view public.v": "V deleted"}, // the Create may still arrive
		viewID:     {},                             // the Create has sent a response
	} {
		db := newDatabase()
		handle(t, db, event("Delete", "r1", stackA, "V", inventedID, view(t, "a")))
		wantResponse(t, handle(t, db, event("Delete", "r2", stackA, "V", id, view(t, "a"))), "SUCCESS", id, "")
		wantLedger(t, db, want)
	}
}

// TestUpdateOfATombstone checks an Update of an object that has only a tombstone.
func TestUpdateOfATombstone(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handle(t, db, event("Delete", "r1", stackA, "V", inventedID, view(t, "a")))
	wantResponse(t, handle(t, db, updated(event("Update", "r2", stackA, "V", viewID, view(t, "b")), view(t, "a"))), "SUCCESS", viewID, "")
	wantLedger(t, db, map[string]string{"view public.v": "V live"})
}

// TestOldReadOfTheLedger checks that a ledger read which began longer ago than the lease is
// repeated before the next statement: a Delete overtakes the Create after that read.
func TestOldReadOfTheLedger(t *testing.T) {
	t.Parallel()
	for age, want := range map[time.Duration][]string{
		7 * time.Second: {"create", "drop-after-delete"},
		8 * time.Second: nil,
	} {
		t.Run(age.String(), func(t *testing.T) {
			t.Parallel()
			db := newDatabase()
			db.afterFresh = func() time.Duration {
				db.afterFresh = nil
				handle(t, db, event("Delete", "r2", stackA, "V", inventedID, view(t, "a")))
				return age
			}
			wantResponse(t, handle(t, db, create("r1", stackA, "V", view(t, "a"))), "FAILED", viewID, "overtaken")
			var got []string
			for _, step := range changes(db) {
				if step != "drop" { // the Delete's step
					got = append(got, step)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("steps of the Create (-want +got):\n%s", diff)
			}
			wantNames(t, db)
		})
	}
}

// TestTimeInAQueueDoesNotCount checks that reads of the ledger which wait in a queue for
// longer than the lease are valid: the lease begins when they begin to run.
func TestTimeInAQueueDoesNotCount(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	db.queueTime = 60 * time.Millisecond
	var got responses
	ctx, cancel := context.WithTimeout(t.Context(), 6*time.Second) // the lease is 50 ms
	defer cancel()
	if err := handler(db, &got).Handle(ctx, create("r1", stackA, "V", view(t, "a"))); err != nil {
		t.Fatal(err)
	}
	wantResponse(t, got[0], "SUCCESS", viewID, "")
}

func TestLateRequest(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	made := create("r1", stackA, "V", view(t, "a"))
	changed := updated(event("Update", "r2", stackA, "V", viewID, view(t, "b")), view(t, "a"))
	handle(t, db, made)
	handle(t, db, changed)
	relations := db.describe()
	wantResponse(t, handle(t, db, made), "FAILED", viewID, "overtaken by the request r2")
	wantResponse(t, handle(t, db, changed), "SUCCESS", viewID, "")
	wantRelations(t, db, relations)
	handle(t, db, event("Delete", "r3", stackA, "V", viewID, view(t, "b")))
	wantResponse(t, handle(t, db, changed), "FAILED", viewID, "overtaken by a request that deleted the object")
	wantRelations(t, db, map[string]string{"v_until_T": "5 rows"})
}

// TestLateArrival checks requests that arrive after a later Update.
func TestLateArrival(t *testing.T) {
	t.Parallel()
	for name, late := range map[string]cfn.Event{
		"Create": create("r1", stackA, "V", view(t, "b")),
		"Update": updated(event("Update", "r1", stackA, "V", viewID, view(t, "b")), view(t, "a")),
		"Delete": event("Delete", "r1", stackA, "V", viewID, view(t, "a")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase()
			handle(t, db, create("r0", stackA, "V", view(t, "a")))
			db.accepted["r1"] = time.Now().Add(500 * time.Millisecond)
			handle(t, db, updated(event("Update", "r2", stackA, "V", viewID, grantedView(t, "a")), view(t, "a")))
			wantResponse(t, handle(t, db, late), "FAILED", viewID, "overtaken by the request r2")
			wantRelations(t, db, map[string]string{"v": `column a, 5 rows, auto refresh true, granted to ["ann"]`})
		})
	}
}

// TestEarlierRequestIsFaster checks that a rollback starts again if the earlier Update, on
// which CloudFormation has given up, changes the ledger first. The rollback wins.
func TestEarlierRequestIsFaster(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"find-object", "ledger-live"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			db := newDatabase()
			handle(t, db, create("r0", stackA, "V", view(t, "a")))
			db.accepted["r1"] = time.Now().Add(500 * time.Millisecond) // the rollback begins a second after r0
			db.onRun = func(s session, at string) {
				if s.request == "r2" && at == step {
					db.onRun = nil
					handle(t, db, updated(event("Update", "r1", stackA, "V", viewID, view(t, "b")), view(t, "a")))
				}
			}
			wantResponse(t, handle(t, db, updated(event("Update", "r2", stackA, "V", viewID, view(t, "a")), view(t, "b"))), "SUCCESS", viewID, "")
			if got := db.describe()["v"]; got != "column a, 5 rows, auto refresh true, granted to []" {
				t.Errorf("want the rollback's view, got %s", got)
			}
		})
	}
}

// TestEarlierRequestsAreAlwaysFaster checks that a request which other requests overtake
// again and again ends after six rounds.
func TestEarlierRequestsAreAlwaysFaster(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handle(t, db, create("r0", stackA, "V", view(t, "a")))
	rounds := 0
	db.onRun = func(s session, step string) {
		if s.request == "r2" && strings.HasPrefix(step, "ledger-live") && !strings.Contains(step, "check") {
			rounds++
			for _, rows := range db.ledgers[admin] {
				(*rows[0])["request"] = fmt.Sprint("earlier-", rounds)
			}
		}
	}
	wantResponse(t, handle(t, db, updated(event("Update", "r2", stackA, "V", viewID, view(t, "a")), view(t, "b"))), "FAILED", viewID, "the request earlier-6 changed the ledger first")
	if rounds != 6 {
		t.Errorf("want 6 rounds, got %d", rounds)
	}
}

// TestLaterRequestIsFaster checks that an Update ends as overtaken if a later request
// changes the ledger, or deletes the object, after the Update has read it.
func TestLaterRequestIsFaster(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		later  cfn.Event
		reason string
		want   map[string]string
	}{
		"Update": {
			updated(event("Update", "r2", stackA, "V", viewID, view(t, "b")), view(t, "a")), "overtaken by the request r2",
			map[string]string{"v": "column b, 5 rows, auto refresh true, granted to []", "v_until_T": "5 rows"},
		},
		"Delete": {event("Delete", "r2", stackA, "V", viewID, view(t, "a")), "overtaken by a request that deleted the object", map[string]string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase()
			handle(t, db, create("r0", stackA, "V", view(t, "a")))
			db.onRun = func(s session, step string) {
				if s.request == "r1" && step == "find-object" {
					db.onRun = nil
					db.accepted["r2"] = time.Now().Add(time.Hour)
					wantResponse(t, handle(t, db, test.later), "SUCCESS", viewID, "")
				}
			}
			wantResponse(t, handle(t, db, updated(event("Update", "r1", stackA, "V", viewID, view(t, "c")), view(t, "a"))), "FAILED", viewID, test.reason)
			wantRelations(t, db, test.want)
		})
	}
}

// TestTombstoneStays checks that a Create does not remove a tombstone that a Delete has
// inserted but not elected yet. Otherwise the Create would make a deleted object.
func TestTombstoneStays(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	db.accepted["r1"] = time.Now() // the Create is the earlier request
	reading, deleted, created := make(chan struct{}), make(chan struct{}), make(chan ddlhandler.Response)
	db.onRun = func(s session, at string) {
		switch {
		case s.request == "d" && at == "ledger-elect":
			go func() { created <- handle(t, db, create("r1", stackA, "V", view(t, "a"))) }()
			<-reading
		case s.request == "r1" && at == "exists":
			close(reading)
			<-deleted
		}
	}
	wantResponse(t, handle(t, db, event("Delete", "d", stackA, "V", inventedID, view(t, "a"))), "SUCCESS", inventedID, "")
	close(deleted)
	wantResponse(t, <-created, "FAILED", viewID, "overtaken")
	wantNames(t, db)
	wantLedger(t, db, map[string]string{})
}

// TestOrderOfRequests checks that the time at which CloudFormation sent two requests orders
// them, also if the first statement of the earlier one was accepted later.
func TestOrderOfRequests(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	var del ddlhandler.Response
	db.onRun = func(s session, at string) {
		if s.request == "r1" && at == "create" {
			db.onRun = nil
			ev := event("Delete", "d", stackA, "V", inventedID, view(t, "a"))
			ev.ResponseURL = sentAgo(30 * time.Second)
			del = handle(t, db, ev)
		}
	}
	ev := create("r1", stackA, "V", view(t, "a"))
	ev.ResponseURL = sentAgo(time.Minute)
	wantResponse(t, handle(t, db, ev), "FAILED", viewID, "create: aborted")
	wantResponse(t, del, "SUCCESS", inventedID, "")
	wantNames(t, db)
}

// TestBeginOfARequest checks the ledger's column began: the time at which the request began.
func TestBeginOfARequest(t *testing.T) {
	t.Parallel()
	sent := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		url      string
		accepted time.Duration // after sent
		want     string
	}{
		"accepted within the second":     {sentAt(sent), 500 * time.Millisecond, "2026-11-22 12:00:00.500"},
		"accepted later":                 {sentAt(sent), 5 * time.Second, "2026-11-22 12:00:00.999"},
		"accepted earlier":               {sentAt(sent), -5 * time.Second, "2026-11-22 12:00:00.000"},
		"a URL without a time":           {"https://bucket/", 5 * time.Second, "2026-11-22 12:00:05.000"},
		"a URL with an invalid time":     {"https://bucket/?X-Amz-Date=now", 5 * time.Second, "2026-11-22 12:00:05.000"},
		"a URL that cannot be parsed":    {":", 5 * time.Second, "2026-11-22 12:00:05.000"},
		"accepted at the second's end":   {sentAt(sent), 999 * time.Millisecond, "2026-11-22 12:00:00.999"},
		"accepted at the second's start": {sentAt(sent), 0, "2026-11-22 12:00:00.000"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase()
			db.accepted["r1"] = sent.Add(test.accepted)
			ev := event("Delete", "r1", stackA, "V", inventedID, view(t, "a"))
			ev.ResponseURL = test.url
			// The request is long past its deadline, but a context without a deadline runs it.
			_ = handler(db, new(responses)).Handle(t.Context(), ev)
			if got := (*db.ledgers[admin]["view public.v"][0])["began"]; got != test.want {
				t.Errorf("want %s, got %s", test.want, got)
			}
		})
	}
}

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

// TestTwoCreatesOfAConstruct checks a Create while another Create of the same construct
// inserts its entry first.
func TestTwoCreatesOfAConstruct(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	db.onRun = func(s session, step string) {
		if s.request == "r1" && step == "ledger-enter" {
			db.onRun = nil
			wantResponse(t, handle(t, db, create("r2", stackA, "V", view(t, "a"))), "SUCCESS", viewID, "")
		}
	}
	wantResponse(t, handle(t, db, create("r1", stackA, "V", view(t, "a"))), "FAILED", viewID, "overtaken by the request r2")
	wantRelations(t, db, map[string]string{"v": "column a, 5 rows, auto refresh true, granted to []"})
	wantLedger(t, db, map[string]string{"view public.v": "V live"})
}

// TestDropAfterDeleteFails checks the reason of a Create that was deleted while it made the
// object, if it cannot drop the object again.
func TestDropAfterDeleteFails(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	db.afterFresh = func() time.Duration {
		db.afterFresh = nil
		handle(t, db, event("Delete", "r2", stackA, "V", inventedID, view(t, "a")))
		db.failOn, db.failWith = "DROP MATERIALIZED", "ERROR: no"
		return time.Second
	}
	got := handle(t, db, create("r1", stackA, "V", view(t, "a")))
	wantResponse(t, got, "FAILED", viewID, "overtaken by a request that deleted the object")
	wantResponse(t, got, "FAILED", viewID, "drop-after-delete: failed: ERROR: no")
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
	handleUnanswered(t, db, ev, "CREATE MATERIALIZED")
	if !slices.Contains(db.ran, "ledger-running") {
		t.Errorf("want the ID written, got the steps %q", db.ran)
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
