package ddlhandler_test

import (
	"testing"
)

func TestDeleteOfAMissingObject(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*database){
		"without the database": func(db *database) { db.missing = true },
		"without the database after a moment": func(db *database) {
			db.onFresh = func() { db.missing = true }
		},
		"without the ledger": func(db *database) { clear(db.ledgers) },
		"without the entry":  func(db *database) { clear(db.ledgers[admin]) },
		"without the view":   func(db *database) { delete(db.relations, "v") },
	}
	for name, lose := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase()
			handle(t, db, create("r1", stackA, "V", view(t, "a")))
			lose(db)
			wantResponse(t, handle(t, db, event("Delete", "r2", stackA, "V", viewID, view(t, "a"))), "SUCCESS", viewID, "")
		})
	}
	t.Run("without the ledger, which is not created", func(t *testing.T) {
		t.Parallel()
		db := newDatabase()
		wantResponse(t, handle(t, db, event("Delete", "r1", stackA, "V", viewID, view(t, "a"))), "SUCCESS", viewID, "")
		if len(db.ledgers) > 0 {
			t.Errorf("want no ledger, got %v", db.ledgers)
		}
	})
	t.Run("a Create without the database", func(t *testing.T) {
		t.Parallel()
		db := newDatabase()
		db.missing = true
		wantResponse(t, handle(t, db, create("r1", stackA, "V", view(t, "a"))), "FAILED", viewID, `database "dev" does not exist`)
	})
}

// TestDropFails checks the reason of a Delete whose DROP fails although nothing depends on the
// view.
func TestDropFails(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handle(t, db, create("r1", stackA, "V", view(t, "a")))
	db.failOn, db.failWith = "DROP MATERIALIZED", "ERROR: no"
	got := handle(t, db, event("Delete", "r2", stackA, "V", viewID, view(t, "a")))
	if want := `view "public"."v": drop: failed: ERROR: no (statement r2-drop-0): DROP MATERIALIZED VIEW IF EXISTS "public"."v" RESTRICT`; got.Reason != want {
		t.Errorf("reason\nwant %s\ngot  %s", want, got.Reason)
	}
	wantNames(t, db, "v")
}
