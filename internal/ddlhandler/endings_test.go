package ddlhandler_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/cfn"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/contract"
	"github.com/tributary-cdk/tributary/internal/ddlhandler"
)

// wantLedger compares the states of the ledger's entries.
func wantLedger(t *testing.T, db *database, want map[string]string) {
	t.Helper()
	got := map[string]string{}
	for _, ledger := range db.ledgers {
		for object, rows := range ledger {
			for _, row := range rows {
				got[object] += (*row)["logical_id"] + " " + (*row)["state"]
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ledger (-want +got):\n%s", diff)
	}
}

// named returns view's properties under another name.
func named(t *testing.T, name, column string) map[string]any {
	t.Helper()
	p := view(t, column)
	p["View"].(map[string]any)["name"] = name //nolint:forcetypeassert,errcheck // made so by view
	return p
}

func TestDeleteOvertakesItsCreate(t *testing.T) {
	t.Parallel()
	const invented = "A-V-1ABCDEFGHIJKL"
	t.Run("that has entered the object", func(t *testing.T) {
		t.Parallel()
		for look := range 3 { // before CREATE, before REFRESH, before ALTER
			db := newDatabase()
			looks := 0
			db.onFresh = func() {
				if looks++; looks == look+1 {
					db.onFresh = nil
					wantAnswer(t, handle(t, db, event("Delete", "r2", stackA, "V", invented, view(t, "a"))), "SUCCESS", invented, "")
				}
			}
			wantAnswer(t, handle(t, db, create("r1", stackA, "V", view(t, "a"))), "FAILED", viewID, "overtaken")
			wantNames(t, db)
			wantLedger(t, db, map[string]string{})
		}
	})
	t.Run("that has not begun", func(t *testing.T) {
		t.Parallel()
		db := newDatabase()
		late := create("r1", stackA, "V", view(t, "a"))
		late.ResponseURL = "https://bucket/?X-Amz-Date=" + time.Now().Add(-time.Minute).UTC().Format("20060102T150405Z")
		wantAnswer(t, handle(t, db, event("Delete", "r2", stackA, "V", invented, view(t, "a"))), "SUCCESS", invented, "")
		wantLedger(t, db, map[string]string{"view public.v": "V deleted"})
		wantAnswer(t, handle(t, db, late), "FAILED", viewID, "overtaken")
		wantNames(t, db)
		wantLedger(t, db, map[string]string{})
	})
	t.Run("and another one follows", func(t *testing.T) {
		t.Parallel()
		db := newDatabase()
		wantAnswer(t, handle(t, db, event("Delete", "r2", stackA, "V", invented, view(t, "a"))), "SUCCESS", invented, "")
		wantAnswer(t, handle(t, db, create("r3", stackA, "V", view(t, "a"))), "SUCCESS", viewID, "")
		wantLedger(t, db, map[string]string{"view public.v": "V live"})
	})
}

func TestRequestThatComesLate(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	made := create("r1", stackA, "V", view(t, "a"))
	changed := updated(event("Update", "r2", stackA, "V", viewID, view(t, "b")), view(t, "a"))
	handle(t, db, made)
	handle(t, db, changed)
	relations := maps.Clone(db.relations)
	wantAnswer(t, handle(t, db, made), "FAILED", viewID, "overtaken")
	wantAnswer(t, handle(t, db, changed), "SUCCESS", viewID, "")
	if diff := cmp.Diff(relations, db.relations); diff != "" {
		t.Errorf("after both came again (-want +got):\n%s", diff)
	}
	handle(t, db, event("Delete", "r3", stackA, "V", viewID, view(t, "b")))
	wantAnswer(t, handle(t, db, changed), "FAILED", viewID, "overtaken by a request that deleted")
	if db.relations["v"] != "" {
		t.Error("the view is back")
	}
}

// TestEarlierRequestIsQuicker has an Update that CloudFormation gave up come between the
// rollback's look at the ledger and its turn: the rollback begins anew, and has its way.
func TestEarlierRequestIsQuicker(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"there", "ledger-live"} {
		t.Run(string(step), func(t *testing.T) {
			t.Parallel()
			db := newDatabase()
			handle(t, db, create("r0", stackA, "V", view(t, "a")))
			db.accepted["r1"] = time.Now().Add(500 * time.Millisecond) // before the rollback, which begins a second after r0
			db.onRun = func(s session, at string) {
				if s.request == "r2" && at == step {
					db.onRun = nil
					handle(t, db, updated(event("Update", "r1", stackA, "V", viewID, view(t, "b")), view(t, "a")))
				}
			}
			wantAnswer(t, handle(t, db, updated(event("Update", "r2", stackA, "V", viewID, view(t, "a")), view(t, "b"))), "SUCCESS", viewID, "")
			if !strings.Contains(db.relations["v"], `AS "a"`) {
				t.Errorf("want the rollback's view, got %s", db.relations["v"])
			}
		})
	}
}

func TestRollbackOfWhatWasRefused(t *testing.T) {
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
	wantAnswer(t, send("Update", "r2", schema("b"), schema("a")), "FAILED", "cluster/dev/schema evdata", "can't be altered")
	wantAnswer(t, send("Update", "r3", schema("a"), schema("b")), "SUCCESS", "cluster/dev/schema evdata", "")

	refusing := view(t, "b")
	refusing["View"].(map[string]any)["onReplace"] = "Refuse" //nolint:forcetypeassert,errcheck // made so by view
	handle(t, db, create("r4", stackA, "V", view(t, "a")))
	ran := len(db.ran)
	wantAnswer(t, handle(t, db, updated(event("Update", "r5", stackA, "V", viewID, refusing), view(t, "a"))), "FAILED", viewID, "onReplace is Refuse")
	wantAnswer(t, handle(t, db, updated(event("Update", "r6", stackA, "V", viewID, view(t, "a")), refusing)), "SUCCESS", viewID, "")
	if slices.Contains(db.ran[ran:], "drop") {
		t.Errorf("a view that never changed was replaced: %q", db.ran[ran:])
	}
}

func TestPropertiesOfAnotherVersion(t *testing.T) {
	t.Parallel()
	foreign := view(t, "a")
	foreign["View"].(map[string]any)["invention"] = "x" //nolint:forcetypeassert,errcheck // made so by view
	unreadable := view(t, "a")
	unreadable["View"].(map[string]any)["columns"] = "all" //nolint:forcetypeassert,errcheck // made so by view
	for name, old := range map[string]map[string]any{"a property more": foreign, "no columns that can be read": unreadable, "nothing": {}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase()
			handle(t, db, create("r1", stackA, "V", view(t, "a")))
			wantAnswer(t, handle(t, db, updated(event("Update", "r2", stackA, "V", viewID, view(t, "b")), old)), "SUCCESS", viewID, "")
			if !strings.Contains(db.relations["v"], `AS "b"`) {
				t.Errorf("got %s", db.relations["v"])
			}
			if name == "nothing" {
				return
			}
			wantAnswer(t, handle(t, db, event("Delete", "r3", stackA, "V", viewID, old)), "SUCCESS", viewID, "")
			if db.relations["v"] != "" {
				t.Error("the view is still there")
			}
		})
	}
}

