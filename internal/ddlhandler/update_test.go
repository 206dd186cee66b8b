package ddlhandler_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/ddlhandler"
)

// grantedView returns view's properties with a grant to ann.
func grantedView(tb testing.TB, column string) map[string]any {
	tb.Helper()
	return viewWith(tb, column, "grants", []any{map[string]any{"user": "ann"}})
}

// TestUpdateOfTheQuery checks what an update of a view's query leaves, and what the rollback
// of a failed one leaves.
func TestUpdateOfTheQuery(t *testing.T) {
	t.Parallel()
	const (
		create   = `CREATE MATERIALIZED VIEW "public"."v" AUTO REFRESH NO AS SELECT` + "\n  CASE WHEN can_json_parse(kinesis_data) THEN json_parse(kinesis_data) END AS \"b\""
		a        = `column a, 5 rows, auto refresh true, granted to ["ann"]`
		restored = `column a, 0 rows, auto refresh true, granted to ["ann"]`
		created  = `column b, 0 rows, auto refresh false, granted to []`
		b        = `column b, 5 rows, auto refresh true, granted to ["ann"]`
	)
	kept := func(view string) map[string]string { return map[string]string{"v": view, "v_until_T": "5 rows"} }
	tests := map[string]struct {
		failOn, failWith string
		reason           string
		want             map[string]string
		kept             bool              // whether the response names a kept table
		rolledBack       map[string]string // after the rollback
	}{
		"succeeds":              {"", "", "", kept(b), true, nil},
		"copies the rows":       {"APPEND", "ERROR: no", "", kept(b), true, nil},
		"fails to prove":        {`CREATE MATERIALIZED VIEW "public"."v_tributary_proof"`, "ERROR: no", "create-proof: failed", map[string]string{"v": a}, false, map[string]string{"v": a}},
		"fails to drop a proof": {`DROP MATERIALIZED VIEW IF EXISTS "public"."v_tributary_proof"`, "ERROR: no", "drop-stale-proof: failed", map[string]string{"v": a}, false, map[string]string{"v": a}},
		"fails to keep rows":    {`CREATE TABLE "public"."v_until`, "ERROR: no", "create-kept-table: failed", map[string]string{"v": a}, false, map[string]string{"v": a}},
		"fails to create":       {create, "ERROR: no", "create: failed", kept(restored), true, kept(a)},
		"fails to refresh":      {"REFRESH MATERIALIZED VIEW \"public\".\"v\"", "ERROR: no", "refresh: failed", kept(created), true, kept(a)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase()
			handle(t, db, event("Create", "r1", stackA, "V", "", grantedView(t, "a")))
			db.failOn, db.failWith = test.failOn, test.failWith
			status := cfn.StatusSuccess
			if test.reason != "" {
				status = cfn.StatusFailed
			}
			got := handle(t, db, updated(event("Update", "r2", stackA, "V", viewID, grantedView(t, "b")), grantedView(t, "a")))
			wantResponse(t, got, status, viewID, test.reason)
			wantRelations(t, db, test.want)
			wantKeptTable(t, db, got, test.kept)
			if status == "SUCCESS" {
				return
			}
			// CloudFormation rolls back: it swaps the old and the new properties.
			db.failOn = ""
			wantResponse(t, handle(t, db, updated(event("Update", "r3", stackA, "V", viewID, grantedView(t, "a")), grantedView(t, "b"))), "SUCCESS", viewID, "")
			wantRelations(t, db, test.rolledBack)
		})
	}
}

// wantKeptTable compares whether the response names the database's kept table.
func wantKeptTable(t *testing.T, db *database, got ddlhandler.Response, want bool) {
	t.Helper()
	var named *ddlhandler.Data
	for _, name := range db.names() {
		if strings.HasPrefix(name, "v_until_") && want {
			named = &ddlhandler.Data{KeptTable: "public." + name}
		}
	}
	if diff := cmp.Diff(named, got.Data); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
}

// TestUpdateFromAnotherView checks an update whose old properties are not those of the
// existing view. The handler must not assume that the view has their attributes.
func TestUpdateFromAnotherView(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handle(t, db, create("r1", stackA, "V", view(t, "b")))
	ev := updated(event("Update", "r2", stackA, "V", viewID, view(t, "c")), viewWith(t, "a", "manualRefresh", true))
	wantResponse(t, handle(t, db, ev), "SUCCESS", viewID, "")
	if !slices.Contains(db.ran, "stop-auto-refresh") {
		t.Errorf("want the old view's auto refresh stopped, got %q", db.ran)
	}
}

// TestPropertiesOfAnotherVersion checks updates from properties that this version of
// Tributary does not know or cannot read.
func TestPropertiesOfAnotherVersion(t *testing.T) {
	t.Parallel()
	for name, old := range map[string]map[string]any{
		"an unknown property": viewWith(t, "a", "invention", "x"),
		"unreadable columns":  viewWith(t, "a", "columns", "all"),
		"no properties":       {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase()
			handle(t, db, create("r1", stackA, "V", view(t, "a")))
			wantResponse(t, handle(t, db, updated(event("Update", "r2", stackA, "V", viewID, view(t, "b")), old)), "SUCCESS", viewID, "")
			wantRelations(t, db, map[string]string{"v": "column b, 5 rows, auto refresh true, granted to []", "v_until_T": "5 rows"})
			if len(old) == 0 {
				return
			}
			wantResponse(t, handle(t, db, event("Delete", "r3", stackA, "V", viewID, old)), "SUCCESS", viewID, "")
			wantRelations(t, db, map[string]string{"v_until_T": "5 rows"})
		})
	}
}

