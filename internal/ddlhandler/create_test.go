package ddlhandler_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/contract"
)

func TestCreateUpdateDelete(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	wantResponse(t, handle(t, db, create("r1", stackA, "V", view(t, "a"))), "SUCCESS", viewID, "")
	wantNames(t, db, "v")
	if diff := cmp.Diff([]string{
		"ledger-find", "ledger-ensure", "ledger-find-own", "ledger-grant-select", "ledger-read", "exists", "ledger-enter", "ledger-elect", "ledger-entered",
		"create", "refresh", "auto-refresh", "ledger-live",
	}, db.ran); diff != "" {
		t.Errorf("steps of a create (-want +got):\n%s", diff)
	}

	db.ran = nil
	wantResponse(t, handle(t, db, updated(event("Update", "r2", stackA, "V", viewID, view(t, "a")), view(t, "A"))), "SUCCESS", viewID, "")
	if diff := cmp.Diff([]string{"ledger-find", "ledger-read", "find-object", "ledger-live", "ledger-live-check"}, db.ran); diff != "" {
		t.Errorf("steps of an update that changes nothing (-want +got):\n%s", diff)
	}

	wantResponse(t, handle(t, db, event("Delete", "r3", stackA, "V", viewID, view(t, "a"))), "SUCCESS", viewID, "")
	wantNames(t, db)
	wantLedger(t, db, map[string]string{})
}

func TestExternalSchema(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	schema := func(role string) map[string]any {
		return properties(t, `{"Warehouse": {"clusterIdentifier": "cluster", "database": "dev"},
			"Schema": {"name": "evdata", "roleArn": "arn:aws:iam::123456789012:role/`+role+`"}}`)
	}
	ev := create("r1", stackA, "S", schema("a"))
	ev.ResourceType = contract.ExternalSchemaType
	wantResponse(t, handle(t, db, ev), "SUCCESS", "cluster/dev/schema evdata", "")
	wantNames(t, db, "evdata")

	ev.RequestType, ev.RequestID, ev.PhysicalResourceID = "Update", "r2", "cluster/dev/schema evdata"
	ev = updated(ev, schema("a"))
	ev.ResourceProperties = schema("b")
	wantResponse(t, handle(t, db, ev), "FAILED", "cluster/dev/schema evdata", "the role and the region of an external schema that reads Kinesis can't be altered")

	ev.RequestType, ev.RequestID = "Delete", "r3"
	wantResponse(t, handle(t, db, ev), "SUCCESS", ev.PhysicalResourceID, "")
	wantNames(t, db)
}

func TestSchemaForViews(t *testing.T) {
	t.Parallel()
	const id = "w/dev/schema analytics"
	request := func(kind, request, physical, grants string) (ev cfn.Event) {
		ev = event(cfn.RequestType(kind), request, stackA, "Schema", physical, properties(t, `{"ServiceToken": "arn", "ServiceTimeout": "3600",
			"Warehouse": {"workgroupName": "w", "database": "dev"}, "ViewSchema": {"name": "Analytics", "grants": `+grants+`}}`))
		ev.ResourceType = contract.SchemaType
		return ev
	}
	const granted = `[{"iamRole": "Dashboards"}]`
	db := newDatabase()
	db.failOn, db.failWith = "CREATE USER", `ERROR: user "IAMR:Dashboards" already exists`
	wantResponse(t, handle(t, db, request("Create", "r1", "", granted)), "SUCCESS", id, "")
	if diff := cmp.Diff([]string{`"IAMR:Dashboards"`}, db.relations["analytics"].grants); diff != "" {
		t.Errorf("grants after the create (-want +got):\n%s", diff)
	}
	wantResponse(t, handle(t, db, updated(request("Update", "r2", id, "[]"), request("Create", "", "", granted).ResourceProperties)), "SUCCESS", id, "")
	if diff := cmp.Diff([]string{}, db.relations["analytics"].grants); diff != "" {
		t.Errorf("grants after the update (-want +got):\n%s", diff)
	}
	db.failOn, db.failWith = "DROP SCHEMA", "ERROR: cannot drop schema analytics because other objects depend on it"
	db.dependents = [][]string{{"analytics", "v_until_20261122t120000"}}
	wantResponse(t, handle(t, db, request("Delete", "r3", id, "[]")), "FAILED", id, "drop the objects that depend on it first (analytics.v_until_20261122t120000)")
	db.failOn = ""
	wantResponse(t, handle(t, db, request("Delete", "r4", id, "[]")), "SUCCESS", id, "")
	wantNames(t, db)
}

