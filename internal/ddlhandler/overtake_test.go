package ddlhandler_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/google/go-cmp/cmp"
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

// TestTombstoneOfADelete checks a further Delete of an object that has only a tombstone in the
// ledger.
func TestTombstoneOfADelete(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]map[string]string{
		inventedID: {"view public.v": "V deleted"}, // the Create may still arrive
		viewID:     {},                             // the Create has sent a response
	} {
		db := newDatabase()
		handle(t, db, event("Delete", "r1", stackA, "V", inventedID, view(t, "a")))
		db.relations["v"] = &relation{sql: "by hand", owner: admin}
		wantResponse(t, handle(t, db, event("Delete", "r2", stackA, "V", id, view(t, "a"))), "SUCCESS", id, "")
		wantNames(t, db, "v")
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

// TestOvertakenUpdate checks that an Update which a later request overtakes between two steps
// undoes nothing.
func TestOvertakenUpdate(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handle(t, db, create("r0", stackA, "V", view(t, "a")))
	reads := 0
	db.onFresh = func() {
		if reads++; reads == 6 { // before the step move-rows
			db.onFresh = nil
			wantResponse(t, handle(t, db, updated(event("Update", "r2", stackA, "V", viewID, view(t, "a")), view(t, "b"))), "SUCCESS", viewID, "")
		}
	}
	got := handle(t, db, updated(event("Update", "r1", stackA, "V", viewID, view(t, "b")), view(t, "a")))
	if want := `view "public"."v": overtaken by the request r2`; got.Reason != want {
		t.Errorf("reason\nwant %s\ngot  %s", want, got.Reason)
	}
	wantRelations(t, db, map[string]string{"v": "column a, 5 rows, auto refresh true, granted to []"})
}

// TestTwoDeletesOvertakeACreate checks a Create that runs a step after two Deletes: the first
// Delete has removed the entry, and the second one has inserted a tombstone.
func TestTwoDeletesOvertakeACreate(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	db.afterFresh = func() time.Duration {
		db.afterFresh = nil
		for _, request := range []string{"r2", "r3"} {
			wantResponse(t, handle(t, db, event("Delete", request, stackA, "V", inventedID, view(t, "a"))), "SUCCESS", inventedID, "")
		}
		return time.Second
	}
	wantResponse(t, handle(t, db, create("r1", stackA, "V", view(t, "a"))), "FAILED", viewID, "overtaken by the request r3")
	wantNames(t, db)
}
