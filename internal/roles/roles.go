// Package roles attaches IAM roles to Redshift warehouses that CloudFormation did
// not make, and detaches them: one role at a time, whatever others do to the rest.
package roles

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/smithy-go"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// status says how far a role's attachment is.
//
// Source: https://docs.aws.amazon.com/redshift/latest/APIReference/API_ClusterIamRole.html
type status string

const (
	none     status = ""        // it isn't attached
	inSync   status = "in-sync" // the warehouse can assume it
	removing status = "removing"
)

// list is a warehouse's list of roles.
type list interface {
	// read returns the roles by ARN, and whether the warehouse takes a change now.
	read(ctx context.Context) (roles map[string]status, ready bool, err error)
	// add and remove ask for a change. roles are those that were read last; lost are
	// those that somebody attached since, and that the change has overwritten.
	add(ctx context.Context, roles map[string]status, arn string) (lost []string, err error)
	remove(ctx context.Context, roles map[string]status, arn string) (lost []string, err error)
	// addByHand and removeByHand return the command of the AWS CLI that does the same.
	addByHand(roles map[string]status, arn string) string
	removeByHand(roles map[string]status, arn string) string
}

// Warehouse is one warehouse's roles.
type Warehouse struct {
	list  list
	sleep func(ctx context.Context, d time.Duration) error
}

// Attached reports whether the role is attached, or about to be.
func (w *Warehouse) Attached(ctx context.Context, arn string) (bool, error) {
	var attached bool
	err := w.patiently(ctx, func() (bool, error) {
		roles, _, err := w.list.read(ctx)
		attached = roles[arn] != none && roles[arn] != removing
		return true, err
	})
	return attached, err
}

// Attach attaches the role and waits until the warehouse can assume it. It asks for
// the change again if that was lost to somebody else's write.
func (w *Warehouse) Attach(ctx context.Context, arn string) error {
	var overwritten []string
	err := w.patiently(ctx, func() (bool, error) {
		roles, ready, err := w.list.read(ctx)
		switch {
		case err != nil || ready && roles[arn] == inSync:
			return true, err
		case ready && roles[arn] == none:
			lost, err := w.list.add(ctx, roles, arn)
			overwritten = append(overwritten, lost...)
			return false, orByHand(err, w.list.addByHand(roles, arn), "attached")
		}
		return false, &unsettled{roles[arn], ready}
	})
	if err != nil {
		return fmt.Errorf("attach the role: %w", err)
	}
	return w.restore(ctx, overwritten)
}

// Detach detaches the role and waits until it is. A role or a warehouse that is gone
// is no error.
func (w *Warehouse) Detach(ctx context.Context, arn string) error {
	var overwritten []string
	err := w.patiently(ctx, func() (bool, error) {
		roles, ready, err := w.list.read(ctx)
		switch {
		case err != nil || roles[arn] == none:
			return true, err
		case ready && roles[arn] != removing:
			lost, err := w.list.remove(ctx, roles, arn)
			overwritten = append(overwritten, lost...)
			return false, orByHand(err, w.list.removeByHand(roles, arn), "detached")
		}
		return false, &unsettled{roles[arn], ready}
	})
	switch {
	case gone(err):
		return nil
	case err != nil:
		return fmt.Errorf("detach the role: %w", err)
	}
	return w.restore(ctx, overwritten)
}

// restore attaches others' roles again that a change has overwritten.
func (w *Warehouse) restore(ctx context.Context, overwritten []string) error {
	for _, arn := range overwritten {
		if err := w.Attach(ctx, arn); err != nil {
			return fmt.Errorf("restore %s, which somebody attached meanwhile: %w", arn, err)
		}
	}
	return nil
}

// orByHand adds to a change that IAM refuses how somebody else makes it. What of a
// role's rights is missing can be beyond the stack: a namespace's other roles are
// passed along with ours.
func orByHand(err error, command, done string) error {
	if !dataapi.NotAuthorized(err) {
		return err
	}
	return fmt.Errorf("%w; let the function do that, or deploy with --no-rollback, which keeps the role, run %s, and deploy again: "+
		"a role that is %s already is left as it is", err, command, done)
}

// unsettled is a look at a list that isn't as it is to be yet.
type unsettled struct {
	role  status
	ready bool
}

func (e *unsettled) Error() string {
	warehouse := "available"
	if !e.ready {
		warehouse = "not available"
	}
	return fmt.Sprintf("the role's status is %q, and the warehouse is %s", e.role, warehouse)
}

// patiently runs attempt until it says that it is done, or fails for another reason
// than that the warehouse is busy. Between two of them it waits ever longer, up to
// 10 seconds. Once ctx has ended, the error says what was waited for.
func (w *Warehouse) patiently(ctx context.Context, attempt func() (done bool, err error)) error {
	for wait := 500 * time.Millisecond; ; wait = min(2*wait, 10*time.Second) {
		done, err := attempt()
		switch {
		case err != nil && !busy(err):
			return err
		case err == nil && done:
			return nil
		}
		if ended := w.sleep(ctx, wait); ended != nil {
			if err == nil {
				return ended
			}
			return fmt.Errorf("%w: %w", ended, err)
		}
	}
}

// gone reports whether err says that there is no such warehouse.
func gone(err error) bool { return hasCode(err, "ClusterNotFound", "ResourceNotFoundException") }

// busy reports whether the same call may be taken later.
func busy(err error) bool {
	var waiting *unsettled
	return errors.As(err, &waiting) || dataapi.Unanswered(err) ||
		hasCode(err, "InvalidClusterState", "ConflictException", "Throttling", "ThrottlingException", "TooManyRequestsException")
}

func hasCode(err error, codes ...string) bool {
	var api smithy.APIError
	return errors.As(err, &api) && slices.Contains(codes, api.ErrorCode())
}
