package cloudformation

import (
	"context"
	"fmt"
	"slices"
)

// leftover is a resource to delete, or to keep, as its policy says.
type leftover struct {
	*instance
	policy string // Delete, Retain or Snapshot
}

// policyOf returns what a policy means for a resource; isNew says that the
// operation which is rolled back created it.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
func policyOf(policy string, isNew bool) string {
	switch {
	case policy != "RetainExceptOnCreate":
		return policy
	case isNew:
		return "Delete"
	default:
		return "Retain"
	}
}

// remove deletes what list holds, each after all that need it. What can't be
// deleted stays, and so does what it needs. It returns the logical ids of those
// that failed.
func (o operation) remove(ctx context.Context, list []leftover) []string {
	failed := o.takeDown(ctx, list, func(err error) error { return err })
	return keys(failed)
}

// cleanUp deletes what list holds at the end of an update. What can't be
// deleted is given up.
func (o operation) cleanUp(ctx context.Context, list []leftover) {
	o.takeDown(ctx, list, func(error) error { return nil })
}

// takeDown deletes what list holds, in reverse order of needs. verdict decides
// what a failure means for those that wait.
func (o operation) takeDown(ctx context.Context, list []leftover, verdict func(error) error) map[string]error {
	needs := map[string][]string{}
	for _, i := range o.snapshot() {
		needs[i.logicalID] = i.needs
	}
	byID := make(map[string][]leftover, len(list))
	for _, l := range list {
		needs[l.logicalID] = slices.Concat(needs[l.logicalID], l.needs)
		byID[l.logicalID] = append(byID[l.logicalID], l)
	}
	return inOrder(ctx, reversed(among(needs, keys(byID))), o.parallel, func(id string) error {
		for _, l := range byID[id] {
			if err := verdict(o.delete(ctx, l)); err != nil {
				return err
			}
		}
		return nil
	})
}

// delete deletes one resource, or keeps it if its policy says so.
func (o operation) delete(ctx context.Context, l leftover) error {
	switch {
	case l.policy == "Retain" && l.physicalID != "":
		o.note(l.instance, "DELETE_SKIPPED", "")
		o.drop(l.instance)
		return nil
	case l.physicalID == "": // it failed before anything was made
		o.note(l.instance, deleteComplete, "")
		o.drop(l.instance)
		return nil
	}
	reason := ""
	if l.policy == "Snapshot" {
		reason = "The local twin takes no snapshot"
	}
	o.note(l.instance, deleteInProgress, reason)
	r, err := o.request(ctx, l.instance)
	if err == nil {
		err = o.provider(l.instance).Delete(ctx, r)
	}
	if err != nil {
		o.note(l.instance, deleteFailed, err.Error())
		return err
	}
	o.note(l.instance, deleteComplete, "")
	o.drop(l.instance)
	return nil
}

// startDeletion starts to delete a stack; resources in retain are left
// standing. A stack without resources is gone at once. Callers hold the lock.
func (s *Service) startDeletion(st *stack, token string, retain []string) {
	if st.cancel != nil { // ends a creation under way; others have ended
		st.cancel()
	}
	o := s.begin(st, token)
	if len(st.resources) == 0 && st.status != createInProgress {
		o.finish()
		return
	}
	o.enterLocked(deleteInProgress, "User Initiated")
	s.start(st, func(ctx context.Context) { o.destroy(ctx, retain) })
}

// destroy deletes the stack's resources, then the stack.
func (o operation) destroy(ctx context.Context, retain []string) {
	if user, export := o.importedBy(); user != "" {
		o.enter(deleteFailed, fmt.Sprintf("Export %s cannot be deleted as it is in use by %s", export, user))
		return
	}
	kept := map[string]bool{}
	for _, id := range retain {
		kept[id] = true
	}
	var list []leftover
	for _, i := range o.snapshot() {
		l := leftover{i, policyOf(i.deletionPolicy, false)}
		if kept[i.logicalID] {
			l.policy = "Retain"
		}
		list = append(list, l)
	}
	failed := o.remove(ctx, list)
	switch {
	case ctx.Err() != nil:
	case len(failed) > 0:
		o.enter(deleteFailed, "The following resource(s) failed to delete: "+bracketed(failed)+". ")
	default:
		o.mu.Lock()
		defer o.mu.Unlock()
		o.finish()
	}
}

// finish makes the stack one that is gone. Callers hold the lock.
func (o operation) finish() {
	o.stack.deleted = o.clock().UTC()
	o.stack.outputs, o.stack.imports, o.stack.changeSets = nil, nil, map[string]*changeSet{}
	o.enterLocked(deleteComplete, "")
}
