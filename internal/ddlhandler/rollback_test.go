package ddlhandler_test

import (
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/cfn"

	"github.com/tributary-cdk/tributary/internal/contract"
	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/ddlhandler"
)

func TestRollbackOfARefusedUpdate(t *testing.T) {
	t.Parallel()
	t.Run("of an external schema", func(t *testing.T) {
		t.Parallel()
		db := newDatabase()
		schema := func(role string) map[string]any {
			return properties(t, `{"Warehouse": {"clusterIdentifier": "cluster", "database": "dev"},
				"Schema": {"name": "evdata", "roleArn": "arn:aws:iam::123456789012:role/`+role+`"}}`)
		}
		send := func(kind cfn.RequestType, request string, props, old map[string]any) ddlhandler.Response {
			ev := updated(event(kind, request, stackA, "S", "cluster/dev/schema evdata", props), old)
			ev.ResourceType = contract.ExternalSchemaType
			return handle(t, db, ev)
		}
		send("Create", "r1", schema("a"), nil)
		wantResponse(t, send("Update", "r2", schema("b"), schema("a")), "FAILED", "cluster/dev/schema evdata", "can't be altered")
		wantResponse(t, send("Update", "r3", schema("a"), schema("b")), "SUCCESS", "cluster/dev/schema evdata", "")
	})
	t.Run("of a view", func(t *testing.T) {
		t.Parallel()
		db := newDatabase()
		refusing := viewWith(t, "b", "onReplace", "Refuse")
		handle(t, db, create("r4", stackA, "V", view(t, "a")))
		ran := len(db.ran)
		wantResponse(t, handle(t, db, updated(event("Update", "r5", stackA, "V", viewID, refusing), view(t, "a"))), "FAILED", viewID, "onReplace is Refuse")
		wantResponse(t, handle(t, db, updated(event("Update", "r6", stackA, "V", viewID, view(t, "a")), refusing)), "SUCCESS", viewID, "")
		if slices.Contains(db.ran[ran:], "drop") {
			t.Errorf("want the view unchanged, got the steps %q", db.ran[ran:])
		}
	})
}

// TestRollbackOfARestoredView checks the rollback of an update that has dropped the view and
// created it again. The ledger has the view's definition, so the rollback drops nothing.
func TestRollbackOfARestoredView(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handle(t, db, create("r1", stackA, "V", view(t, "a")))
	db.onRun = func(_ session, step string) {
		if step == "create" {
			db.failOn, db.failWith, db.failTimes = "CREATE MATERIALIZED", "ERROR: no", 1
		}
	}
	wantResponse(t, handle(t, db, updated(event("Update", "r2", stackA, "V", viewID, view(t, "b")), view(t, "a"))), "FAILED", viewID, "create: failed: ERROR: no")
	db.onRun, db.ran = nil, nil
	wantResponse(t, handle(t, db, updated(event("Update", "r3", stackA, "V", viewID, view(t, "a")), view(t, "b"))), "SUCCESS", viewID, "")
	if slices.Contains(db.ran, "drop") {
		t.Errorf("want no DROP in the rollback, got %q", db.ran)
	}
}

// TestKeptTableOfTheSameSecond checks that two updates within one second keep their rows in
// two tables.
func TestKeptTableOfTheSameSecond(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for i, request := range []string{"r1", "r2", "r3"} {
		db.accepted[request] = at.Add(time.Duration(i) * time.Millisecond)
	}
	db.accepted["r4"] = at.Add(time.Hour)
	handle(t, db, create("r1", stackA, "V", view(t, "a")))
	handle(t, db, updated(event("Update", "r2", stackA, "V", viewID, view(t, "b")), view(t, "a")))
	handle(t, db, updated(event("Update", "r3", stackA, "V", viewID, view(t, "a")), view(t, "b")))
	handle(t, db, updated(event("Update", "r4", stackA, "V", viewID, view(t, "b")), view(t, "a")))
	wantNames(t, db, "v", "v_until_20261122t120001", "v_until_20261122t120002", "v_until_20261122t130000")
}

// TestRowsAreMissing checks that the view is not dropped if the kept table has fewer rows
// than the view had.
func TestRowsAreMissing(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handle(t, db, create("r1", stackA, "V", view(t, "a")))
	db.lostRows = 2
	got := handle(t, db, updated(event("Update", "r2", stackA, "V", viewID, view(t, "b")), view(t, "a")))
	wantResponse(t, got, "FAILED", viewID, `had 5 rows, but the table "public"."`+db.names()[1]+`"`)
	wantResponse(t, got, "FAILED", viewID, "; the old rows are in public.v_until_")
	wantRelations(t, db, map[string]string{"v": "column a, 0 rows, auto refresh true, granted to []", "v_until_T": "3 rows"})
	wantKeptTable(t, db, got, true)
}

// TestRowsCannotBeKept checks an update if Redshift refuses both to move and to copy the rows.
func TestRowsCannotBeKept(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handle(t, db, create("r1", stackA, "V", view(t, "a")))
	db.refuse = func(step string) error {
		if step == "move-rows" || step == "copy-rows" {
			return &dataapi.StatementError{Name: step, ID: "x", Status: "FAILED", Reason: "ERROR: no"}
		}
		return nil
	}
	got := handle(t, db, updated(event("Update", "r2", stackA, "V", viewID, view(t, "b")), view(t, "a")))
	wantResponse(t, got, "FAILED", viewID, "copy-rows: failed: ERROR: no")
	wantRelations(t, db, map[string]string{"v": "column a, 5 rows, auto refresh true, granted to []"})
	wantKeptTable(t, db, got, false)
}
