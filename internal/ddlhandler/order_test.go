package ddlhandler_test

import (
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/cfn"

	"github.com/tributary-cdk/tributary/internal/ddlhandler"
)

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
		accepted time.Duration // how long after sent the first statement was accepted
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

// TestLateArrivalDuringACreate checks a Delete that is earlier than a Create which has not
// finished.
func TestLateArrivalDuringACreate(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	db.accepted["r0"] = time.Now().Add(-time.Minute)
	later := create("r1", stackA, "V", view(t, "a"))
	handleUnanswered(t, db, later, "CREATE MATERIALIZED")
	wantResponse(t, handle(t, db, event("Delete", "r0", stackA, "V", inventedID, view(t, "a"))), "FAILED", inventedID, "overtaken by the request r1")
	wantResponse(t, handle(t, db, later), "SUCCESS", viewID, "")
}
