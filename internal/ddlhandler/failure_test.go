package ddlhandler_test

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/ddlhandler"
)

// scenario is a request, and the request that CloudFormation sends if the first one fails.
type scenario struct {
	before  func(*testing.T, *database) // handles the requests before; nil if there are none
	request cfn.Event
	next    func(ddlhandler.Response) cfn.Event
	want    map[string]string // the views after the next request, without their rows
	ledger  map[string]string // the ledger after the next request; nil means that it is not compared
}

// again returns the same request under another ID, as CloudFormation repeats a Delete.
func again(ev cfn.Event) func(ddlhandler.Response) cfn.Event {
	ev.RequestID += "-again"
	return func(ddlhandler.Response) cfn.Event { return ev }
}

// deletion returns the Delete that CloudFormation sends after a failed Create.
func deletion(ev cfn.Event) func(ddlhandler.Response) cfn.Event {
	ev.RequestType, ev.RequestID = cfn.RequestDelete, ev.RequestID+"-delete"
	return func(got ddlhandler.Response) cfn.Event {
		next := ev
		next.PhysicalResourceID = got.PhysicalResourceID
		return next
	}
}

// rollback returns the Update that CloudFormation sends after a failed Update.
func rollback(ev cfn.Event) func(ddlhandler.Response) cfn.Event {
	ev.RequestID += "-rollback"
	ev.ResourceProperties, ev.OldResourceProperties = ev.OldResourceProperties, ev.ResourceProperties
	return func(ddlhandler.Response) cfn.Event { return ev }
}

func scenarios(tb testing.TB) map[string]scenario {
	tb.Helper()
	const a = `column a, auto refresh true, granted to ["ann"]`
	made := func(logical string) cfn.Event {
		return event("Create", "r-"+logical, stackA, logical, "", grantedView(tb, "a"))
	}
	move := event("Create", "r2", stackA, "New", "", grantedView(tb, "a"))
	update := updated(event("Update", "r2", stackA, "V", viewID, grantedView(tb, "b")), grantedView(tb, "a"))
	attributes := updated(event("Update", "r2", stackA, "V", viewID, view(tb, "a")), grantedView(tb, "a"))
	del := event("Delete", "r3", stackA, "V", viewID, grantedView(tb, "a"))
	invented := event("Delete", "r3", stackA, "V", inventedID, grantedView(tb, "a"))
	before := func(logical string) func(*testing.T, *database) {
		return func(t *testing.T, db *database) {
			t.Helper()
			handle(t, db, made(logical))
		}
	}
	unanswered := func(hangOn string, events ...cfn.Event) func(*testing.T, *database) {
		return func(t *testing.T, db *database) {
			t.Helper()
			for _, ev := range events[1:] {
				handle(t, db, ev)
			}
			handleUnanswered(t, db, events[0], hangOn)
		}
	}
	moved := func(t *testing.T, db *database) {
		t.Helper()
		handle(t, db, made("Old"))
		handle(t, db, move)
	}
	recreate := event("Create", "r2", stackA, "V", "", grantedView(tb, "b"))
	later := event("Create", "r4", stackA, "V", "", grantedView(tb, "a"))
	moveAndChange := event("Create", "r2", stackA, "New", "", grantedView(tb, "b"))
	byHand := func(_ *testing.T, db *database) { db.relations["v"] = &relation{sql: "by hand", owner: admin} }
	renamed := grantedView(tb, "a")
	renamed["View"].(map[string]any)["name"] = "w" //nolint:forcetypeassert,errcheck // view returns this type
	rename := updated(event("Update", "r2", stackA, "V", viewID, renamed), grantedView(tb, "a"))
	renaming := unanswered("REFRESH MATERIALIZED", rename, made("V"))
	failingCreate := func(t *testing.T, db *database) {
		t.Helper()
		handle(t, db, made("V"))
		db.onRun = func(s session, step string) {
			if s.request == "r2" && step == "create" {
				db.failOn, db.failWith, db.failTimes = "CREATE MATERIALIZED", "ERROR: no", 1
			}
		}
	}
	asOther := event("Delete", "r2", stackA, "V", viewID, asUser(tb, "101", "a"))
	deleteOld := event("Delete", "r3", stackA, "Old", viewID, grantedView(tb, "a"))
	attach := attachEvent(tb, "Create", "r1", stackA, "Role", "")
	detach := attachEvent(tb, "Delete", "r2", stackA, "Role", roleID)
	formerUser := updated(event("Update", "r2", stackA, "V", viewID, asUser(tb, "101", "a")), asUser(tb, "100", "a"))
	view, live := map[string]string{"v": a}, map[string]string{"view public.v": "V live"}
	return map[string]scenario{
		"Create":                        {nil, made("V"), deletion(made("V")), map[string]string{}, map[string]string{}},
		"Update of the query":           {before("V"), update, rollback(update), view, live},
		"Update of the attributes":      {before("V"), attributes, rollback(attributes), view, live},
		"Delete":                        {before("V"), del, again(del), map[string]string{}, map[string]string{}},
		"Create of a moved construct":   {before("Old"), move, deletion(move), view, map[string]string{"view public.v": "Old live"}},
		"Delete after a move":           {moved, deleteOld, again(deleteOld), view, map[string]string{"view public.v": "New live"}},
		"Delete before the Create":      {nil, invented, again(invented), map[string]string{}, map[string]string{"view public.v": "V deleted"}},
		"Delete after a hanging Create": {unanswered("REFRESH MATERIALIZED", made("V")), invented, again(invented), map[string]string{}, map[string]string{}},
		"rollback of a hanging Update":  {unanswered("APPEND", update, made("V")), rollback(update)(ddlhandler.Response{}), again(rollback(update)(ddlhandler.Response{})), view, live},
		"Create after a hanging Create": {unanswered("REFRESH MATERIALIZED", made("V")), recreate, deletion(recreate), map[string]string{}, map[string]string{}},
		"Update as another user": {
			func(t *testing.T, db *database) {
				t.Helper()
				handle(t, db, event("Create", "r1", stackA, "V", "", asUser(t, "100", "a")))
			},
			formerUser, again(formerUser),
			map[string]string{"v": "column a, auto refresh true, granted to []"},
			map[string]string{"view public.v": "V liveV live"},
		},
		"Create after a tombstone": {func(t *testing.T, db *database) {
			t.Helper()
			handle(t, db, invented)
		}, later, deletion(later), map[string]string{}, map[string]string{}},
		"Create of an existing object": {byHand, made("V"), deletion(made("V")), map[string]string{"v": "0 rows"}, map[string]string{}},
		"Create of a moved construct with another query": {
			before("Old"), moveAndChange, deletion(moveAndChange), view, map[string]string{"view public.v": "Old live"},
		},
		"rollback of a rename":      {renaming, rollback(rename)(ddlhandler.Response{}), again(rollback(rename)(ddlhandler.Response{})), view, nil},
		"Update that cannot create": {failingCreate, update, rollback(update), view, live},
		"Delete as another user":    {before("V"), asOther, func(ddlhandler.Response) cfn.Event { return del }, map[string]string{}, nil},
		"attachment":                {nil, attach, deletion(attach), map[string]string{}, map[string]string{}},
		"detachment": {
			func(t *testing.T, db *database) {
				t.Helper()
				handle(t, db, attach)
			},
			detach, again(detach),
			map[string]string{},
			map[string]string{},
		},
	}
}