func TestCreateFails(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"CREATE MATERIALIZED", "REFRESH", "AUTO REFRESH YES"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			db := newDatabase()
			db.failOn, db.failWith = step, "ERROR: function nosuch(text) does not exist"
			got := handle(t, db, create("r1", stackA, "V", view(t, "a")))
			wantResponse(t, got, "FAILED", viewID, `view "public"."v": `)
			for _, part := range []string{"function nosuch(text) does not exist", "(statement r1-", step} {
				if !strings.Contains(got.Reason, part) {
					t.Errorf("want %q in the reason, got %s", part, got.Reason)
				}
			}
			db.failOn = ""
			wantResponse(t, handle(t, db, event("Delete", "r2", stackA, "V", viewID, view(t, "a"))), "SUCCESS", viewID, "")
			wantNames(t, db)
			wantResponse(t, handle(t, db, create("r3", stackA, "V", view(t, "a"))), "SUCCESS", viewID, "")
			wantNames(t, db, "v")
		})
	}
}

// TestMissingGrantsAreNamed checks the reason of a request that fails because the
// function's database user may not create objects.
func TestMissingGrantsAreNamed(t *testing.T) {
	t.Parallel()
	const remedy = "; as a superuser, GRANT CREATE ON DATABASE dev and CREATE ON SCHEMA public to the function's database user, or give the warehouse a Secret: CREATE TABLE"
	for name, test := range map[string]struct {
		properties map[string]any
		reason     string
		want       bool
	}{
		"without a secret":               {asUser(t, "101", "a"), "ERROR: permission denied for schema public", true},
		"with a secret":                  {view(t, "a"), "ERROR: permission denied for schema public", false},
		"another error without a secret": {asUser(t, "101", "a"), "ERROR: disk full", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase()
			db.failOn, db.failWith = "CREATE TABLE", test.reason
			got := handle(t, db, create("r1", stackA, "V", test.properties))
			wantResponse(t, got, "FAILED", viewID, test.reason)
			if strings.Contains(got.Reason, remedy) != test.want {
				t.Errorf("want the remedy: %v, got %s", test.want, got.Reason)
			}
		})
	}
}

func TestCreateOfAnExistingObject(t *testing.T) {
	t.Parallel()
	t.Run("made by hand", func(t *testing.T) {
		t.Parallel()
		db := newDatabase()
		db.relations["v"] = &relation{sql: "by hand", owner: admin}
		wantResponse(t, handle(t, db, create("r1", stackA, "V", view(t, "a"))), "FAILED", "unowned/r1", "Tributary did not make it")
		wantResponse(t, handle(t, db, event("Delete", "r2", stackA, "V", "unowned/r1", view(t, "a"))), "SUCCESS", "unowned/r1", "")
		wantNames(t, db, "v")
	})
	t.Run("made by hand just before the CREATE", func(t *testing.T) {
		t.Parallel()
		db := newDatabase()
		db.onRun = func(_ session, step string) {
			if step == "create" {
				db.relations["v"] = &relation{sql: "by hand", owner: admin}
			}
		}
		wantResponse(t, handle(t, db, create("r1", stackA, "V", view(t, "a"))), "FAILED", "unowned/r1", "somebody else has just made")
		wantLedger(t, db, map[string]string{})
		wantNames(t, db, "v")
	})
	t.Run("made by another stack", func(t *testing.T) {
		t.Parallel()
		db := newDatabase()
		handle(t, db, create("r1", stackA, "V", view(t, "a")))
		entry := maps.Clone(*db.ledgers[admin]["view public.v"][0])
		wantResponse(t, handle(t, db, create("r2", stackB, "V", view(t, "a"))), "FAILED", "unowned/r2", "belongs to V of the stack "+stackA)
		for _, id := range []string{"unowned/r2", viewID, "B-V-invented"} {
			wantResponse(t, handle(t, db, event("Delete", "r3"+id, stackB, "V", id, view(t, "a"))), "SUCCESS", id, "")
		}
		wantNames(t, db, "v")
		wantResponse(t, handle(t, db, updated(event("Update", "r4", stackB, "V", viewID, view(t, "b")), view(t, "a"))), "FAILED", viewID, "belongs to V of the stack "+stackA)
		if diff := cmp.Diff(entry, *db.ledgers[admin]["view public.v"][0]); diff != "" {
			t.Errorf("entry (-want +got):\n%s", diff)
		}
	})
}

