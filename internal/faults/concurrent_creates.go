package faults

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// createInTwoStacks has two stacks create the object at the same time, each with a
// random fault or none. At most one may create it; without a fault, exactly one must.
// The other stack's Create must fail, and its Delete must not touch the object.
func (sc *scenario) createInTwoStacks(ctx context.Context) error {
	d := sc.randomDeclaration()
	rival, nextFault := *sc.resource, sc.resource.nextFault
	rival.stack, rival.logicalID, rival.sent, rival.redeliver, rival.reasons = "R"+sc.base, "Rival", nil, nil, nil
	faults := []*fault{sc.maybeFault(2, createStatements), sc.maybeFault(2, createStatements)}
	sc.faults = append(sc.faults, &fault{kind: "another stack creates the object at the same time", fired: true})
	var (
		both    sync.WaitGroup
		created [2]bool
		errs    [2]error
	)
	for i, r := range []*resource{sc.resource, &rival} {
		deleteFault := sc.maybeFault(4, deleteStatements) // chosen before the goroutines start, so that only the seed decides
		r.nextFault = func() *fault { return deleteFault }
		both.Go(func() { created[i], errs[i] = r.create(ctx, d, faults[i]) })
	}
	both.Wait()
	rival.settle(ctx)
	sc.resource.nextFault = nextFault
	sc.resource.sent = append(sc.resource.sent, rival.sent...)
	sc.resource.redeliver = append(sc.resource.redeliver, rival.redeliver...)
	sc.resource.reasons = append(sc.resource.reasons, rival.reasons...)
	sc.resource.mayLeaveTombstone = sc.resource.mayLeaveTombstone || rival.mayLeaveTombstone
	return errors.Join(errs[0], errs[1], sc.checkRace(created, &rival, faults))
}

// checkRace returns an error if both stacks created the object, or if neither did and
// there was no fault. The scenario goes on with the resource that owns the object.
func (sc *scenario) checkRace(created [2]bool, rival *resource, faults []*fault) error {
	owned := [2]bool{created[0] && !sc.resource.unowned(), created[1] && !rival.unowned()}
	if owned[1] {
		sc.resource.stack, sc.resource.logicalID, sc.resource.physicalID, sc.resource.now = rival.stack, rival.logicalID, rival.physicalID, rival.now
	}
	if !owned[0] && !owned[1] {
		sc.resource.physicalID = "" // the role was already attached, so neither stack owns the attachment
	}
	withoutFault := faults[0].kind == none && faults[1].kind == none
	switch {
	case owned[0] && owned[1]:
		return errors.New("both stacks created the object")
	case withoutFault && !owned[0] && !owned[1]:
		return fmt.Errorf("neither stack created the object: %q", sc.resource.reasons)
	}
	return nil
}
