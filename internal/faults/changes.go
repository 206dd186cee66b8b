package faults

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tributary-cdk/tributary/ddl"
)

// changes are what happens to an object that is there.
var changes = map[what][]func(*life, context.Context) error{
	streamingView: {
		(*life).changeQuery, (*life).changeQuery, (*life).changeQuery, (*life).changeQuery, (*life).changeAttributes, (*life).changeAttributes,
		(*life).changeAll, (*life).changeAll, (*life).rename, (*life).rename, (*life).move, (*life).moveBack, (*life).changeOfOlder,
		(*life).changeWhatIsDropped, (*life).replaceWithDependents, (*life).meetOtherStack, (*life).changeAndFailElsewhere, (*life).refuse,
	},
	plainView: {
		(*life).changeQuery, (*life).changeQuery, (*life).changeAttributes, (*life).changeAll, (*life).rename, (*life).move, (*life).moveBack,
		(*life).changeOfOlder, (*life).changeWhatIsDropped, (*life).replaceWithDependents, (*life).meetOtherStack, (*life).changeAndFailElsewhere,
	},
	externalSchema: {
		(*life).refuse, (*life).changeAttributes, (*life).changeAttributes, (*life).rename, (*life).move, (*life).moveBack, (*life).meetOtherStack,
	},
	ordinarySchema: {
		(*life).changeAttributes, (*life).changeAttributes, (*life).rename, (*life).move, (*life).moveBack, (*life).changeOfOlder,
		(*life).changeWhatIsDropped, (*life).meetOtherStack, (*life).changeAndFailElsewhere,
	},
	attachment: {
		(*life).rename, (*life).rename, (*life).renameBesideOthers, (*life).renameBesideOthers, (*life).move, (*life).moveBack, (*life).changeOfOlder,
		(*life).changeWhatIsDropped, (*life).meetOtherStack, (*life).changeAndFailElsewhere,
	},
}

// refuse changes what the policy, or Redshift, refuses to change.
func (l *life) refuse(ctx context.Context) error {
	d := l.view.now
	d.variant++
	if l.what == streamingView {
		d.onReplace = ddl.RefuseChange
	}
	updated, err := l.view.update(ctx, d, l.fault(alterStatements), false)
	if updated {
		return errors.New("what is to be refused was done")
	}
	return err
}

func (l *life) changeQuery(ctx context.Context) error {
	d := l.view.now
	d.variant++
	_, err := l.view.update(ctx, d, l.fault(replaceStatements), false)
	return err
}

func (l *life) changeAttributes(ctx context.Context) error {
	d := l.define()
	d.name, d.variant = l.view.now.name, l.view.now.variant
	_, err := l.view.update(ctx, d, l.fault(alterStatements), false)
	return err
}

func (l *life) changeAll(ctx context.Context) error {
	d := l.define()
	d.name, d.variant = l.view.now.name, l.view.now.variant+1
	_, err := l.view.update(ctx, d, l.fault(replaceStatements), false)
	return err
}

// changeAndFailElsewhere has the update rolled back although it succeeded.
func (l *life) changeAndFailElsewhere(ctx context.Context) error {
	d := l.define()
	d.name, d.variant = l.view.now.name, l.view.now.variant+l.random.IntN(2)
	_, err := l.view.update(ctx, d, l.fault(replaceStatements), true)
	return err
}

// rename gives the view another name. The new one begins with what the stream
// holds; what only the old one had goes with it.
func (l *life) rename(ctx context.Context) error { return l.renameWith(ctx, l.fault(createStatements)) }

// renameBesideOthers has somebody attach another role meanwhile.
func (l *life) renameBesideOthers(ctx context.Context) error { return l.renameWith(ctx, l.meddle()) }

func (l *life) renameWith(ctx context.Context, f *fault) error {
	d := l.view.now
	d.name = l.names[0]
	if l.view.now.name == l.names[0] {
		d.name = l.names[1]
	}
	renamed, err := l.view.update(ctx, d, f, l.random.IntN(3) == 0)
	if err == nil && renamed {
		l.view.settle(ctx)
		return l.giveUp(ctx)
	}
	return err
}

