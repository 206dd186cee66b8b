package ddlhandler_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/cfn"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/contract"
)

func TestCreateUpdateDelete(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	wantAnswer(t, handle(t, db, create("r1", stackA, "V", view(t, "a"))), "SUCCESS", viewID, "")
	wantNames(t, db, "v")
	if diff := cmp.Diff([]string{
		"ledger-find", "ledger-ensure", "ledger-found", "ledger-share", "ledger-before", "exists", "ledger-enter", "ledger-elect", "ledger-entered",
		"create", "refresh", "auto-refresh", "ledger-live",
	}, db.ran); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}

	db.ran = nil
	wantAnswer(t, handle(t, db, updated(event("Update", "r2", stackA, "V", viewID, view(t, "a")), view(t, "A"))), "SUCCESS", viewID, "")
	if diff := cmp.Diff([]string{"ledger-find", "ledger-before", "there", "ledger-live", "ledger-live-taken"}, db.ran); diff != "" {
		t.Errorf("steps of an update that changes nothing (-want +got):\n%s", diff)
	}

	wantAnswer(t, handle(t, db, event("Delete", "r3", stackA, "V", viewID, view(t, "a"))), "SUCCESS", viewID, "")
	wantNames(t, db)
	wantLedger(t, db, map[string]string{})
}

func TestSchema(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	schema := func(role string) map[string]any {
		return properties(t, `{"Warehouse": {"clusterIdentifier": "cluster", "database": "dev"},
			"Schema": {"name": "evdata", "roleArn": "arn:aws:iam::123456789012:role/`+role+`"}}`)
	}
	ev := create("r1", stackA, "S", schema("a"))
	ev.ResourceType = contract.ExternalSchemaType
	wantAnswer(t, handle(t, db, ev), "SUCCESS", "cluster/dev/schema evdata", "")
	wantNames(t, db, "evdata")

	ev.RequestType, ev.RequestID, ev.PhysicalResourceID = "Update", "r2", "cluster/dev/schema evdata"
	ev = updated(ev, schema("a"))
	ev.ResourceProperties = schema("b")
	wantAnswer(t, handle(t, db, ev), "FAILED", "cluster/dev/schema evdata", "can't be altered in Redshift")

	ev.RequestType, ev.RequestID = "Delete", "r3"
	wantAnswer(t, handle(t, db, ev), "SUCCESS", ev.PhysicalResourceID, "")
	wantNames(t, db)
}

func TestCreateThatFails(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"CREATE MATERIALIZED", "REFRESH", "AUTO REFRESH YES"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			db := newDatabase()
			db.failOn, db.failWith = step, "ERROR: function nosuch(text) does not exist"
			got := handle(t, db, create("r1", stackA, "V", view(t, "a")))
			wantAnswer(t, got, "FAILED", viewID, `view "public"."v": `)
			for _, part := range []string{"function nosuch(text) does not exist", "statement id-", step} {
				if !strings.Contains(got.Reason, part) {
					t.Errorf("the reason lacks %q: %s", part, got.Reason)
				}
			}
			db.failOn = ""
			wantAnswer(t, handle(t, db, event("Delete", "r2", stackA, "V", viewID, view(t, "a"))), "SUCCESS", viewID, "")
			wantNames(t, db)
			wantAnswer(t, handle(t, db, create("r3", stackA, "V", view(t, "a"))), "SUCCESS", viewID, "")
			wantNames(t, db, "v")
		})
	}
}

