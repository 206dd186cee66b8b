package cloudformation

import (
	"context"
	"fmt"
	"slices"
)

// deletion is a resource to delete or to retain, depending on the policy.
type deletion struct {
	*instance
	policy string // Delete, Retain or Snapshot
}

// policyOf returns the policy that applies to a resource: Delete, Retain or Snapshot.
// isNew means that the operation that is being rolled back created the resource.
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

// deleteAll deletes the resources in list. Each is deleted after the resources that
// depend on it. If a resource can't be deleted, its dependencies are not deleted either.
// deleteAll returns the logical ids of the resources that failed.
func (o operation) deleteAll(ctx context.Context, list []deletion) []string {
	failed := o.deleteInOrder(ctx, list, func(err error) error { return err })
	return keys(failed)
}

// cleanUp deletes the resources in list at the end of an update. It ignores failures.
func (o operation) cleanUp(ctx context.Context, list []deletion) {
	o.deleteInOrder(ctx, list, func(error) error { return nil })
}

// deleteInOrder deletes the resources in list, in reverse order of their dependencies.
// It passes the error of each deletion to handle. If handle returns an error, the
// dependencies of the resource are not deleted.
func (o operation) deleteInOrder(ctx context.Context, list []deletion, handle func(error) error) map[string]error {
	dependencies := map[string][]string{}
	for _, i := range o.snapshot() {
		dependencies[i.logicalID] = i.dependencies
	}
	byID := make(map[string][]deletion, len(list))
	for _, l := range list {
		dependencies[l.logicalID] = slices.Concat(dependencies[l.logicalID], l.dependencies)
		byID[l.logicalID] = append(byID[l.logicalID], l)
	}
	order := reverseDependencies(dependenciesAmong(dependencies, keys(byID)))
	return runInOrder(ctx, order, o.parallel, func(id string) error {
		for _, l := range byID[id] {
			if err := handle(o.deleteResource(ctx, l)); err != nil {
				return err
			}
		}
		return nil
	})
}

// deleteResource deletes one resource, or retains it if its policy is Retain.
func (o operation) deleteResource(ctx context.Context, l deletion) error {
	switch {
	case l.policy == "Retain" && l.physicalID != "":
		o.setResourceStatus(l.instance, "DELETE_SKIPPED", "")
		o.removeResource(l.instance)
		return nil
	case l.physicalID == "": // its creation failed before a physical resource existed
		o.setResourceStatus(l.instance, deleteComplete, "")
		o.removeResource(l.instance)
		return nil
	}
	reason := ""
	if l.policy == "Snapshot" {
		reason = "The local twin does not create snapshots"
	}
	o.setResourceStatus(l.instance, deleteInProgress, reason)
	r, err := o.request(ctx, l.instance)
	if err == nil {
		err = o.provider(l.instance).Delete(ctx, r)
	}
	if err != nil {
		o.setResourceStatus(l.instance, deleteFailed, err.Error())
		return err
	}
	o.setResourceStatus(l.instance, deleteComplete, "")
	o.removeResource(l.instance)
	return nil
}

// startDeletion starts to delete a stack. It retains the resources whose logical ids are
// in retain. A stack without resources is deleted at once. The caller must hold s.mu.
func (s *Service) startDeletion(st *stack, token string, retain []string) {
	if st.cancel != nil { // cancels a creation in progress; any other operation has ended
		st.cancel()
	}
	o := s.newOperation(st, token)
	if len(st.resources) == 0 && st.status != createInProgress {
		o.markDeleted()
		return
	}
	o.setStackStatusLocked(deleteInProgress, "User Initiated")
	s.start(st, func(ctx context.Context) { o.deleteResourcesAndStack(ctx, retain) })
}

// deleteResourcesAndStack deletes the stack's resources except those in retain, and then the
// stack.
func (o operation) deleteResourcesAndStack(ctx context.Context, retain []string) {
	if user, export := o.importedExport(); user != "" {
		o.setStackStatus(deleteFailed, fmt.Sprintf("Export %s cannot be deleted as it is in use by %s", export, user))
		return
	}
	kept := map[string]bool{}
	for _, id := range retain {
		kept[id] = true
	}
	var list []deletion
	for _, i := range o.snapshot() {
		l := deletion{i, policyOf(i.deletionPolicy, false)}
		if kept[i.logicalID] {
			l.policy = "Retain"
		}
		list = append(list, l)
	}
	failed := o.deleteAll(ctx, list)
	switch {
	case ctx.Err() != nil:
	case len(failed) > 0:
		o.setStackStatus(deleteFailed, "The following resource(s) failed to delete: "+bracketed(failed)+". ")
	default:
		o.mu.Lock()
		defer o.mu.Unlock()
		o.markDeleted()
	}
}

// markDeleted marks the stack as deleted. The caller must hold o.mu.
func (o operation) markDeleted() {
	o.stack.deleted = o.clock().UTC()
	o.stack.outputs, o.stack.imports, o.stack.changeSets = nil, nil, map[string]*changeSet{}
	o.setStackStatusLocked(deleteComplete, "")
}
