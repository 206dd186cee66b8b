package ddlhandler_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// asUser returns view's properties for a function that signs in as a database user, without
// a secret.
func asUser(tb testing.TB, user, column string) map[string]any {
	tb.Helper()
	p := view(tb, column)
	p["Warehouse"] = map[string]any{"clusterIdentifier": "cluster", "database": "dev", "dbUser": user}
	return p
}

// TestLedgerOfEachUser checks that two database users can both create objects, and that
// neither of them can take over the other's objects.
func TestLedgerOfEachUser(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	other := asUser(t, "101", "a")
	other["View"].(map[string]any)["name"] = "w" //nolint:forcetypeassert,errcheck // view returns this type
	wantResponse(t, handle(t, db, create("r1", stackA, "V", asUser(t, "100", "a"))), "SUCCESS", viewID, "")
	wantResponse(t, handle(t, db, create("r2", stackB, "W", other)), "SUCCESS", "cluster/dev/view public.w", "")
	wantResponse(t, handle(t, db, create("r3", stackB, "V", asUser(t, "101", "a"))), "FAILED", "unowned/r3", "belongs to V of the stack "+stackA)
	wantResponse(t, handle(t, db, event("Delete", "r4", stackB, "W", "cluster/dev/view public.w", other)), "SUCCESS", "cluster/dev/view public.w", "")
	wantNames(t, db, "v")
	if diff := cmp.Diff([]string{"100", "101"}, slices.Sorted(maps.Keys(db.ledgers))); diff != "" {
		t.Errorf("ledgers (-want +got):\n%s", diff)
	}
}

// TestFunctionBecomesAnotherUser checks the requests of a function whose role has changed, so
// that it is another database user. It still finds the entry of its view. It fails with the
// name of the owner if only the owner may change the view.
func TestFunctionBecomesAnotherUser(t *testing.T) {
	t.Parallel()
	newDatabaseWithView := func(t *testing.T) *database {
		t.Helper()
		db := newDatabase()
		wantResponse(t, handle(t, db, create("r1", stackA, "V", asUser(t, "100", "a"))), "SUCCESS", viewID, "")
		return db
	}
	t.Run("Create", func(t *testing.T) {
		t.Parallel()
		db := newDatabaseWithView(t) // a Create cannot know whether another person made it
		wantResponse(t, handle(t, db, create("r2", stackA, "V", asUser(t, "101", "a"))), "FAILED", "unowned/r2", "the database user with the id 100 owns it; if that is the function's former user, give the function's role its former name (RoleName); otherwise drop it")
		wantNames(t, db, "v")
	})
	t.Run("Update that changes nothing", func(t *testing.T) {
		t.Parallel()
		db := newDatabaseWithView(t)
		wantResponse(t, handle(t, db, updated(event("Update", "r2", stackA, "V", viewID, asUser(t, "101", "a")), asUser(t, "100", "a"))), "SUCCESS", viewID, "")
		wantNames(t, db, "v")
	})
	t.Run("Delete", func(t *testing.T) {
		t.Parallel()
		db := newDatabaseWithView(t)
		for _, request := range []string{"r2", "r2 again"} {
			wantResponse(t, handle(t, db, event("Delete", request, stackA, "V", viewID, asUser(t, "101", "a"))), "FAILED", viewID, "the database user with the id 100 owns the object, but the function runs as 101 since its role changed; give the role its former name (RoleName), or change the object as its owner: drop: failed: ERROR: must be owner")
		}
		wantNames(t, db, "v")
		wantResponse(t, handle(t, db, event("Delete", "r3", stackA, "V", viewID, asUser(t, "100", "a"))), "SUCCESS", viewID, "")
		wantNames(t, db)
	})
	t.Run("Delete without the right to read the ledger", func(t *testing.T) {
		t.Parallel()
		db := newDatabaseWithView(t)
		clear(db.shared)
		wantResponse(t, handle(t, db, event("Delete", "r2", stackA, "V", viewID, asUser(t, "101", "a"))), "SUCCESS", viewID, "")
		wantNames(t, db, "v")
	})
	t.Run("Delete if somebody else owns the former user's ledger", func(t *testing.T) {
		t.Parallel()
		db := newDatabaseWithView(t)
		db.foreignLedger = true
		wantResponse(t, handle(t, db, event("Delete", "r2", stackA, "V", viewID, asUser(t, "101", "a"))), "SUCCESS", viewID, "")
		wantNames(t, db, "v")
	})
	t.Run("Delete after the other user's tombstone", func(t *testing.T) {
		t.Parallel()
		db := newDatabaseWithView(t)
		for _, rows := range db.ledgers["100"] {
			(*rows[0])["state"] = "deleted"
		}
		wantResponse(t, handle(t, db, event("Delete", "r2", stackA, "V", viewID, asUser(t, "101", "a"))), "SUCCESS", viewID, "")
		wantNames(t, db, "v")
	})
	t.Run("Delete of an object without an entry", func(t *testing.T) {
		t.Parallel()
		db := newDatabaseWithView(t)
		clear(db.ledgers["100"])
		wantResponse(t, handle(t, db, event("Delete", "r2", stackA, "V", viewID, asUser(t, "101", "a"))), "SUCCESS", viewID, "")
		wantNames(t, db, "v")
	})
	t.Run("Update of the query", func(t *testing.T) {
		t.Parallel()
		db := newDatabaseWithView(t)
		db.failOn, db.failWith = `ALTER MATERIALIZED VIEW "public"."v"`, "ERROR: must be owner of relation v"
		wantResponse(t, handle(t, db, updated(event("Update", "r2", stackA, "V", viewID, asUser(t, "101", "b")), asUser(t, "100", "a"))), "FAILED", viewID,
			"the database user with the id 100 owns the object, but the function runs as 101 since its role changed; give the role its former name (RoleName), or change the object as its owner: stop-auto-refresh: failed")
		wantRelations(t, db, map[string]string{"v": "column a, 5 rows, auto refresh true, granted to []"})
	})
	t.Run("Delete of another stack", func(t *testing.T) {
		t.Parallel()
		db := newDatabaseWithView(t)
		wantResponse(t, handle(t, db, event("Delete", "r2", stackB, "V", viewID, asUser(t, "101", "a"))), "SUCCESS", viewID, "")
		wantNames(t, db, "v")
	})
}
