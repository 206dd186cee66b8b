package ddlhandler_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/cfn"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/ddlhandler"
)

// TestParametersInSelectListsAreCast holds that none has to find its type by itself: a
// Data API parameter that stands alone in a SELECT list has none.
func TestParametersInSelectListsAreCast(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	var inserts []string
	h := handler(db, new(answers))
	h.Runner = func(s ddlhandler.Session) ddlhandler.Runner {
		return spy{session{database: db, request: s.Request, user: admin}, func(s dataapi.Statement) {
			if strings.HasPrefix(s.SQL, "INSERT") {
				inserts = append(inserts, s.SQL)
			}
		}}
	}
	if err := h.Handle(t.Context(), create("r1", stackA, "V", view(t, "a"))); err != nil || len(inserts) != 1 {
		t.Fatalf("want one INSERT, got %q, %v", inserts, err)
	}
	_, list, _ := strings.Cut(inserts[0], " SELECT ")
	list, _, _ = strings.Cut(list, " WHERE ")
	for _, item := range strings.Split(list, ", ") {
		if !strings.HasPrefix(item, "CAST(") {
			t.Errorf("%q in the SELECT list has no type", item)
		}
	}
}

// TestOwnerIsElected has two stacks create one view: the second one's whole Create lies
// at some moment of the first one's. One of them makes the view, the other one fails,
// and leaves nothing. Under SNAPSHOT the first one then enters its row as if the second
// one's weren't there. Its request comes first by name, so the order of the rows
// decides nothing.
func TestOwnerIsElected(t *testing.T) {
	t.Parallel()
	for _, snapshot := range []bool{false, true} {
		for _, step := range []string{"exists", "ledger-enter", "ledger-elect", "ledger-entered", "create"} {
			t.Run(fmt.Sprint(step, " snapshot ", snapshot), func(t *testing.T) {
				t.Parallel()
				db := newDatabase()
				var second ddlhandler.Response
				db.onRun = func(s session, at string) {
					if s.request == "r0" && at == step {
						db.onRun = nil
						second = handle(t, db, create("r1", stackB, "W", view(t, "a")))
						db.blind = snapshot
					}
				}
				first := handle(t, db, create("r0", stackA, "V", view(t, "a")))
				got := []cfn.StatusType{first.Status, second.Status}
				slices.Sort(got)
				if diff := cmp.Diff([]cfn.StatusType{cfn.StatusFailed, cfn.StatusSuccess}, got); diff != "" {
					t.Errorf("answers (-want +got):\n%s%s\n%s", diff, first.Reason, second.Reason)
				}
				wantNames(t, db, "v")
				winner := "V"
				if second.Status == "SUCCESS" {
					winner = "W"
				}
				wantLedger(t, db, map[string]string{"view public.v": winner + " live"})
				if failed := first.PhysicalResourceID + second.PhysicalResourceID; !strings.Contains(failed, "unowned/") {
					t.Errorf("want an id whose Delete touches nothing, got %q and %q", first.PhysicalResourceID, second.PhysicalResourceID)
				}
				if reason := first.Reason + second.Reason; !strings.Contains(reason, "belongs to") {
					t.Errorf("want the ledger to say whose it is, got %s", reason)
				}
			})
		}
	}
}

// TestRowsThatWereLeft holds that what a Create left which died around its election is
// removed by the Delete that follows, whatever id that has.
func TestRowsThatWereLeft(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"ledger-elect", "ledger-entered", "ledger-entered-withdraw"} {
		for _, id := range []string{viewID, "A-V-invented"} {
			t.Run(step+" "+id, func(t *testing.T) {
				t.Parallel()
				db := newDatabase()
				db.onRun = func(s session, at string) {
					if s.request == "r0" && at == "ledger-enter" {
						db.onRun = nil
						handle(t, db, create("r1", stackB, "W", view(t, "a")))
						db.blind = true
					}
				}
				db.refuse = func(at string) error {
					if string(at) == step && db.blind {
						return errors.New("the process died")
					}
					return nil
				}
				handle(t, db, create("r0", stackA, "V", view(t, "a")))
				db.refuse, db.blind = nil, false
				wantAnswer(t, handle(t, db, event("Delete", "r2", stackA, "V", id, view(t, "a"))), "SUCCESS", id, "")
				wantLedger(t, db, map[string]string{"view public.v": "W live"})
				wantNames(t, db, "v")
			})
		}
	}
}

// TestRowThatWasNeverElected holds that a Create which failed before its election, when
// nobody else wanted the object, leaves nothing once it is deleted.
func TestRowThatWasNeverElected(t *testing.T) {
	t.Parallel()
	for _, id := range []string{viewID, "A-V-invented"} {
		db := newDatabase()
		db.failOn, db.failWith = "SET elected", "ERROR: no"
		wantAnswer(t, handle(t, db, create("r1", stackA, "V", view(t, "a"))), "FAILED", viewID, "ledger-elect: failed")
		db.failOn = ""
		wantAnswer(t, handle(t, db, event("Delete", "r2", stackA, "V", id, view(t, "a"))), "SUCCESS", id, "")
		want := map[string]string{}
		if id != viewID {
			want["view public.v"] = "V deleted" // it waits for the Create
		}
		wantLedger(t, db, want)
	}
}

// as returns view's properties as a database user without a secret.
func as(t *testing.T, user, column string) map[string]any {
	t.Helper()
	p := view(t, column)
	p["Warehouse"] = map[string]any{"clusterIdentifier": "cluster", "database": "dev", "dbUser": user}
	return p
}

