package faults

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// createInTwoStacks has two stacks create the object at the same moment, each with a
// fault or none. At most one makes it; without a fault, exactly one does. The other
// one's Create fails, and its Delete touches nothing.
func (l *life) createInTwoStacks(ctx context.Context) error {
	d := l.define()
	rival, usual := *l.view, l.view.again
	rival.stack, rival.logicalID, rival.sent, rival.late, rival.reasons = "R"+l.base, "Rival", nil, nil, nil
	faults := []*fault{l.maybe(2, createStatements), l.maybe(2, createStatements)}
	l.faults = append(l.faults, &fault{kind: "another stack creates the object at the same moment", fired: true})
	var (
		both    sync.WaitGroup
		created [2]bool
		errs    [2]error
	)
	for i, r := range []*resource{l.view, &rival} {
		again := l.maybe(4, deleteStatements) // drawn here, so that the seed decides
		r.again = func() *fault { return again }
		both.Go(func() { created[i], errs[i] = r.create(ctx, d, faults[i]) })
	}
	both.Wait()
	rival.settle(ctx)
	l.view.again = usual
	l.view.sent = append(l.view.sent, rival.sent...)
	l.view.late = append(l.view.late, rival.late...)
	l.view.reasons = append(l.view.reasons, rival.reasons...)
	l.view.invented = l.view.invented || rival.invented
	return errors.Join(errs[0], errs[1], l.judge(created, &rival, faults))
}

// judge says what is wrong with how the race ended, and leaves the life with the winner.
func (l *life) judge(created [2]bool, rival *resource, faults []*fault) error {
	owned := [2]bool{created[0] && !l.view.unowned(), created[1] && !rival.unowned()}
	if owned[1] {
		l.view.stack, l.view.logicalID, l.view.physicalID, l.view.now = rival.stack, rival.logicalID, rival.physicalID, rival.now
	}
	if !owned[0] && !owned[1] {
		l.view.physicalID = "" // a role that is attached for both is nobody's
	}
	undisturbed := faults[0].kind == none && faults[1].kind == none
	switch {
	case owned[0] && owned[1]:
		return errors.New("both stacks made the object")
	case undisturbed && !owned[0] && !owned[1]:
		return fmt.Errorf("neither stack made the object: %q", l.view.reasons)
	}
	return nil
}
