// Package roles attaches an IAM role to a Redshift warehouse that CloudFormation did not
// make, and detaches it, whatever others do to the warehouse's other roles.
package roles

import (
	"context"
	"fmt"
	"time"

	"github.com/tributary-cdk/tributary/internal/awscall"
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

// Attacher attaches one role to one warehouse, and detaches it.
type Attacher struct {
	list  list
	role  string // the role's ARN
	sleep func(ctx context.Context, d time.Duration) error
}

// Exists reports whether the role is attached, or about to be.
func (a *Attacher) Exists(ctx context.Context) (bool, error) {
	var attached bool
	err := awscall.Repeat(ctx, a.sleep, func() error {
		roles, _, err := a.list.read(ctx)
		attached = roles[a.role] != none && roles[a.role] != removing
		return err
	})
	return attached, err
}

// Make attaches the role and waits until the warehouse can assume it. It asks for the
// change again if that was lost to somebody else's write.
func (a *Attacher) Make(ctx context.Context) error {
	overwritten, err := a.attach(ctx, a.role)
	if err != nil {
		return fmt.Errorf("attach the role: %w", err)
	}
	return a.restore(ctx, overwritten)
}

// attach returns the roles of others that the change has overwritten.
func (a *Attacher) attach(ctx context.Context, role string) (overwritten []string, err error) {
	err = awscall.Repeat(ctx, a.sleep, func() error {
		roles, ready, err := a.list.read(ctx)
		switch {
		case err != nil || ready && roles[role] == inSync:
			return err
		case ready && roles[role] == none:
			lost, err := a.list.add(ctx, roles, role)
			overwritten = append(overwritten, lost...)
			if err != nil {
				return orByHand(err, a.list.addByHand(roles, role), "attached")
			}
		}
		return &unsettled{roles[role], ready}
	})
	return overwritten, err
}

// Remove detaches the role and waits until it is. A role or a warehouse that is gone
// is no error.
func (a *Attacher) Remove(ctx context.Context) error {
	var overwritten []string
	err := awscall.Repeat(ctx, a.sleep, func() error {
		roles, ready, err := a.list.read(ctx)
		switch {
		case err != nil || roles[a.role] == none:
			return err
		case ready && roles[a.role] != removing:
			lost, err := a.list.remove(ctx, roles, a.role)
			overwritten = append(overwritten, lost...)
			if err != nil {
				return orByHand(err, a.list.removeByHand(roles, a.role), "detached")
			}
		}
		return &unsettled{roles[a.role], ready}
	})
	switch {
	case awscall.HasCode(err, "ClusterNotFound", "ResourceNotFoundException"):
		return nil
	case err != nil:
		return fmt.Errorf("detach the role: %w", err)
	}
	return a.restore(ctx, overwritten)
}

// restore attaches others' roles again that a change has overwritten, and those that this
// overwrites in turn.
func (a *Attacher) restore(ctx context.Context, overwritten []string) error {
	for len(overwritten) > 0 {
		lost, err := a.attach(ctx, overwritten[0])
		if err != nil {
			return fmt.Errorf("restore %s, which somebody attached meanwhile: %w", overwritten[0], err)
		}
		overwritten = append(overwritten[1:], lost...)
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

// Is reports that the list may be as it is to be later.
func (e *unsettled) Is(target error) bool { return target == awscall.ErrNotYet }
