package ddlhandler_test

import (
	"testing"
)

func TestMovedConstruct(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handle(t, db, create("r1", stackA, "Old", view(t, "a")))
	wantResponse(t, handle(t, db, create("r2", stackA, "New", view(t, "a"))), "SUCCESS", viewID, "")
	wantResponse(t, handle(t, db, event("Delete", "r3", stackA, "New", viewID, view(t, "a"))), "SUCCESS", viewID, "") // the rollback
	wantNames(t, db, "v")
	wantLedger(t, db, map[string]string{"view public.v": "Old live"})

	wantResponse(t, handle(t, db, create("r4", stackA, "New", view(t, "a"))), "SUCCESS", viewID, "")
	wantResponse(t, handle(t, db, event("Delete", "r5", stackA, "Old", viewID, view(t, "a"))), "SUCCESS", viewID, "")
	wantNames(t, db, "v")
	wantLedger(t, db, map[string]string{"view public.v": "New live"})

	wantResponse(t, handle(t, db, event("Delete", "r6", stackA, "New", viewID, view(t, "a"))), "SUCCESS", viewID, "")
	wantNames(t, db)
	wantLedger(t, db, map[string]string{})
}

func TestMovedConstructWithAnotherQuery(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handle(t, db, create("r1", stackA, "Old", view(t, "a")))
	wantResponse(t, handle(t, db, create("r2", stackA, "New", view(t, "b"))), "FAILED", "unowned/r2", "moves from Old to New and changes its definition at once; deploy the move first, then the change")
	wantLedger(t, db, map[string]string{"view public.v": "Old live"})
	wantResponse(t, handle(t, db, event("Delete", "r3", stackA, "Old", viewID, view(t, "a"))), "SUCCESS", viewID, "")
	wantNames(t, db)
}

// TestMovedConstructAfterAnUnfinishedUpdate checks a move after an Update of the old construct
// has ended without a response. The Create must restore all attributes of the view.
func TestMovedConstructAfterAnUnfinishedUpdate(t *testing.T) {
	t.Parallel()
	db := newDatabase()
	handle(t, db, event("Create", "r1", stackA, "Old", "", grantedView(t, "a")))
	handleUnanswered(t, db, updated(event("Update", "r2", stackA, "Old", viewID, view(t, "a")), grantedView(t, "a")), "REVOKE")
	wantResponse(t, handle(t, db, event("Create", "r4", stackA, "New", "", grantedView(t, "a"))), "SUCCESS", viewID, "")
	wantRelations(t, db, map[string]string{"v": `column a, 5 rows, auto refresh true, granted to ["ann"]`})
	wantLedger(t, db, map[string]string{"view public.v": "New live"})
}
