package faults

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// deleteSteps lists the steps that delete the object. A step that is listed more often
// is more likely to be chosen.
var deleteSteps = []func(*scenario, context.Context) error{
	(*scenario).deleteWithFault, (*scenario).deleteWithFault, (*scenario).deleteWithFault, (*scenario).deleteWithFault,
	(*scenario).deleteWithDependents, (*scenario).deleteWhileDropped, (*scenario).deleteFromOtherVersion, (*scenario).deleteWithoutWarehouse,
}

// deleteWithFault deletes the object and injects a random fault.
func (sc *scenario) deleteWithFault(ctx context.Context) error {
	return sc.resource.delete(ctx, sc.notOvertaken(deleteStatements))
}

// deleteWithDependents sends a Delete while another user's view depends on the object.
// The Delete must fail, and its reason must name the dependent view. Once that view is
// dropped, the object is deleted.
func (sc *scenario) deleteWithDependents(ctx context.Context) error {
	dependent := sc.base + "_report"
	schema, view := "public", "VIEW public."+dependent+" AS SELECT seq FROM public."+sc.resource.now.name
	switch sc.objectKind {
	case externalSchema, attachment:
		return sc.deleteWithFault(ctx)
	case ordinarySchema:
		schema = sc.resource.now.name
		view = "VIEW " + schema + "." + dependent + " AS SELECT 1 AS x"
	}
	if err := sc.exec(ctx, "CREATE "+view); err != nil {
		return err
	}
	sc.faults = append(sc.faults, &fault{kind: "another view depends on the object", fired: true})
	a, err := sc.resource.request(ctx, "Delete", sc.resource.physicalID, sc.resource.now, nil, newFault(none, 0))
	if err == nil && (a == nil || a.Status != "FAILED" || !strings.Contains(a.Reason, dependent)) {
		err = fmt.Errorf("delete of an object with the dependent %q: want a failure that names it, got %+v", dependent, a)
	}
	return errors.Join(err, sc.exec(ctx, "DROP VIEW "+schema+"."+dependent), sc.resource.delete(ctx, sc.notOvertaken(deleteStatements)))
}

// deleteWhileDropped deletes the object while another user drops it.
func (sc *scenario) deleteWhileDropped(ctx context.Context) error {
	f := sc.faultOfKind(droppedByUser, deleteStatements)
	f.act = func() bool { return sc.drop(ctx, sc.resource.now.name) == nil }
	return sc.resource.delete(ctx, f)
}

// deleteFromOtherVersion sends a Delete whose properties were written by another version
// of Tributary.
func (sc *scenario) deleteFromOtherVersion(ctx context.Context) error {
	sc.resource.now.future = true
	sc.faults = append(sc.faults, &fault{kind: "properties of another version", fired: true})
	return sc.resource.delete(ctx, sc.notOvertaken(deleteStatements))
}

// deleteWithoutWarehouse sends a Delete after the warehouse was deleted.
func (sc *scenario) deleteWithoutWarehouse(ctx context.Context) error {
	if err := sc.deleteWarehouse(ctx); err != nil {
		return err
	}
	clear(sc.otherRoles)
	sc.faults = append(sc.faults, &fault{kind: "the warehouse was deleted", fired: true})
	err := sc.resource.delete(ctx, sc.notOvertaken(2))
	// The landing view was deleted with the warehouse, so cleanUp must not drop it.
	sc.objectKind = streamingView
	return errors.Join(err, sc.createWarehouse(ctx))
}
