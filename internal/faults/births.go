package faults

import (
	"context"
	"errors"
)

// How many statements the requests have, with their looks at the ledger.
const (
	createStatements  = 16
	alterStatements   = 10
	replaceStatements = 36
	deleteStatements  = 9
)

func (l *life) define() definition {
	d := definition{what: l.what, name: l.names[0], stream: l.stream.name, landing: "landing_" + l.base, grant: l.flip()}
	if l.what == streamingView {
		d.dist, d.sort, d.manual = l.flip(), l.flip(), l.flip()
	}
	return d
}

func (l *life) flip() bool { return l.random.IntN(2) == 0 }

// births are the ways in which a view is made.
var births = []func(*life, context.Context) error{
	(*life).createWithFault, (*life).createWithFault, (*life).createWithFault, (*life).createWithFault, (*life).createBesideStranger,
}

func (l *life) createSafely(ctx context.Context) error {
	_, err := l.view.create(ctx, l.define(), newFault(none, 0))
	return err
}

func (l *life) createWithFault(ctx context.Context) error {
	_, err := l.view.create(ctx, l.define(), l.fault(createStatements))
	return err
}

// createBesideStranger has somebody make an object of the view's name, at some
// moment of its creation. It stays. A schema is made IF NOT EXISTS, so that
// another one can be told only until the function has looked.
func (l *life) createBesideStranger(ctx context.Context) error {
	f := l.of(stranger, createStatements/2)
	if l.what == externalSchema {
		f.at = l.random.IntN(3)
	}
	made := false
	f.act = func() bool {
		sql := "CREATE TABLE public." + l.names[0] + " (x INTEGER)"
		if l.what == externalSchema {
			sql = "CREATE SCHEMA " + l.names[0]
		}
		made = l.exec(ctx, sql) == nil
		return made
	}
	l.byHand[l.names[0]] = true
	created, err := l.view.create(ctx, l.define(), f)
	if err != nil || !made {
		return err
	}
	if created {
		return errors.New("the view was made over somebody's table")
	}
	delete(l.byHand, l.names[0])
	// It must be there still.
	if l.what == externalSchema {
		return l.exec(ctx, "DROP SCHEMA "+l.names[0])
	}
	return l.exec(ctx, "DROP TABLE public."+l.names[0])
}
