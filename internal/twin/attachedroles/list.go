// Package attachedroles keeps which IAM roles are attached to a warehouse, for the twin's
// two services that make warehouses: redshift and redshiftserverless.
package attachedroles

import (
	"errors"
	"maps"
	"slices"
	"time"
)

// settle is how long a change of a warehouse's roles takes, and during which another
// one is refused. On AWS it is longer.
const settle = 200 * time.Millisecond

// ErrBusy refuses a change while another one is under way.
var ErrBusy = errors.New("is being modified")

// Role is an attached role, and how far its attachment is: adding, in-sync or removing.
type Role struct{ ARN, ApplyStatus string }

// List is a warehouse's roles. A change takes some time. It is not safe for concurrent
// use.
type List struct {
	// Default is the ARN of the default role, which SQL names by the word default.
	// Empty means that there is none.
	Default string

	roles   map[string]string // by ARN: the status once asked for
	settled time.Time         // when the last change is done
}

// New returns the roles of a new warehouse, all in sync.
func New(arns []string, defaultRole string) *List {
	l := &List{Default: defaultRole, roles: map[string]string{}}
	for _, arn := range arns {
		l.roles[arn] = "in-sync"
	}
	return l
}

// settle ends a change whose time has come.
func (l *List) settle(now time.Time) {
	if l.Pending(now) {
		return
	}
	for arn, status := range l.roles {
		switch status {
		case "adding":
			l.roles[arn] = "in-sync"
		case "removing":
			delete(l.roles, arn)
		}
	}
}

// Pending reports whether a change is under way.
func (l *List) Pending(now time.Time) bool { return now.Before(l.settled) }

// Roles returns the roles by ARN.
func (l *List) Roles(now time.Time) []Role {
	l.settle(now)
	var roles []Role
	for _, arn := range slices.Sorted(maps.Keys(l.roles)) {
		roles = append(roles, Role{arn, l.roles[arn]})
	}
	return roles
}

// Has reports whether a role can be assumed now: one that is in sync, or "default" if
// there is a default role.
func (l *List) Has(now time.Time, arn string) bool {
	if arn == "default" {
		return l.Default != ""
	}
	return slices.Contains(l.Roles(now), Role{arn, "in-sync"})
}

// Modify begins to attach and detach roles, and leaves the others. A nil defaultRole
// stays as it is. The error is ErrBusy.
func (l *List) Modify(now time.Time, add, remove []string, defaultRole *string) error {
	if l.Pending(now) {
		return ErrBusy
	}
	if defaultRole != nil {
		l.Default = *defaultRole
	}
	l.settle(now)
	for _, arn := range add {
		if l.roles[arn] == "" {
			l.roles[arn], l.settled = "adding", now.Add(settle)
		}
	}
	for _, arn := range remove {
		if l.roles[arn] != "" {
			l.roles[arn], l.settled = "removing", now.Add(settle)
		}
	}
	return nil
}

// Replace begins to make arns the whole list, and sets the default role. What is nil
// stays as it is. The error is ErrBusy.
func (l *List) Replace(now time.Time, arns *[]string, defaultRole *string) error {
	if arns == nil {
		return l.Modify(now, nil, nil, defaultRole)
	}
	var remove []string
	for _, role := range l.Roles(now) {
		if !slices.Contains(*arns, role.ARN) {
			remove = append(remove, role.ARN)
		}
	}
	return l.Modify(now, *arns, remove, defaultRole)
}