// TestRetainedView checks a Create of a view that an earlier deployment of the construct
// retained.
func TestRetainedView(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		properties map[string]any
		status     string
		id, reason string
		want       string
	}{
		"unchanged":            {view(t, "a"), "SUCCESS", viewID, "", "column a, 5 rows, auto refresh true, granted to []"},
		"with altered refresh": {viewWith(t, "a", "manualRefresh", true), "SUCCESS", viewID, "", "column a, 5 rows, auto refresh false, granted to []"},
		"with another query": {
			view(t, "b"), "FAILED", "unowned/r2", "exists with another definition, retained from an earlier deployment; drop it, or give this one another name",
			"column a, 5 rows, auto refresh true, granted to []",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase()
			handle(t, db, create("r1", stackA, "V", view(t, "a")))
			wantResponse(t, handle(t, db, create("r2", stackA, "V", test.properties)), cfn.StatusType(test.status), test.id, test.reason)
			if test.status == "FAILED" { // then CloudFormation sends a Delete, which must not drop the retained view
				wantResponse(t, handle(t, db, event("Delete", "r3", stackA, "V", test.id, test.properties)), "SUCCESS", test.id, "")
			}
			wantRelations(t, db, map[string]string{"v": test.want})
			wantLedger(t, db, map[string]string{"view public.v": "V live"})
		})
	}
}

// TestCreateAfterAnUnfinishedCreate checks a Create that follows another Create of the same
// construct. The first Create has ended without a response.
func TestCreateAfterAnUnfinishedCreate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		hangOn, column string
		steps          []string
	}{
		"that made the same view":    {"REFRESH MATERIALIZED", "a", []string{"refresh", "auto-refresh"}},
		"that made another view":     {"REFRESH MATERIALIZED", "b", []string{"drop", "create", "refresh", "auto-refresh"}},
		"that has not made the view": {"CREATE MATERIALIZED", "a", []string{"create", "refresh", "auto-refresh"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase()
			handleUnanswered(t, db, create("r1", stackA, "V", view(t, "a")), test.hangOn)
			db.ran = nil
			wantResponse(t, handle(t, db, create("r2", stackA, "V", view(t, test.column))), "SUCCESS", viewID, "")
			if diff := cmp.Diff(test.steps, changes(db)); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
			db.finishRunning()
			wantRelations(t, db, map[string]string{"v": "column " + test.column + ", 5 rows, auto refresh true, granted to []"})
			wantLedger(t, db, map[string]string{"view public.v": "V live"})
		})
	}
}

// TestCreateOfADroppedView checks a Create of a view that an earlier deployment retained and
// that somebody has dropped. The first run of the Create ends without a response.
func TestCreateOfADroppedView(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handle(t, db, create("r1", stackA, "V", view(t, "a")))
	delete(db.relations, "v")
	handleUnanswered(t, db, create("r2", stackA, "V", view(t, "a")), "REFRESH MATERIALIZED")
	wantResponse(t, handle(t, db, create("r3", stackA, "V", view(t, "a"))), "SUCCESS", viewID, "")
	wantRelations(t, db, map[string]string{"v": "column a, 5 rows, auto refresh true, granted to []"})
}

// changes returns the steps that are neither queries nor statements on the ledger.
func changes(db *database) []string {
	return slices.DeleteFunc(slices.Clone(db.ran), func(step string) bool {
		return strings.HasPrefix(step, "ledger-") || strings.HasPrefix(step, "find-") || step == "exists" || step == "kept-table-has-rows"
	})
}

func TestInvalidProperties(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	bad := properties(t, `{"Warehouse": {"clusterIdentifier": "cluster", "database": "dev"}, "View": {"name": "v", "colums": []}}`)
	got := handle(t, db, create("r1", stackA, "V", bad))
	for _, part := range []string{"View.colums: ", "View.stream.name: ", "View.columns: "} {
		if !strings.Contains(got.Reason, part) {
			t.Errorf("want %q in the reason, got %s", part, got.Reason)
		}
	}
	if len(db.ran) > 0 {
		t.Errorf("want no statements, got %q", db.ran)
	}
	wantResponse(t, handle(t, db, event("Delete", "r2", stackA, "V", got.PhysicalResourceID, bad)), "SUCCESS", got.PhysicalResourceID, "")
	ev := event("Delete", "r3", stackA, "V", "A-V-invented", nil)
	ev.ResourceType = "Custom::Unknown"
	wantResponse(t, handle(t, db, ev), "SUCCESS", "A-V-invented", "")
}

// TestCreatesOfTwoViews checks three Creates of one construct, of which the second has another
// query. The first two have ended without a response.
func TestCreatesOfTwoViews(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handleUnanswered(t, db, create("r1", stackA, "V", view(t, "a")), "REFRESH MATERIALIZED")
	handleUnanswered(t, db, create("r2", stackA, "V", view(t, "b")), "REFRESH MATERIALIZED")
	wantResponse(t, handle(t, db, create("r3", stackA, "V", view(t, "a"))), "SUCCESS", viewID, "")
	wantRelations(t, db, map[string]string{"v": "column a, 5 rows, auto refresh true, granted to []"})
}
