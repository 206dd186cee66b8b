package faults

import (
	"context"
	"errors"
	"fmt"
)

// About how many statements each kind of request sends, including its reads of the
// ledger.
const (
	createStatements  = 16
	alterStatements   = 10
	replaceStatements = 36
	deleteStatements  = 9
)

// randomDeclaration returns a declaration of the object under its first name, with random
// attributes.
func (sc *scenario) randomDeclaration() declaration {
	d := declaration{objectKind: sc.objectKind, name: sc.names[0], base: sc.base, stream: sc.stream.name, landing: "landing_" + sc.base, grant: sc.randomBool()}
	switch sc.objectKind {
	case streamingView:
		d.dist, d.sort, d.manual = sc.randomBool(), sc.randomBool(), sc.randomBool()
	case ordinarySchema:
		d.grantRole = sc.randomBool()
	}
	return d
}

// randomBool returns a random boolean.
func (sc *scenario) randomBool() bool { return sc.random.IntN(2) == 0 }

// createSteps returns the steps that create the object, one of which is chosen at
// random.
func (sc *scenario) createSteps() []func(*scenario, context.Context) error {
	steps := []func(*scenario, context.Context) error{(*scenario).createWithFault, (*scenario).createWithFault, (*scenario).createWithFault, (*scenario).createWithFault}
	if sc.objectKind == attachment {
		return append(steps, (*scenario).createForAttachedRole, (*scenario).createForAttachedRole, (*scenario).createWhileOtherRoleIsAttached, (*scenario).createInTwoStacks)
	}
	return append(steps, (*scenario).createWhileNameIsTaken, (*scenario).createInTwoStacks, (*scenario).createInTwoStacks)
}

// createWithoutFault creates the object and injects no fault.
func (sc *scenario) createWithoutFault(ctx context.Context) error {
	_, err := sc.resource.create(ctx, sc.randomDeclaration(), newFault(none, 0))
	return err
}

// createWithFault creates the object and injects a random fault.
func (sc *scenario) createWithFault(ctx context.Context) error {
	_, err := sc.resource.create(ctx, sc.randomDeclaration(), sc.randomFault(createStatements))
	return err
}

// createWhileNameIsTaken creates the object while another user creates an object of the
// same name. The Create must fail, and the other user's object must remain.
//
// The function creates an external schema with IF NOT EXISTS. Once the function has
// checked that the name is free, it can't notice another user's schema any more. So
// for an external schema the fault is injected at one of the first three statements.
func (sc *scenario) createWhileNameIsTaken(ctx context.Context) error {
	f := sc.faultOfKind(nameTaken, createStatements/2)
	if sc.objectKind == externalSchema {
		f.at = sc.random.IntN(3)
	}
	objectType := "TABLE"
	if sc.isSchema() {
		objectType = "SCHEMA"
	}
	made, columns := false, map[string]string{"TABLE": " (x INTEGER)"}[objectType]
	f.act = func() bool {
		made = sc.exec(ctx, "CREATE "+objectType+" "+sc.sql(sc.names[0])+columns) == nil
		return made
	}
	sc.byHand[sc.names[0]] = true
	created, err := sc.resource.create(ctx, sc.randomDeclaration(), f)
	if err != nil || !made {
		return err
	}
	if created {
		return errors.New("the function took over another user's object")
	}
	delete(sc.byHand, sc.names[0])
	return sc.exec(ctx, "DROP "+objectType+" "+sc.sql(sc.names[0])) // fails if the function dropped it
}

// createForAttachedRole creates an attachment for a role that another user has already
// attached, and deletes it again. The role must stay attached.
func (sc *scenario) createForAttachedRole(ctx context.Context) error {
	arn := roleARN(sc.names[0])
	if err := sc.setRoles(ctx, []string{arn}, nil); err != nil {
		return err
	}
	sc.faults = append(sc.faults, &fault{kind: "another user has already attached the role", fired: true})
	created, err := sc.resource.create(ctx, sc.randomDeclaration(), sc.randomFault(createStatements))
	if created && !sc.resource.unowned() {
		err = errors.Join(err, errors.New("the function took over another user's attachment"))
	}
	if created {
		err = errors.Join(err, sc.resource.delete(ctx, sc.notOvertaken(deleteStatements)))
	}
	sc.resource.settle(ctx)
	if !sc.attached(arn) {
		err = errors.Join(err, errors.New("the function detached a role that another user attached"))
	}
	return errors.Join(err, sc.setRoles(ctx, nil, []string{arn}))
}

// createWhileOtherRoleIsAttached creates the attachment while another user attaches
// another role.
func (sc *scenario) createWhileOtherRoleIsAttached(ctx context.Context) error {
	_, err := sc.resource.create(ctx, sc.randomDeclaration(), sc.attachOtherRole())
	return err
}

// attachOtherRole returns a fault at which another user attaches another role.
func (sc *scenario) attachOtherRole() *fault {
	f := sc.faultOfKind(otherRoleAttached, createStatements)
	f.act = func() bool {
		arn := roleARN(fmt.Sprintf("%s_theirs_%d", sc.base, len(sc.otherRoles)))
		done := sc.changeRoles([]string{arn}, nil) == nil
		if done {
			sc.otherRoles[arn] = true
		}
		return done
	}
	return f
}