func TestCreateMeetsAStranger(t *testing.T) {
	t.Parallel()
	t.Run("made by hand", func(t *testing.T) {
		t.Parallel()
		db := newDatabase()
		db.relations["v"] = "by hand"
		wantAnswer(t, handle(t, db, create("r1", stackA, "V", view(t, "a"))), "FAILED", "unowned/r1", "Tributary did not make it")
		wantAnswer(t, handle(t, db, event("Delete", "r2", stackA, "V", "unowned/r1", view(t, "a"))), "SUCCESS", "unowned/r1", "")
		wantNames(t, db, "v")
	})
	t.Run("made by hand between the look and the create", func(t *testing.T) {
		t.Parallel()
		db := newDatabase()
		db.failOn, db.failWith = "CREATE MATERIALIZED", `ERROR: relation "v" already exists`
		wantAnswer(t, handle(t, db, create("r1", stackA, "V", view(t, "a"))), "FAILED", "unowned/r1", "made by somebody else")
		wantLedger(t, db, map[string]string{})
	})
	t.Run("of another stack", func(t *testing.T) {
		t.Parallel()
		db := newDatabase()
		handle(t, db, create("r1", stackA, "V", view(t, "a")))
		wantAnswer(t, handle(t, db, create("r2", stackB, "V", view(t, "a"))), "FAILED", "unowned/r2", "belongs to V of the stack "+stackA)
		// Whatever id the Delete carries, it is not that stack's view to drop.
		for _, id := range []string{"unowned/r2", viewID, "B-V-invented"} {
			wantAnswer(t, handle(t, db, event("Delete", "r3"+id, stackB, "V", id, view(t, "a"))), "SUCCESS", id, "")
		}
		wantNames(t, db, "v")
	})
}

func TestConstructThatMoves(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handle(t, db, create("r1", stackA, "Old", view(t, "a")))
	wantAnswer(t, handle(t, db, create("r2", stackA, "New", view(t, "a"))), "SUCCESS", viewID, "")

	t.Run("and is rolled back", func(t *testing.T) { //nolint:paralleltest // goes on with db
		wantAnswer(t, handle(t, db, event("Delete", "r3", stackA, "New", viewID, view(t, "a"))), "SUCCESS", viewID, "")
		wantNames(t, db, "v")
	})
	t.Run("again, for good", func(t *testing.T) { //nolint:paralleltest // goes on with db
		wantAnswer(t, handle(t, db, create("r4", stackA, "New", view(t, "a"))), "SUCCESS", viewID, "")
		wantAnswer(t, handle(t, db, event("Delete", "r5", stackA, "Old", viewID, view(t, "a"))), "SUCCESS", viewID, "")
		wantNames(t, db, "v")
	})
}

func TestUpdateOfTheQuery(t *testing.T) {
	t.Parallel()
	isKept := func(name string) bool { return strings.HasPrefix(name, "v_until_") }
	tests := map[string]struct {
		failOn string
		reason string
		kept   bool   // whether the old rows are in a table of their own
		column string // of the view that is there at the end
	}{
		"succeeds":                   {"", "", true, "b"},
		"fails to be proven":         {`CREATE MATERIALIZED VIEW "public"."v_tributary_proof"`, "prove: failed", false, "a"},
		"fails to keep the rows":     {`CREATE TABLE "public"."v_until`, "kept-table: failed", false, "a"},
		"fails to be created":        {`CREATE MATERIALIZED VIEW "public"."v" AUTO REFRESH NO AS SELECT` + "\n  CASE WHEN can_json_parse(kinesis_data) THEN json_parse(kinesis_data) END AS \"b\"", "create: failed", true, "a"},
		"fails to refresh, once new": {"REFRESH MATERIALIZED", "refresh: failed", true, "b"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase()
			handle(t, db, create("r1", stackA, "V", view(t, "a")))
			db.failOn, db.failWith = test.failOn, "ERROR: no"
			status := cfn.StatusSuccess
			if test.reason != "" {
				status = cfn.StatusFailed
			}
			answer := handle(t, db, updated(event("Update", "r2", stackA, "V", viewID, view(t, "b")), view(t, "a")))
			wantAnswer(t, answer, status, viewID, test.reason)
			if got := strings.Contains(db.relations["v"], `AS "`+test.column+`"`); !got {
				t.Errorf("want column %q, got %s", test.column, db.relations["v"])
			}
			var kept []string
			for relation := range db.relations {
				if isKept(relation) {
					kept = append(kept, relation)
				}
			}
			if (len(kept) == 1) != test.kept {
				t.Errorf("kept tables: want %v, got %q", test.kept, kept)
			}
			if told := answer.Data != nil && slices.Contains(kept, strings.TrimPrefix(answer.Data.KeptTable, "public.")); told != test.kept {
				t.Errorf("kept table told: want %v, got %+v", test.kept, answer.Data)
			}
			if slices.Contains(db.ran, "prove") && db.relations["v_tributary_proof"] != "" {
				t.Error("the proof is still there")
			}
			if status == "SUCCESS" {
				return
			}
			// CloudFormation rolls back, old and new swapped.
			db.failOn = ""
			wantAnswer(t, handle(t, db, updated(event("Update", "r3", stackA, "V", viewID, view(t, "a")), view(t, "b"))), "SUCCESS", viewID, "")
			if !strings.Contains(db.relations["v"], `AS "a"`) {
				t.Errorf("after the rollback: %s", db.relations["v"])
			}
		})
	}
}

