// Package attachedroles keeps the IAM roles that are attached to a warehouse. Two services
// of the local twin use it: redshift and redshiftserverless.
package attachedroles

import (
	"errors"
	"maps"
	"slices"
	"time"
)

// changeDuration is the time that a change of a warehouse's roles takes. On AWS it takes
// longer.
const changeDuration = 200 * time.Millisecond

// ErrBusy is the error of a change while an earlier one is in progress.
var ErrBusy = errors.New("is being modified")

// Role is a role of a warehouse. ApplyStatus is adding, in-sync or removing.
type Role struct{ ARN, ApplyStatus string }

// List contains the roles of a warehouse. A change takes effect after some time. A List is
// not safe for concurrent use.
type List struct {
	// Default is the ARN of the default role, which SQL statements refer to with the
	// keyword DEFAULT. It is empty if the warehouse has no default role.
	Default string

	roles      map[string]string // apply statuses by ARN; finishChange updates them
	changeEnds time.Time         // time when the last change takes effect
}

// New returns the roles of a new warehouse. All are in-sync.
func New(arns []string, defaultRole string) *List {
	l := &List{Default: defaultRole, roles: map[string]string{}}
	for _, arn := range arns {
		l.roles[arn] = "in-sync"
	}
	return l
}

// finishChange updates the statuses of the roles if the last change has taken effect at
// now.
func (l *List) finishChange(now time.Time) {
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

// Pending reports whether a change is in progress at now.
func (l *List) Pending(now time.Time) bool { return now.Before(l.changeEnds) }

// Roles returns the roles and their statuses at now, sorted by ARN.
func (l *List) Roles(now time.Time) []Role {
	l.finishChange(now)
	var roles []Role
	for _, arn := range slices.Sorted(maps.Keys(l.roles)) {
		roles = append(roles, Role{arn, l.roles[arn]})
	}
	return roles
}

// Has reports whether the warehouse can assume a role at now. The role must be in-sync. If
// arn is "default", Has reports whether the warehouse has a default role.
func (l *List) Has(now time.Time, arn string) bool {
	if arn == "default" {
		return l.Default != ""
	}
	return slices.Contains(l.Roles(now), Role{arn, "in-sync"})
}

// Modify starts to attach and detach roles, and does not change other roles. It sets the
// default role unless defaultRole is nil. It returns ErrBusy if a change is in progress.
func (l *List) Modify(now time.Time, add, remove []string, defaultRole *string) error {
	if l.Pending(now) {
		return ErrBusy
	}
	if defaultRole != nil {
		l.Default = *defaultRole
	}
	l.finishChange(now)
	for _, arn := range add {
		if l.roles[arn] == "" {
			l.roles[arn], l.changeEnds = "adding", now.Add(changeDuration)
		}
	}
	for _, arn := range remove {
		if l.roles[arn] != "" {
			l.roles[arn], l.changeEnds = "removing", now.Add(changeDuration)
		}
	}
	return nil
}

// Replace starts to replace the list by arns, unless arns is nil. It sets the default role
// unless defaultRole is nil. It returns ErrBusy if a change is in progress.
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
