package ddlhandler_test

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// TestUndoRunsOutOfTime checks a failed update if the run ends before the old view is
// restored.
func TestUndoRunsOutOfTime(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handle(t, db, create("r1", stackA, "V", view(t, "a")))
	ev := updated(event("Update", "r2", stackA, "V", viewID, view(t, "b")), view(t, "a"))
	db.onRun = func(_ session, step string) {
		if step == "create" {
			db.failOn, db.failWith = `AS "b"`, "ERROR: no"
		}
	}
	handleUnanswered(t, db, ev, `AS "a"`)
	wantResponse(t, handle(t, db, ev), "FAILED", viewID, "create: failed: ERROR: no")
	wantRelations(t, db, map[string]string{"v": "column a, 0 rows, auto refresh true, granted to []", "v_until_T": "5 rows"})
}

func TestUndoFails(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handle(t, db, create("r1", stackA, "V", view(t, "a")))
	db.onRun = func(_ session, step string) {
		if step == "create" {
			db.failOn, db.failWith = `CREATE MATERIALIZED VIEW "public"."v" `, "ERROR: no"
		}
	}
	got := handle(t, db, updated(event("Update", "r2", stackA, "V", viewID, view(t, "b")), view(t, "a")))
	wantResponse(t, got, "FAILED", viewID, "create: failed: ERROR: no (statement r2-create-0); and the old object could not be restored: recreate: failed: ERROR: no")
}

// TestKeptTableIsChecked checks that the handler queries a kept table before it drops the
// table, even if the APPEND was cancelled: an APPEND commits by itself.
func TestKeptTableIsChecked(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	db.accepted["r0"] = time.Now().Add(-time.Hour)
	handle(t, db, create("r0", stackA, "V", view(t, "a")))
	for name, rows := range map[string]int{"with rows": 5, "without rows": 0} {
		request := "r1 " + name
		ev := updated(event("Update", request, stackA, "V", viewID, view(t, "b")), view(t, "a"))
		ev.ResponseURL = sentAgo(46 * time.Minute) // after the deadline
		db.hangOn = "APPEND"
		db.onRun = func(_ session, step string) {
			if step == "kept-table-has-rows" { // the APPEND has moved rows before it was cancelled
				for name, r := range db.relations {
					if strings.HasPrefix(name, "v_until_") {
						r.rows = rows
					}
				}
			}
		}
		ran := len(db.ran)
		wantResponse(t, handle(t, db, ev), "FAILED", viewID, "context deadline exceeded")
		if got := slices.Contains(db.ran[ran:], "kept-table-has-rows"); !got {
			t.Errorf("%s: want a query of the kept table, got %q", name, db.ran[ran:])
		}
		if got := slices.Contains(db.ran[ran:], "drop-kept-table"); got != (rows == 0) {
			t.Errorf("%s: want the kept table dropped: %v, got %q", name, rows == 0, db.ran[ran:])
		}
	}
}
