// Package roles attaches an IAM role to a Redshift warehouse that the stack did not create,
// and detaches it. It keeps the warehouse's other roles, also while others change them.
package roles

import (
	"context"
	"fmt"
	"time"

	"github.com/tributary-cdk/tributary/internal/awscall"
	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// status is the status of a role's attachment.
//
// Source: https://docs.aws.amazon.com/redshift/latest/APIReference/API_ClusterIamRole.html
type status string

const (
	none     status = ""         // the role isn't attached
	inSync   status = "in-sync"  // the warehouse can assume the role
	removing status = "removing" // the role is being detached
)

// roleList is a warehouse's list of attached roles.
type roleList interface {
	// read returns the roles' statuses by ARN, and whether the warehouse accepts a change
	// now.
	read(ctx context.Context) (roles map[string]status, ready bool, err error)
	// add requests that the role be attached. roles is the result of the last read.
	// overwritten are the ARNs of roles that somebody attached after that read, and that the
	// change detaches.
	add(ctx context.Context, roles map[string]status, arn string) (overwritten []string, err error)
	// remove requests that the role be detached. Its parameters and results are those of add.
	remove(ctx context.Context, roles map[string]status, arn string) (overwritten []string, err error)
	// addCommand returns the command of the AWS CLI that does the same as add.
	addCommand(roles map[string]status, arn string) string
	// removeCommand returns the command of the AWS CLI that does the same as remove.
	removeCommand(roles map[string]status, arn string) string
}

// Attacher attaches one role to one warehouse, and detaches it.
type Attacher struct {
	list  roleList
	role  string // the role's ARN
	sleep func(ctx context.Context, d time.Duration) error
}

// Exists reports whether the role is attached or is being attached.
func (a *Attacher) Exists(ctx context.Context) (bool, error) {
	var attached bool
	err := awscall.Repeat(ctx, a.sleep, func() error {
		roles, _, err := a.list.read(ctx)
		attached = roles[a.role] != none && roles[a.role] != removing
		return err
	})
	return attached, err
}

// Make attaches the role and waits until the warehouse can assume it. If another client
// overwrites the change, Make repeats it.
func (a *Attacher) Make(ctx context.Context) error {
	overwritten, err := a.attach(ctx, a.role)
	if err != nil {
		return fmt.Errorf("attach the role: %w", err)
	}
	return a.attachAgain(ctx, overwritten)
}

// attach attaches a role and waits until the warehouse can assume it. It returns the ARNs of
// the roles that the change has detached.
func (a *Attacher) attach(ctx context.Context, role string) (overwritten []string, err error) {
	err = awscall.Repeat(ctx, a.sleep, func() error {
		roles, ready, err := a.list.read(ctx)
		if err != nil || ready && roles[role] == inSync {
			return err
		}
		if ready && roles[role] == none {
			lost, err := a.list.add(ctx, roles, role)
			overwritten = append(overwritten, lost...)
			if err != nil {
				return withCommand(err, a.list.addCommand(roles, role), "attached")
			}
		}
		return &errPending{roles[role], ready}
	})
	return overwritten, err
}

// Remove detaches the role and waits until it is detached. It succeeds if the warehouse does
// not exist.
func (a *Attacher) Remove(ctx context.Context) error {
	var overwritten []string
	err := awscall.Repeat(ctx, a.sleep, func() error {
		roles, ready, err := a.list.read(ctx)
		if err != nil || roles[a.role] == none {
			return err
		}
		if ready && roles[a.role] != removing {
			lost, err := a.list.remove(ctx, roles, a.role)
			overwritten = append(overwritten, lost...)
			if err != nil {
				return withCommand(err, a.list.removeCommand(roles, a.role), "detached")
			}
		}
		return &errPending{roles[a.role], ready}
	})
	if awscall.HasCode(err, "ClusterNotFound", "ResourceNotFoundException") {
		return nil
	}
	if err != nil {
		return fmt.Errorf("detach the role: %w", err)
	}
	return a.attachAgain(ctx, overwritten)
}

// attachAgain attaches the roles of others that a change has detached, and also those that
// these changes detach.
func (a *Attacher) attachAgain(ctx context.Context, overwritten []string) error {
	for len(overwritten) > 0 {
		lost, err := a.attach(ctx, overwritten[0])
		if err != nil {
			return fmt.Errorf("attach %s again, which this change has detached: %w", overwritten[0], err)
		}
		overwritten = append(overwritten[1:], lost...)
	}
	return nil
}

// withCommand adds the AWS CLI command to the error of a change that IAM refuses. The stack
// may be unable to grant the permission that is missing: for a namespace, the caller must be
// allowed to pass its other roles, too.
func withCommand(err error, command, done string) error {
	if !dataapi.NotAuthorized(err) {
		return err
	}
	return fmt.Errorf("%w; grant the function this permission, or deploy with --no-rollback, which keeps the role, run %s, and deploy again: "+
		"the function does not change a role that is already %s", err, command, done)
}

// errPending is returned while a change of a role is not complete.
type errPending struct {
	role  status
	ready bool
}

func (e *errPending) Error() string {
	warehouse := "available"
	if !e.ready {
		warehouse = "not available"
	}
	return fmt.Sprintf("the role's status is %q, and the warehouse is %s", e.role, warehouse)
}

// Is reports that a later attempt may succeed.
func (e *errPending) Is(target error) bool { return target == awscall.ErrNotYet }