// TestEveryCallCanFail lets each call of a request fail, one at a time. Then the request must
// fail with the call's error, and CloudFormation's next request must succeed and leave the
// right state.
func TestEveryCallCanFail(t *testing.T) {
	t.Parallel()
	failures := map[string]func(step string) error{
		"call": func(step string) error { return errors.New("injected into " + step) },
		"statement": func(step string) error {
			return &dataapi.StatementError{Name: step, ID: "x", Status: "FAILED", Reason: "injected into " + step}
		},
	}
	for name, test := range scenarios(t) {
		for kind, failure := range failures {
			t.Run(name+", "+kind, func(t *testing.T) {
				t.Parallel()
				n := 1
				for ; failsAt(t, test, n, failure); n++ {
				}
				if n < 4 {
					t.Errorf("want at least 3 calls, got %d", n-1)
				}
			})
		}
	}
}

// failsAt runs a scenario whose n-th call fails, and compares the results. It returns false if
// the request makes fewer calls.
func failsAt(t *testing.T, test scenario, n int, failure func(step string) error) bool {
	t.Helper()
	db := newDatabase()
	if test.before != nil {
		test.before(t, db)
	}
	calls, failed := 0, ""
	db.refuse = func(step string) error {
		if calls++; calls != n {
			return nil
		}
		failed = step
		return failure(step)
	}
	got := handle(t, db, test.request)
	db.refuse = nil
	if failed == "" {
		return false
	}
	// A refused APPEND is replaced by copy-rows, and a ledger that cannot be read counts as
	// unknown. The queries after a failed DROP are only for the reason.
	tolerated := failed == "move-rows" || failed == "ledger-inherited" || strings.Contains(got.Reason, "must be owner")
	if !tolerated && (got.Status != cfn.StatusFailed || !strings.Contains(got.Reason, "injected into "+failed)) {
		t.Errorf("call %d, %s: want a failure, got %s %q", n, failed, got.Status, got.Reason)
	}
	if failed == "move-rows" && got.Status == cfn.StatusSuccess {
		return true
	}
	next := test.next(got)
	if answered := handle(t, db, next); answered.Status != cfn.StatusSuccess {
		t.Errorf("call %d, %s: want the next request to succeed, got %q", n, failed, answered.Reason)
	}
	db.finishRunning()
	views := map[string]string{}
	for name, r := range db.relations {
		if !strings.HasPrefix(name, "v_until_") {
			views[name] = strings.Replace(db.describe()[name], fmt.Sprintf(", %d rows", r.rows), "", 1)
		}
	}
	if diff := cmp.Diff(test.want, views); diff != "" {
		t.Errorf("call %d, %s: views after the next request (-want +got):\n%s", n, failed, diff)
	}
	if len(db.roles) > 0 {
		t.Errorf("call %d, %s: want no attached role, got %v", n, failed, maps.Clone(db.roles))
	}
	if test.ledger != nil {
		wantLedger(t, db, test.ledger)
	}
	return true
}
