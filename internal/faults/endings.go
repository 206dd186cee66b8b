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
	dependent := l.base + "_report"
	in, made := "public", "VIEW public."+dependent+" AS SELECT seq FROM public."+l.view.now.name
	switch l.what {
	case externalSchema, attachment:
		return l.deleteWithFault(ctx)
	case ordinarySchema:
		in = l.view.now.name
		made = "VIEW " + in + "." + dependent + " AS SELECT 1 AS x"
	}
	if err := l.exec(ctx, "CREATE "+made); err != nil {
		return err
	}
	l.faults = append(l.faults, &fault{kind: "another view depends on it", fired: true})
	a, err := l.view.request(ctx, "Delete", l.view.physicalID, l.view.now, nil, newFault(none, 0))
	if err == nil && (a == nil || a.Status != "FAILED" || !strings.Contains(a.Reason, dependent)) {
		err = fmt.Errorf("the delete of a view with dependents: %v", a)
	}
	return errors.Join(err, l.exec(ctx, "DROP VIEW "+in+"."+dependent), l.view.delete(ctx, l.unhurried(deleteStatements)))
}

// deleteOfDropped deletes what somebody drops by hand, before or meanwhile.
func (l *life) deleteOfDropped(ctx context.Context) error {
	f := l.of(droppedThen, deleteStatements)
	f.act = func() bool { return l.drop(ctx, l.view.now.name) == nil }
	return l.view.delete(ctx, f)
}

// deleteOfOlder deletes by properties that another version wrote.
func (l *life) deleteOfOlder(ctx context.Context) error {
	l.view.now.future = true
	l.faults = append(l.faults, &fault{kind: "properties of another version", fired: true})
	return l.view.delete(ctx, l.unhurried(deleteStatements))
}

// deleteOfGone deletes when there is no warehouse any more.
func (l *life) deleteOfGone(ctx context.Context) error {
	if err := l.raze(ctx); err != nil {
		return err
	}
	clear(l.others)
	l.faults = append(l.faults, &fault{kind: "the warehouse is gone", fired: true})
	err := l.view.delete(ctx, l.unhurried(2))
	l.what = streamingView // what it stood on is gone, too
	return errors.Join(err, l.found(ctx))
}
