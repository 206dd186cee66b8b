package faults

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tributary-cdk/tributary/ddl"
)

// updateSteps lists the steps that can be chosen for an object that exists. A step that
// is listed more often is more likely to be chosen.
var updateSteps = map[objectKind][]func(*scenario, context.Context) error{
	streamingView: {
		(*scenario).changeQuery, (*scenario).changeQuery, (*scenario).changeQuery, (*scenario).changeQuery, (*scenario).changeAttributes, (*scenario).changeAttributes,
		(*scenario).changeAll, (*scenario).changeAll, (*scenario).rename, (*scenario).rename, (*scenario).move, (*scenario).moveBack, (*scenario).updateFromOtherVersion,
		(*scenario).updateWhileDropped, (*scenario).replaceWithDependents, (*scenario).createInOtherStack, (*scenario).updateAndRollBack, (*scenario).refusedUpdate,
	},
	plainView: {
		(*scenario).changeQuery, (*scenario).changeQuery, (*scenario).changeAttributes, (*scenario).changeAll, (*scenario).rename, (*scenario).move, (*scenario).moveBack,
		(*scenario).updateFromOtherVersion, (*scenario).updateWhileDropped, (*scenario).replaceWithDependents, (*scenario).createInOtherStack, (*scenario).updateAndRollBack,
	},
	externalSchema: {
		(*scenario).refusedUpdate, (*scenario).changeAttributes, (*scenario).changeAttributes, (*scenario).rename, (*scenario).move, (*scenario).moveBack, (*scenario).createInOtherStack,
	},
	ordinarySchema: {
		(*scenario).changeAttributes, (*scenario).changeAttributes, (*scenario).rename, (*scenario).move, (*scenario).moveBack, (*scenario).updateFromOtherVersion,
		(*scenario).updateWhileDropped, (*scenario).createInOtherStack, (*scenario).updateAndRollBack,
	},
	attachment: {
		(*scenario).rename, (*scenario).rename, (*scenario).renameWhileOtherRoleIsAttached, (*scenario).renameWhileOtherRoleIsAttached, (*scenario).move, (*scenario).moveBack, (*scenario).updateFromOtherVersion,
		(*scenario).updateWhileDropped, (*scenario).createInOtherStack, (*scenario).updateAndRollBack,
	},
}

// refusedUpdate sends an update that must fail. The query of a streaming view can't
// change, because OnReplace refuses it. The role of an external schema can't change,
// because Redshift has no statement for that.
func (sc *scenario) refusedUpdate(ctx context.Context) error {
	d := sc.resource.now
	d.variant++
	if sc.objectKind == streamingView {
		d.onReplace = ddl.RefuseChange
	}
	updated, err := sc.resource.update(ctx, d, sc.randomFault(alterStatements), false)
	if updated {
		return errors.New("an update that should be refused succeeded")
	}
	return err
}

// changeQuery changes the query of a view.
func (sc *scenario) changeQuery(ctx context.Context) error {
	d := sc.resource.now
	d.variant++
	_, err := sc.resource.update(ctx, d, sc.randomFault(replaceStatements), false)
	return err
}

// changeAttributes changes random attributes of the object, such as its grants, but not
// its name or query.
func (sc *scenario) changeAttributes(ctx context.Context) error {
	d := sc.randomDeclaration()
	d.name, d.variant = sc.resource.now.name, sc.resource.now.variant
	_, err := sc.resource.update(ctx, d, sc.randomFault(alterStatements), false)
	return err
}

// changeAll changes the query of a view and random attributes.
func (sc *scenario) changeAll(ctx context.Context) error {
	d := sc.randomDeclaration()
	d.name, d.variant = sc.resource.now.name, sc.resource.now.variant+1
	_, err := sc.resource.update(ctx, d, sc.randomFault(replaceStatements), false)
	return err
}

// updateAndRollBack sends an update that is rolled back even if it succeeds, as after a
// failure of another resource.
func (sc *scenario) updateAndRollBack(ctx context.Context) error {
	d := sc.randomDeclaration()
	d.name, d.variant = sc.resource.now.name, sc.resource.now.variant+sc.random.IntN(2)
	_, err := sc.resource.update(ctx, d, sc.randomFault(replaceStatements), true)
	return err
}

// rename gives the object another name. A renamed streaming view contains only the
// records that are still in the stream: the rows of the old view are deleted with it.
func (sc *scenario) rename(ctx context.Context) error {
	return sc.renameWith(ctx, sc.randomFault(createStatements))
}

// renameWhileOtherRoleIsAttached replaces the attached role while another user attaches
// another role.
func (sc *scenario) renameWhileOtherRoleIsAttached(ctx context.Context) error {
	return sc.renameWith(ctx, sc.attachOtherRole())
}

