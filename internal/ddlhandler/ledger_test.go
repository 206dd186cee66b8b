package ddlhandler_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/cfn"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/ddlhandler"
)

// TestParametersInSelectListsAreCast checks that each parameter in a SELECT list has a CAST,
// because a Data API parameter has no type.
func TestParametersInSelectListsAreCast(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	var inserts []string
	handle(t, db, create("r1", stackA, "V", view(t, "a")))
	for _, sent := range db.statements {
		if strings.HasPrefix(sent.SQL, "INSERT") {
			inserts = append(inserts, sent.SQL)
		}
	}
	if len(inserts) != 1 {
		t.Fatalf("want one INSERT, got %q", inserts)
	}
	_, list, _ := strings.Cut(inserts[0], " SELECT ")
	list, _, _ = strings.Cut(list, " WHERE ")
	for _, item := range strings.Split(list, ", ") {
		if !strings.HasPrefix(item, "CAST(") {
			t.Errorf("want a CAST in the SELECT list, got %q", item)
		}
	}
}

// TestOwnerIsElected checks the Creates of two stacks for one view. The second Create runs
// completely before one step of the first Create. One of them must make the view, and the
// other must fail and leave no row. With a stale snapshot, the first Create's INSERT does not
// see the second Create's row. The first request's ID is the smaller one, so that the order
// of the rows cannot decide the election.
func TestOwnerIsElected(t *testing.T) {
	t.Parallel()
	for _, staleSnapshot := range []bool{false, true} {
		for _, step := range []string{"exists", "ledger-enter", "ledger-elect", "ledger-entered", "create"} {
			t.Run(fmt.Sprint(step, ", stale snapshot ", staleSnapshot), func(t *testing.T) {
				t.Parallel()
				db := newDatabase()
				var second ddlhandler.Response
				db.onRun = func(s session, at string) {
					if s.request == "r0" && at == step {
						db.onRun = nil
						second = handle(t, db, create("r1", stackB, "W", view(t, "a")))
						db.staleSnapshot = staleSnapshot
					}
				}
				first := handle(t, db, create("r0", stackA, "V", view(t, "a")))
				got := []cfn.StatusType{first.Status, second.Status}
				slices.Sort(got)
				if diff := cmp.Diff([]cfn.StatusType{cfn.StatusFailed, cfn.StatusSuccess}, got); diff != "" {
					t.Errorf("statuses (-want +got):\n%s%s\n%s", diff, first.Reason, second.Reason)
				}
				wantNames(t, db, "v")
				winner := "V"
				if second.Status == "SUCCESS" {
					winner = "W"
				}
				wantLedger(t, db, map[string]string{"view public.v": winner + " live"})
				if failed := first.PhysicalResourceID + second.PhysicalResourceID; !strings.Contains(failed, "unowned/") {
					t.Errorf("want an unowned ID, got %q and %q", first.PhysicalResourceID, second.PhysicalResourceID)
				}
				if reason := first.Reason + second.Reason; !strings.Contains(reason, "belongs to") {
					t.Errorf("want the owner in the reason, got %s", reason)
				}
			})
		}
	}
}

// TestUnelectedRows checks that the Delete that follows a Create removes the row of the
// Create, if the Create ended during its election.
func TestUnelectedRows(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"ledger-elect", "ledger-entered", "ledger-entered-remove-unelected"} {
		for _, id := range []string{viewID, "A-V-invented"} {
			t.Run(step+" "+id, func(t *testing.T) {
				t.Parallel()
				db := newDatabase()
				db.onRun = func(s session, at string) {
					if s.request == "r0" && at == "ledger-enter" {
						db.onRun = nil
						handle(t, db, create("r1", stackB, "W", view(t, "a")))
						db.staleSnapshot = true
					}
				}
				db.refuse = func(at string) error {
					if at == step && db.staleSnapshot {
						return errors.New("the process died")
					}
					return nil
				}
				handle(t, db, create("r0", stackA, "V", view(t, "a")))
				db.refuse, db.staleSnapshot = nil, false
				wantResponse(t, handle(t, db, event("Delete", "r2", stackA, "V", id, view(t, "a"))), "SUCCESS", id, "")
				wantLedger(t, db, map[string]string{"view public.v": "W live"})
				wantNames(t, db, "v")
			})
		}
	}
}

// TestRowWithoutAnElection checks the Delete that follows a Create which inserted a row and
// failed before the election.
func TestRowWithoutAnElection(t *testing.T) {
	t.Parallel()
	for _, id := range []string{viewID, "A-V-invented"} {
		db := newDatabase()
		db.failOn, db.failWith = "SET elected", "ERROR: no"
		wantResponse(t, handle(t, db, create("r1", stackA, "V", view(t, "a"))), "FAILED", viewID, "ledger-elect: failed")
		db.failOn = ""
		wantResponse(t, handle(t, db, event("Delete", "r2", stackA, "V", id, view(t, "a"))), "SUCCESS", id, "")
		want := map[string]string{}
		if id != viewID {
			want["view public.v"] = "V deleted" // the Create may still arrive
		}
		wantLedger(t, db, want)
	}
}

// TestLedgerOfAnotherUser checks that the handler refuses a table of the ledger's name that
// another user owns. Its owner could insert rows, and so decide what the function drops.
func TestLedgerOfAnotherUser(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	db.foreignLedger = true
	wantResponse(t, handle(t, db, create("r1", stackA, "V", view(t, "a"))), "FAILED", viewID, "another database user owns the table; drop it")
	wantNames(t, db)
}

// TestInvalidLedger checks the errors of a ledger with invalid contents.
func TestInvalidLedger(t *testing.T) {
	t.Parallel()
	spoil := func(db *database) { (*db.ledgers[admin]["view public.v"][0])["began"] = "?" }
	for name, prepare := range map[string]func(*database){
		"when it is read":       spoil,
		"when it is read again": func(db *database) { db.onFresh = func() { spoil(db) } },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase()
			handle(t, db, create("r1", stackA, "V", view(t, "a")))
			prepare(db)
			wantResponse(t, handle(t, db, event("Delete", "r2", stackA, "V", viewID, view(t, "a"))), "FAILED", viewID, `ledger "public"."tributary_ledger_100": parsing time "?"`)
			wantNames(t, db, "v")
		})
	}
}

func TestUnknownUser(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	db.unknownUser = true
	wantResponse(t, handle(t, db, create("r1", stackA, "V", view(t, "a"))), "FAILED", viewID, "find the ledger: want one row for the current user, got []")
}
