package iam

import (
	"maps"
	"time"
)

// storedRole is a role and the number of its creation.
type storedRole struct {
	Role
	creation int // unique per creation: a role that is deleted and created again gets a new number
}

// snapshot contains the roles as they were after a change.
type snapshot struct {
	taken time.Time
	roles map[string]storedRole // by name
}

// clone returns a copy that later changes do not affect.
func (r Role) clone() Role {
	r.Inline, r.Attached = maps.Clone(r.Inline), maps.Clone(r.Attached)
	return r
}

// takeSnapshot stores the current state, which takes effect after s.Delay. Every change
// calls it. The caller must hold s.mu.
func (s *Store) takeSnapshot() {
	if s.Delay == 0 {
		return
	}
	now := s.now()
	s.dropOldSnapshots(now)
	state := snapshot{now, make(map[string]storedRole, len(s.roles))}
	for name, role := range s.roles {
		state.roles[name] = storedRole{role.clone(), role.creation}
	}
	s.snapshots = append(s.snapshots, state)
}

// dropOldSnapshots removes the snapshots that are older than the one in effect at now.
func (s *Store) dropOldSnapshots(now time.Time) {
	for len(s.snapshots) > 1 && !s.snapshots[1].taken.After(now.Add(-s.Delay)) {
		s.snapshots = s.snapshots[1:]
	}
}

func (s *Store) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}

// effective returns a role with the policies that are in effect now, without the changes
// within the last s.Delay. A role that was deleted within that time still has its
// policies. A role that was created within that time has none, even if a role of the same
// name existed before. effective returns false if the role never existed in the twin. The
// caller must hold s.mu.
func (s *Store) effective(name string) (Role, bool) {
	role, exists := s.roles[name]
	if s.Delay == 0 && exists {
		return role.clone(), true
	}
	now := s.now()
	s.dropOldSnapshots(now)
	if len(s.snapshots) > 0 && !s.snapshots[0].taken.After(now.Add(-s.Delay)) {
		if old, existed := s.snapshots[0].roles[name]; existed && (!exists || old.creation == role.creation) {
			return old.Role, true
		}
	}
	if exists {
		return Role{Name: role.Name, ARN: role.ARN}, true
	}
	deleted, ok := s.deleted[name]
	return deleted, ok
}
