package faults

import (
	"context"
	"errors"
	"fmt"
)

// How many statements the requests have, with their looks at the ledger.
const (
	createStatements  = 16
	alterStatements   = 10
	replaceStatements = 36
	deleteStatements  = 9
)

func (l *life) define() shape {
	d := shape{what: l.what, name: l.names[0], base: l.base, stream: l.stream.name, landing: "landing_" + l.base, grant: l.flip()}
	switch l.what {
	case streamingView:
		d.dist, d.sort, d.manual = l.flip(), l.flip(), l.flip()
	case ordinarySchema:
		d.grantRole = l.flip()
	}
	return d
}

func (l *life) flip() bool { return l.random.IntN(2) == 0 }

// births are the ways in which the object is made.
func (l *life) births() []func(*life, context.Context) error {
	ways := []func(*life, context.Context) error{(*life).createWithFault, (*life).createWithFault, (*life).createWithFault, (*life).createWithFault}
	if l.what == attachment {
		return append(ways, (*life).createOfAttached, (*life).createOfAttached, (*life).createBesideOthers, (*life).createInTwoStacks)
	}
	return append(ways, (*life).createBesideStranger, (*life).createInTwoStacks, (*life).createInTwoStacks)
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
// moment of its creation. It stays. An external one is made IF NOT EXISTS, so that
// another one can be told only until the function has looked.
func (l *life) createBesideStranger(ctx context.Context) error {
	f := l.of(stranger, createStatements/2)
	if l.what == externalSchema {
		f.at = l.random.IntN(3)
	}
	sort := "TABLE"
	if l.isSchema() {
		sort = "SCHEMA"
	}
	made, columns := false, map[string]string{"TABLE": " (x INTEGER)"}[sort]
	f.act = func() bool {
		made = l.exec(ctx, "CREATE "+sort+" "+l.sql(l.names[0])+columns) == nil
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
	return l.exec(ctx, "DROP "+sort+" "+l.sql(l.names[0])) // it must be there still
}

// createOfAttached declares the attachment of a role that somebody has attached. It
// stays attached, whatever becomes of the declaration.
func (l *life) createOfAttached(ctx context.Context) error {
	arn := roleARN(l.names[0])
	if err := l.setRoles(ctx, []string{arn}, nil); err != nil {
		return err
	}
	l.faults = append(l.faults, &fault{kind: "the role is attached already", fired: true})
	created, err := l.view.create(ctx, l.define(), l.fault(createStatements))
	if created && !l.view.unowned() {
		err = errors.Join(err, errors.New("somebody's attachment was taken over"))
	}
	if created {
		err = errors.Join(err, l.view.delete(ctx, l.unhurried(deleteStatements)))
	}
	l.view.settle(ctx)
	if !l.attached(arn) {
		err = errors.Join(err, errors.New("somebody's attachment was undone"))
	}
	return errors.Join(err, l.setRoles(ctx, nil, []string{arn}))
}

// createBesideOthers has somebody attach another role meanwhile.
func (l *life) createBesideOthers(ctx context.Context) error {
	_, err := l.view.create(ctx, l.define(), l.meddle())
	return err
}

// meddle returns a fault that has somebody attach another role.
func (l *life) meddle() *fault {
	f := l.of(meddling, createStatements)
	f.act = func() bool {
		arn := roleARN(fmt.Sprintf("%s_theirs_%d", l.base, len(l.others)))
		done := l.changeRoles([]string{arn}, nil) == nil
		if done {
			l.others[arn] = true
		}
		return done
	}
	return f
}