// TestLedgerOfEachUser holds that two database users can both make objects, and that
// neither takes the other's.
func TestLedgerOfEachUser(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	other := as(t, "101", "a")
	other["View"].(map[string]any)["name"] = "w" //nolint:forcetypeassert,errcheck // made so by view
	wantAnswer(t, handle(t, db, create("r1", stackA, "V", as(t, "100", "a"))), "SUCCESS", viewID, "")
	wantAnswer(t, handle(t, db, create("r2", stackB, "W", other)), "SUCCESS", "cluster/dev/view public.w", "")
	wantAnswer(t, handle(t, db, create("r3", stackB, "V", as(t, "101", "a"))), "FAILED", "unowned/r3", "belongs to V of the stack "+stackA)
	wantAnswer(t, handle(t, db, event("Delete", "r4", stackB, "W", "cluster/dev/view public.w", other)), "SUCCESS", "cluster/dev/view public.w", "")
	wantNames(t, db, "v")
	if diff := cmp.Diff([]string{"100", "101"}, slices.Sorted(maps.Keys(db.ledgers))); diff != "" {
		t.Errorf("ledgers (-want +got):\n%s", diff)
	}
}

// TestFunctionBecomesAnotherUser holds that a view whose function has another role, and
// so is another database user, is known to be its construct's: it stays as it is, and
// what only its owner may do fails by name.
func TestFunctionBecomesAnotherUser(t *testing.T) {
	t.Parallel()
	made := func(t *testing.T) *database {
		t.Helper()
		db := newDatabase()
		wantAnswer(t, handle(t, db, create("r1", stackA, "V", as(t, "100", "a"))), "SUCCESS", viewID, "")
		return db
	}
	t.Run("declared again", func(t *testing.T) {
		t.Parallel()
		db := made(t) // or by somebody who plants it: a Create can't know
		wantAnswer(t, handle(t, db, create("r2", stackA, "V", as(t, "101", "a"))), "FAILED", "unowned/r2", "give the function's role its former name (RoleName); else drop it")
		wantNames(t, db, "v")
	})
	t.Run("updated without a change", func(t *testing.T) {
		t.Parallel()
		db := made(t)
		wantAnswer(t, handle(t, db, updated(event("Update", "r2", stackA, "V", viewID, as(t, "101", "a")), as(t, "100", "a"))), "SUCCESS", viewID, "")
		wantNames(t, db, "v")
	})
	t.Run("deleted", func(t *testing.T) {
		t.Parallel()
		db := made(t)
		for _, request := range []string{"r2", "r2 again"} {
			wantAnswer(t, handle(t, db, event("Delete", request, stackA, "V", viewID, as(t, "101", "a"))), "FAILED", viewID, "owned by the database user with the id 100, and the function runs as 101")
		}
		wantNames(t, db, "v")
		wantAnswer(t, handle(t, db, event("Delete", "r3", stackA, "V", viewID, as(t, "100", "a"))), "SUCCESS", viewID, "")
		wantNames(t, db)
	})
	t.Run("another stack's", func(t *testing.T) {
		t.Parallel()
		db := made(t)
		wantAnswer(t, handle(t, db, event("Delete", "r2", stackB, "V", viewID, as(t, "101", "a"))), "SUCCESS", viewID, "")
		wantNames(t, db, "v")
	})
}

// TestLedgerOfSomebodyElse holds that a table of the ledger's name which is another
// user's is not used: its owner could write into it what the function drops.
func TestLedgerOfSomebodyElse(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	db.squatted = true
	wantAnswer(t, handle(t, db, create("r1", stackA, "V", view(t, "a"))), "FAILED", viewID, "the table is another database user's; drop it")
	wantNames(t, db)
}

// TestDependentsThatTheCatalogHides holds that a view is not replaced while a
// materialized view is over it, and that nothing has moved then.
func TestDependentsThatTheCatalogHides(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handle(t, db, create("r1", stackA, "V", view(t, "a")))
	db.mvs = [][]string{{"public", "hourly"}}
	ran := len(db.ran)
	wantAnswer(t, handle(t, db, updated(event("Update", "r2", stackA, "V", viewID, view(t, "b")), view(t, "a"))), "FAILED", viewID, `"public"."hourly"`)
	if slices.Contains(db.ran[ran:], "keep-rows") {
		t.Errorf("rows were moved: %q", db.ran[ran:])
	}
	db.failOn, db.failWith = `DROP MATERIALIZED VIEW IF EXISTS "public"."v" `, "ERROR: cannot drop materialized view v because other objects depend on it"
	wantAnswer(t, handle(t, db, event("Delete", "r3", stackA, "V", viewID, view(t, "a"))), "FAILED", viewID, "drop first what depends on it, public.hourly")
}

// TestRowsThatWereNotKept holds that a view is not dropped if the table that is to keep
// its rows holds fewer of them.
func TestRowsThatWereNotKept(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handle(t, db, create("r1", stackA, "V", view(t, "a")))
	db.rows = []string{"5", "3"}
	ran := len(db.ran)
	wantAnswer(t, handle(t, db, updated(event("Update", "r2", stackA, "V", viewID, view(t, "b")), view(t, "a"))), "FAILED", viewID, `had 5 rows, but the table "public"."v_until_`)
	want := []string{"count-rows", "keep-rows", "count-kept", "restore-refresh"}
	got := slices.DeleteFunc(slices.Clone(db.ran[ran:]), func(step string) bool { return !slices.Contains(append(want, "drop"), step) })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}

// spy sees each statement before it runs.
type spy struct {
	session
	see func(dataapi.Statement)
}

func (s spy) Run(ctx context.Context, stmt dataapi.Statement, attempt int) (dataapi.Outcome, error) {
	s.see(stmt)
	return s.session.Run(ctx, stmt, attempt)
}