func TestUpdateOfWhatWasDropped(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handle(t, db, create("r1", stackA, "V", view(t, "a")))
	delete(db.relations, "v")
	wantAnswer(t, handle(t, db, updated(event("Update", "r2", stackA, "V", viewID, view(t, "b")), view(t, "a"))), "SUCCESS", viewID, "")
	wantNames(t, db, "v")
}

func TestRenameThatWasNeverAnswered(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handle(t, db, create("r1", stackA, "V", view(t, "a")))
	db.hangOn = "REFRESH MATERIALIZED"
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := handler(db, new(answers)).Handle(ctx, updated(event("Update", "r2", stackA, "V", viewID, named(t, "w", "a")), view(t, "a"))); err == nil {
		t.Fatal("want no answer")
	}
	db.hangOn = ""
	wantAnswer(t, handle(t, db, updated(event("Update", "r3", stackA, "V", viewID, view(t, "a")), named(t, "w", "a"))), "SUCCESS", viewID, "")
	wantNames(t, db, "v")
	wantLedger(t, db, map[string]string{"view public.v": "V live"})
}

func TestMoveThatIsDone(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handle(t, db, create("r1", stackA, "Old", view(t, "a")))
	handle(t, db, create("r2", stackA, "New", view(t, "a")))
	handle(t, db, event("Delete", "r3", stackA, "Old", viewID, view(t, "a")))
	wantAnswer(t, handle(t, db, event("Delete", "r4", stackA, "New", viewID, view(t, "a"))), "SUCCESS", viewID, "")
	wantNames(t, db)
	wantLedger(t, db, map[string]string{})
}

func TestDependentsAreNamed(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handle(t, db, create("r1", stackA, "V", view(t, "a")))
	db.dependents = [][]string{{"public", "report"}}
	db.failOn, db.failWith = "DROP MATERIALIZED", "ERROR: cannot drop materialized view v because other objects depend on it"
	wantAnswer(t, handle(t, db, event("Delete", "r2", stackA, "V", viewID, view(t, "a"))), "FAILED", viewID, "public.report")
	db.failOn = ""
	wantAnswer(t, handle(t, db, updated(event("Update", "r3", stackA, "V", viewID, view(t, "b")), view(t, "a"))), "FAILED", viewID, `"public"."report"`)
}

// TestStatementThatNeverEnds runs a request as Lambda would, a run after the
// other, until it is due.
func TestStatementThatNeverEnds(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		hangOn string
		status cfn.StatusType
		reason string
	}{
		"is cancelled and named":       {"CREATE MATERIALIZED", "FAILED", `cancelled ["id-cancelled" "id-hanging"]`},
		"goes on, if a first refresh":  {"REFRESH MATERIALIZED", "SUCCESS", ""},
		"is cancelled in a delete too": {"DROP MATERIALIZED", "FAILED", `cancelled ["id-cancelled" "id-hanging"]`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase()
			ev := create("r1", stackA, "V", view(t, "a"))
			if strings.HasPrefix(test.hangOn, "DROP") {
				handle(t, db, ev)
				ev = event("Delete", "r2", stackA, "V", viewID, view(t, "a"))
			}
			db.hangOn = test.hangOn
			var got answers
			for range 20 { // the second request begins a second later, by the fake's clock
				ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
				err := handler(db, &got).Handle(ctx, ev)
				cancel()
				if err == nil {
					break
				}
			}
			if len(got) != 1 {
				t.Fatalf("want one answer, got %v", got)
			}
			wantAnswer(t, got[0], test.status, viewID, test.reason)
		})
	}
}

func TestReasonOfAFailedProof(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handle(t, db, create("r1", stackA, "V", view(t, "a")))
	db.failOn, db.failWith = `AS "b"`, "ERROR: no"
	got := handle(t, db, updated(event("Update", "r2", stackA, "V", viewID, view(t, "b")), view(t, "a")))
	wantAnswer(t, got, "FAILED", viewID, "prove: failed: ERROR: no")
	wantNames(t, db, "v")
}
