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
	t.Run("a Create without the database", func(t *testing.T) {
		t.Parallel()
		db := newDatabase()
		db.missing = true
		wantResponse(t, handle(t, db, create("r1", stackA, "V", view(t, "a"))), "FAILED", viewID, `database "dev" does not exist`)
	})
}