// renameWith renames the object and injects f. In one of three cases the update is
// rolled back.
func (sc *scenario) renameWith(ctx context.Context, f *fault) error {
	d := sc.resource.now
	d.name = sc.names[0]
	if sc.resource.now.name == sc.names[0] {
		d.name = sc.names[1]
	}
	renamed, err := sc.resource.update(ctx, d, f, sc.random.IntN(3) == 0)
	if err == nil && renamed {
		sc.resource.settle(ctx)
		return sc.forgetLostRecords(ctx)
	}
	return err
}

// move moves the construct to another logical ID in the same stack.
func (sc *scenario) move(ctx context.Context) error {
	moved, err := sc.moved(ctx)
	if err != nil || moved == nil {
		return err
	}
	old := sc.resource.logicalID
	if err := sc.resource.remove(ctx, sc.resource.physicalID, sc.resource.now, sc.maybeFault(2, 4)); err != nil {
		return fmt.Errorf("%s: %w", old, err)
	}
	sc.resource.logicalID = moved.logicalID
	return nil
}

// moveBack moves the construct to another logical ID and rolls the move back.
func (sc *scenario) moveBack(ctx context.Context) error {
	moved, err := sc.moved(ctx)
	if err != nil || moved == nil {
		return err
	}
	return moved.delete(ctx, sc.maybeFault(2, 4))
}

// moved creates the object under another logical ID. It returns the new resource, or
// nil if the Create failed.
func (sc *scenario) moved(ctx context.Context) (*resource, error) {
	moved := *sc.resource
	moved.logicalID += "x"
	moved.sent = nil
	created, err := moved.create(ctx, sc.resource.now, sc.notOvertaken(6))
	moved.settle(ctx)
	sc.resource.sent = append(sc.resource.sent, moved.sent...)
	sc.resource.redeliver = append(sc.resource.redeliver, moved.redeliver...)
	if !created {
		return nil, err
	}
	return &moved, err
}

// updateFromOtherVersion sends an update whose old properties were written by another
// version of Tributary.
func (sc *scenario) updateFromOtherVersion(ctx context.Context) error {
	sc.resource.now.future = true
	d := sc.resource.now
	d.future, d.variant, d.grant = false, d.variant+sc.random.IntN(2), !d.grant
	updated, err := sc.resource.update(ctx, d, newFault(none, 0), false)
	sc.faults = append(sc.faults, &fault{kind: "properties of another version", fired: true})
	if err == nil && !updated {
		return errors.New("the update from properties of another version failed")
	}
	return err
}

// updateWhileDropped updates the object while another user drops it.
func (sc *scenario) updateWhileDropped(ctx context.Context) error {
	f := sc.faultOfKind(droppedByUser, 10)
	f.act = func() bool {
		state, err := sc.stateOf(ctx, sc.resource.now.name)
		return err == nil && state != "" && sc.drop(ctx, sc.resource.now.name) == nil
	}
	d := sc.resource.now
	d.variant++
	if _, err := sc.resource.update(ctx, d, f, false); err != nil {
		return err
	}
	state, err := sc.stateOf(ctx, sc.resource.now.name)
	if err == nil && state == "" { // dropped after the function's last statement: the next update creates it again
		d.grant = !d.grant
		_, err = sc.resource.update(ctx, d, newFault(none, 0), false)
	}
	return errors.Join(err, sc.forgetLostRecords(ctx))
}

// replaceWithDependents changes the query of a view while another user's view depends
// on it. The update must fail, and its reason must name the dependent view.
func (sc *scenario) replaceWithDependents(ctx context.Context) error {
	dependent := sc.base + "_report"
	if err := sc.exec(ctx, "CREATE VIEW public."+dependent+" AS SELECT seq FROM public."+sc.resource.now.name); err != nil {
		return err
	}
	sc.faults = append(sc.faults, &fault{kind: "another view depends on the view", fired: true})
	d := sc.resource.now
	d.variant++
	updated, err := sc.resource.update(ctx, d, newFault(none, 0), false)
	named := strings.Contains(strings.Join(sc.resource.reasons, " "), dependent)
	if err == nil && (updated || !named) {
		err = fmt.Errorf("update of a view with a dependent: succeeded %v, reason names the dependent %v; want false, true", updated, named)
	}
	return errors.Join(err, sc.exec(ctx, "DROP VIEW public."+dependent))
}

// createInOtherStack has another stack create an object of the same name. This must
// fail. For a role that is already attached, the Create may also succeed with an unowned
// resource.
func (sc *scenario) createInOtherStack(ctx context.Context) error {
	other := *sc.resource
	other.stack, other.sent = "T"+sc.base, nil
	d := sc.randomDeclaration()
	d.name = sc.resource.now.name
	created, err := other.create(ctx, d, sc.notOvertaken(6))
	if created && other.unowned() {
		created, err = false, other.delete(ctx, newFault(none, 0))
	}
	other.settle(ctx)
	sc.resource.sent = append(sc.resource.sent, other.sent...)
	sc.resource.redeliver = append(sc.resource.redeliver, other.redeliver...)
	sc.faults = append(sc.faults, &fault{kind: "another stack declares an object of the same name", fired: true})
	if created {
		return errors.New("two stacks own the object")
	}
	return err
}