// move moves the construct to another logical id.
func (l *life) move(ctx context.Context) error {
	moved, err := l.moved(ctx)
	if err != nil || moved == nil {
		return err
	}
	old := l.view.logicalID
	if err := l.view.remove(ctx, l.view.physicalID, l.view.now, l.maybe(2, 4)); err != nil {
		return fmt.Errorf("%s: %w", old, err)
	}
	l.view.logicalID = moved.logicalID
	return nil
}

// moveBack moves the construct and rolls that back.
func (l *life) moveBack(ctx context.Context) error {
	moved, err := l.moved(ctx)
	if err != nil || moved == nil {
		return err
	}
	return moved.delete(ctx, l.maybe(2, 4))
}

// moved creates the view under another logical id; nil if that failed.
func (l *life) moved(ctx context.Context) (*resource, error) {
	moved := *l.view
	moved.logicalID += "x"
	moved.sent = nil
	created, err := moved.create(ctx, l.view.now, l.unhurried(6))
	moved.settle(ctx)
	l.view.sent = append(l.view.sent, moved.sent...)
	l.view.late = append(l.view.late, moved.late...)
	if !created {
		return nil, err
	}
	return &moved, err
}

// changeOfOlder updates from properties that another version wrote.
func (l *life) changeOfOlder(ctx context.Context) error {
	l.view.now.future = true
	d := l.view.now
	d.future, d.variant, d.grant = false, d.variant+l.random.IntN(2), !d.grant
	updated, err := l.view.update(ctx, d, newFault(none, 0), false)
	l.faults = append(l.faults, &fault{kind: "properties of another version", fired: true})
	if err == nil && !updated {
		return errors.New("the update of another version's properties failed")
	}
	return err
}

// changeWhatIsDropped updates a view that somebody drops by hand meanwhile.
func (l *life) changeWhatIsDropped(ctx context.Context) error {
	f := l.of(droppedThen, 10)
	f.act = func() bool {
		there, err := l.stateOf(ctx, l.view.now.name)
		return err == nil && there != "" && l.drop(ctx, l.view.now.name) == nil
	}
	d := l.view.now
	d.variant++
	if _, err := l.view.update(ctx, d, f, false); err != nil {
		return err
	}
	there, err := l.stateOf(ctx, l.view.now.name)
	if err == nil && there == "" { // dropped when all was done: the next change makes it again
		d.grant = !d.grant
		_, err = l.view.update(ctx, d, newFault(none, 0), false)
	}
	return errors.Join(err, l.giveUp(ctx))
}

// replaceWithDependents changes a view on which somebody's view depends, and
// which the failure names.
func (l *life) replaceWithDependents(ctx context.Context) error {
	dependent := l.base + "_report"
	if err := l.exec(ctx, "CREATE VIEW public."+dependent+" AS SELECT seq FROM public."+l.view.now.name); err != nil {
		return err
	}
	l.faults = append(l.faults, &fault{kind: "another view depends on it", fired: true})
	d := l.view.now
	d.variant++
	updated, err := l.view.update(ctx, d, newFault(none, 0), false)
	named := strings.Contains(strings.Join(l.view.reasons, " "), dependent)
	if err == nil && (updated || !named) {
		err = fmt.Errorf("replaced although another view depends on it: %v, named: %v", updated, named)
	}
	return errors.Join(err, l.exec(ctx, "DROP VIEW public."+dependent))
}

// meetOtherStack has another stack want the view's name. A role that is attached
// already it takes as it is.
func (l *life) meetOtherStack(ctx context.Context) error {
	other := *l.view
	other.stack, other.sent = "T"+l.base, nil
	d := l.define()
	d.name = l.view.now.name
	created, err := other.create(ctx, d, l.unhurried(6))
	if created && other.unowned() {
		created, err = false, other.delete(ctx, newFault(none, 0))
	}
	other.settle(ctx)
	l.view.sent = append(l.view.sent, other.sent...)
	l.view.late = append(l.view.late, other.late...)
	l.faults = append(l.faults, &fault{kind: "another stack's view has the name", fired: true})
	if created {
		return errors.New("two stacks own the view")
	}
	return err
}
