package faults

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// endings are the ways in which a view goes.
var endings = []func(*life, context.Context) error{
	(*life).deleteWithFault, (*life).deleteWithFault, (*life).deleteWithFault, (*life).deleteWithFault,
	(*life).deleteWithDependents, (*life).deleteOfDropped, (*life).deleteOfOlder, (*life).deleteOfGone,
}

func (l *life) deleteWithFault(ctx context.Context) error {
	return l.view.delete(ctx, l.unhurried(deleteStatements))
}

// deleteWithDependents fails, by name, until the dependent is gone.
func (l *life) deleteWithDependents(ctx context.Context) error {
	if l.what == externalSchema {
		return l.deleteWithFault(ctx)
	}
	dependent := l.base + "_report"
	if err := l.exec(ctx, "CREATE VIEW public."+dependent+" AS SELECT seq FROM public."+l.view.now.name); err != nil {
		return err
	}
	l.faults = append(l.faults, &fault{kind: "another view depends on it", fired: true})
	a, err := l.view.request(ctx, "Delete", l.view.physicalID, l.view.now, nil, newFault(none, 0))
	if err == nil && (a == nil || a.Status != "FAILED" || !strings.Contains(a.Reason, dependent)) {
		err = fmt.Errorf("the delete of a view with dependents: %v", a)
	}
	return errors.Join(err, l.exec(ctx, "DROP VIEW public."+dependent), l.view.delete(ctx, l.unhurried(deleteStatements)))
}

// deleteOfDropped deletes what somebody drops by hand, before or meanwhile.
func (l *life) deleteOfDropped(ctx context.Context) error {
	f := l.of(droppedThen, deleteStatements)
	f.act = func() bool { return l.exec(ctx, "DROP "+string(l.what)+" "+l.sql(l.view.now.name)) == nil }
	return l.view.delete(ctx, f)
}

// deleteOfOlder deletes by properties that another version wrote.
func (l *life) deleteOfOlder(ctx context.Context) error {
	l.view.now.future = true
	l.faults = append(l.faults, &fault{kind: "properties of another version", fired: true})
	return l.view.delete(ctx, l.unhurried(deleteStatements))
}

// deleteOfGone deletes when there is no cluster any more.
func (l *life) deleteOfGone(ctx context.Context) error {
	if err := l.engine.DeleteCluster(ctx, l.cluster); err != nil {
		return err
	}
	l.faults = append(l.faults, &fault{kind: "the cluster is gone", fired: true})
	err := l.view.delete(ctx, l.unhurried(2))
	l.what = streamingView // what it stood on is gone, too
	return errors.Join(err, l.found(ctx))
}
