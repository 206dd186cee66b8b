package warehouse

import (
	"maps"
	"slices"
	"time"
)

// Role is a role of a warehouse, and how far its attachment is: adding, in-sync or
// removing.
type Role struct{ ARN, ApplyStatus string }

// roleList is a warehouse's roles. A change takes some time.
type roleList struct {
	roles   map[string]string // by ARN: the status once asked for
	settled time.Time         // when the last change is done
}

func newRoleList(arns []string) *roleList {
	l := &roleList{roles: map[string]string{}}
	for _, arn := range arns {
		l.roles[arn] = "in-sync"
	}
	return l
}

// settle ends a change whose time has come.
func (l *roleList) settle(now time.Time) {
	if now.Before(l.settled) {
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

// pending reports whether a change is under way.
func (l *roleList) pending(now time.Time) bool { return now.Before(l.settled) }

// list returns the roles by ARN.
func (l *roleList) list(now time.Time) []Role {
	l.settle(now)
	var roles []Role
	for _, arn := range slices.Sorted(maps.Keys(l.roles)) {
		roles = append(roles, Role{arn, l.roles[arn]})
	}
	return roles
}

// change begins a change, if it is one.
func (l *roleList) change(now time.Time, add, remove []string) {
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
}