// TestUpdateOfTheAttributes checks an update that needs only ALTER, GRANT and REVOKE: it does
// not replace the view.
func TestUpdateOfTheAttributes(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handle(t, db, create("r1", stackA, "V", view(t, "a")))
	db.ran = nil
	wantResponse(t, handle(t, db, updated(event("Update", "r2", stackA, "V", viewID, grantedView(t, "a")), view(t, "a"))), "SUCCESS", viewID, "")
	if diff := cmp.Diff([]string{"grant"}, changes(db)); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	wantRelations(t, db, map[string]string{"v": `column a, 5 rows, auto refresh true, granted to ["ann"]`})
	// An interrupted update leaves it unknown which attributes the view has.
	handleUnanswered(t, db, updated(event("Update", "r3", stackA, "V", viewID, view(t, "a")), grantedView(t, "a")), "REVOKE")
	wantResponse(t, handle(t, db, updated(event("Update", "r4", stackA, "V", viewID, grantedView(t, "a")), view(t, "a"))), "SUCCESS", viewID, "")
	db.finishRunning()
	wantRelations(t, db, map[string]string{"v": `column a, 5 rows, auto refresh true, granted to ["ann"]`})
}

func TestUpdateOfADroppedView(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*database){
		"its entry is known": func(*database) {},
		"its entry is gone":  func(db *database) { clear(db.ledgers[admin]) },
	}
	for name, lose := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase()
			handle(t, db, create("r1", stackA, "V", view(t, "a")))
			delete(db.relations, "v")
			lose(db)
			wantResponse(t, handle(t, db, updated(event("Update", "r2", stackA, "V", viewID, view(t, "b")), view(t, "a"))), "SUCCESS", viewID, "")
			wantRelations(t, db, map[string]string{"v": "column b, 5 rows, auto refresh true, granted to []"})
			wantLedger(t, db, map[string]string{"view public.v": "V live"})
		})
	}
}

func TestRename(t *testing.T) {
	t.Parallel()
	const renamedID = "cluster/dev/view public.w"
	renamed := viewWith(t, "a", "name", "w")
	t.Run("succeeds", func(t *testing.T) {
		t.Parallel()
		db := newDatabase()
		handle(t, db, create("r1", stackA, "V", view(t, "a")))
		wantResponse(t, handle(t, db, updated(event("Update", "r2", stackA, "V", viewID, renamed), view(t, "a"))), "SUCCESS", renamedID, "")
		wantNames(t, db, "v", "w")
		wantResponse(t, handle(t, db, event("Delete", "r3", stackA, "V", viewID, view(t, "a"))), "SUCCESS", viewID, "")
		wantNames(t, db, "w")
	})
	t.Run("gets no response and is rolled back", func(t *testing.T) {
		t.Parallel()
		db := newDatabase()
		handle(t, db, create("r1", stackA, "V", view(t, "a")))
		handleUnanswered(t, db, updated(event("Update", "r2", stackA, "V", viewID, renamed), view(t, "a")), "REFRESH MATERIALIZED")
		wantResponse(t, handle(t, db, updated(event("Update", "r3", stackA, "V", viewID, view(t, "a")), renamed)), "SUCCESS", viewID, "")
		wantNames(t, db, "v")
		wantLedger(t, db, map[string]string{"view public.v": "V live"})
	})
}

// TestRenameToARetainedView checks an update to the name of a view that the construct made
// and retained earlier. The retained view has another query, so the update must not touch it.
func TestRenameToARetainedView(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handle(t, db, create("r1", stackA, "V", viewWith(t, "a", "name", "w")))
	handle(t, db, create("r2", stackA, "V", view(t, "a")))
	ev := updated(event("Update", "r3", stackA, "V", viewID, viewWith(t, "b", "name", "w")), view(t, "a"))
	wantResponse(t, handle(t, db, ev), "FAILED", "unowned/r3", "exists with another definition, retained from an earlier deployment")
	const a = "column a, 5 rows, auto refresh true, granted to []"
	wantRelations(t, db, map[string]string{"v": a, "w": a})
}

func TestDependents(t *testing.T) {
	t.Parallel()
	for name, dependOn := range map[string]func(*database){
		"that pg_depend returns":         func(db *database) { db.dependents = [][]string{{"public", "report"}, {"public", "report"}} },
		"that SVV_MV_DEPENDENCY returns": func(db *database) { db.dependentViews = [][]string{{"public", "report"}} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase()
			handle(t, db, create("r1", stackA, "V", view(t, "a")))
			dependOn(db)
			wantResponse(t, handle(t, db, updated(event("Update", "r2", stackA, "V", viewID, view(t, "b")), view(t, "a"))), "FAILED", viewID, `"public"."report"`)
			wantRelations(t, db, map[string]string{"v": "column a, 5 rows, auto refresh true, granted to []"})
			db.failOn, db.failWith = `DROP MATERIALIZED VIEW IF EXISTS "public"."v" `, "ERROR: cannot drop materialized view v because other objects depend on it"
			wantResponse(t, handle(t, db, event("Delete", "r3", stackA, "V", viewID, view(t, "a"))), "FAILED", viewID, "drop the objects that depend on it first (public.report): drop: failed: ERROR: cannot drop")
			db.failOn = ""
			wantResponse(t, handle(t, db, event("Delete", "r4", stackA, "V", viewID, view(t, "a"))), "SUCCESS", viewID, "")
			wantNames(t, db)
		})
	}
}
