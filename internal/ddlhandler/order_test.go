package ddlhandler_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/cfn"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/ddlhandler"
)

const invented = "A-V-1ABCDEFGHIJKL"

// TestTombstoneStays has a Create read the ledger while a Delete has entered its
// tombstone and hasn't had it elected: the Create doesn't remove it, and so makes nothing
// that was deleted.
func TestTombstoneStays(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	db.accepted["r1"] = time.Now() // the Create's is the earlier request
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
	wantAnswer(t, handle(t, db, event("Delete", "d", stackA, "V", invented, view(t, "a"))), "SUCCESS", invented, "")
	close(deleted)
	wantAnswer(t, <-created, "FAILED", viewID, "overtaken")
	wantNames(t, db)
}

// TestRequestsInTheOrderOfCloudFormation holds that a Delete is later than a Create which
// CloudFormation made before, also if the Create's first statement was accepted after
// the Delete was made, since IAM refused it until then.
func TestRequestsInTheOrderOfCloudFormation(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	var del ddlhandler.Response
	db.onRun = func(s session, at string) {
		if s.request == "r1" && at == "create" {
			db.onRun = nil
			ev := event("Delete", "d", stackA, "V", invented, view(t, "a"))
			ev.ResponseURL = sentAgo(30 * time.Second)
			del = handle(t, db, ev)
		}
	}
	ev := create("r1", stackA, "V", view(t, "a"))
	ev.ResponseURL = sentAgo(time.Minute)
	wantAnswer(t, handle(t, db, ev), "FAILED", viewID, "overtaken")
	wantAnswer(t, del, "SUCCESS", invented, "")
	wantNames(t, db)
}

// within has a request's run end after a while in which a statement hangs.
func within(t *testing.T, h *ddlhandler.Handler, db *database, ev cfn.Event, hangOn string) {
	t.Helper()
	db.hangOn = hangOn
	defer func() { db.hangOn = "" }()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_ = h.Handle(ctx, ev) // that it isn't answered is what is wanted, where it hangs
}

// TestOvertakenRunCancelsNothing holds that a request which comes again, when a later
// one has the object, does not cancel that one's statement.
func TestOvertakenRunCancelsNothing(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	h := handler(db, new(answers))
	h.Runner = func(s ddlhandler.Session) ddlhandler.Runner {
		return session{database: db, request: s.Request, user: admin, onStillRunning: s.OnStillRunning}
	}
	update := func(request, column, old string) cfn.Event {
		return updated(event("Update", request, stackA, "V", viewID, view(t, column)), view(t, old))
	}
	within(t, h, db, create("r0", stackA, "V", view(t, "a")), "")
	within(t, h, db, update("r1", "b", "a"), "APPEND")
	within(t, h, db, update("r2", "a", "b"), "")
	within(t, h, db, update("r3", "c", "a"), "APPEND")
	before := len(db.superseded)
	within(t, h, db, update("r2", "a", "b"), "")
	if diff := cmp.Diff([][]string{}, db.superseded[before:]); diff != "" {
		t.Errorf("superseded (-want +got):\n%s", diff)
	}
}

// TestKeptTableIsLookedInto holds that the table into which rows were moved is never
// dropped unseen: APPEND commits by itself, also where it is cancelled or said to fail.
func TestKeptTableIsLookedInto(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	db.accepted["r0"] = time.Now().Add(-time.Minute)
	handle(t, db, create("r0", stackA, "V", view(t, "a")))
	ran := len(db.ran)
	ev := updated(event("Update", "r1", stackA, "V", viewID, view(t, "b")), view(t, "a"))
	ev.ResponseURL = sentAgo(time.Second) // it is due within this run
	within(t, handler(db, new(answers)), db, ev, "APPEND")
	steps := db.ran[ran:]
	if looked := slices.Index(steps, "some-kept"); looked < 0 || slices.Contains(steps[:looked], "forget-rows") || slices.Contains(steps, "forget-rows") {
		t.Errorf("want the table looked into, and not dropped, got %q", steps)
	}
}