func TestDeleteOfWhatIsGone(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*database){
		"the warehouse's database": func(db *database) { db.gone = true },
		"the ledger":               func(db *database) { clear(db.ledgers) },
		"the view":                 func(db *database) { delete(db.relations, "v") },
	}
	for name, lose := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase()
			handle(t, db, create("r1", stackA, "V", view(t, "a")))
			lose(db)
			wantAnswer(t, handle(t, db, event("Delete", "r2", stackA, "V", viewID, view(t, "a"))), "SUCCESS", viewID, "")
		})
	}
}

func TestDeleteOfWhatOthersDependOn(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handle(t, db, create("r1", stackA, "V", view(t, "a")))
	db.failOn, db.failWith = "DROP MATERIALIZED", "ERROR: cannot drop materialized view v because other objects depend on it: view report"
	wantAnswer(t, handle(t, db, event("Delete", "r2", stackA, "V", viewID, view(t, "a"))), "FAILED", viewID, "view report")
	db.failOn = ""
	wantAnswer(t, handle(t, db, event("Delete", "r3", stackA, "V", viewID, view(t, "a"))), "SUCCESS", viewID, "")
	wantNames(t, db)
}

func TestRightsThatSettleLate(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	db.failOn, db.failWith, db.failTimes = "REFRESH MATERIALIZED", "ERROR: User arn:aws:redshift is not authorized to assume IAM Role", 3
	wantAnswer(t, handle(t, db, create("r1", stackA, "V", view(t, "a"))), "SUCCESS", viewID, "")
}

func TestLedgerThatConflicts(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	db.failOn, db.failWith, db.failTimes = "INSERT INTO", "ERROR: 1023 DETAIL: Serializable isolation violation on table - 100260", 2
	wantAnswer(t, handle(t, db, create("r1", stackA, "V", view(t, "a"))), "SUCCESS", viewID, "")
}

func TestRunThatEndsUnanswered(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	db.hangOn = "REFRESH MATERIALIZED"
	var got answers
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	ev := create("r1", stackA, "V", view(t, "a"))
	if err := handler(db, &got).Handle(ctx, ev); err == nil || len(got) != 0 {
		t.Fatalf("want an error and no answer, got %v and %v", err, got)
	}
	db.hangOn = ""
	wantAnswer(t, handle(t, db, ev), "SUCCESS", viewID, "")
	creates := 0
	for _, step := range db.ran {
		if step == "create" {
			creates++
		}
	}
	if creates != 1 {
		t.Errorf("the view was created %d times", creates)
	}
}

func TestPropertiesThatAreWrong(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	bad := properties(t, `{"Warehouse": {"clusterIdentifier": "cluster", "database": "dev"}, "View": {"name": "v", "colums": []}}`)
	got := handle(t, db, create("r1", stackA, "V", bad))
	for _, part := range []string{"View.colums: not known", "View.stream.name: required", "View.columns: required"} {
		if !strings.Contains(got.Reason, part) {
			t.Errorf("the reason lacks %q: %s", part, got.Reason)
		}
	}
	if len(db.ran) > 0 {
		t.Errorf("statements of a request that can't be read: %q", db.ran)
	}
	wantAnswer(t, handle(t, db, event("Delete", "r2", stackA, "V", got.PhysicalResourceID, bad)), "SUCCESS", got.PhysicalResourceID, "")
}
