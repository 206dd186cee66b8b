package iam

import (
	"maps"
	"time"
)

// madeRole is a role that was made, as against another one of the same name.
type madeRole struct {
	Role
	made int // which of all roles that were made it is
}

// moment is what IAM had since a point in time.
type moment struct {
	since time.Time
	roles map[string]madeRole // by name
}

// clone returns a copy that later changes don't touch.
func (r Role) clone() Role {
	r.Inline, r.Attached = maps.Clone(r.Inline), maps.Clone(r.Attached)
	return r
}

// changed remembers the present state, for when it takes effect. It comes after each
// change, with the mutex held.
func (s *Store) changed() {
	if s.Delay == 0 {
		return
	}
	now := s.now()
	s.forget(now)
	state := moment{now, make(map[string]madeRole, len(s.roles))}
	for name, role := range s.roles {
		state.roles[name] = madeRole{role.clone(), role.made}
	}
	s.past = append(s.past, state)
}

// forget drops the states before the one that is in effect.
func (s *Store) forget(now time.Time) {
	for len(s.past) > 1 && !s.past[1].since.After(now.Add(-s.Delay)) {
		s.past = s.past[1:]
	}
}

func (s *Store) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}

// effective returns a role with what it may do at present, which the changes of the
// last Delay don't affect: a role that was deleted meanwhile still may what it might,
// and one that was made meanwhile may nothing, even if another had its name. It is
// false of a role that the twin never had. The mutex is held.
func (s *Store) effective(name string) (Role, bool) {
	role, exists := s.roles[name]
	if s.Delay == 0 && exists {
		return role.clone(), true
	}
	now := s.now()
	s.forget(now)
	if len(s.past) > 0 && !s.past[0].since.After(now.Add(-s.Delay)) {
		if then, existed := s.past[0].roles[name]; existed && (!exists || then.made == role.made) {
			return then.Role, true
		}
	}
	if exists {
		return Role{Name: role.Name, ARN: role.ARN}, true
	}
	gone, ok := s.gone[name]
	return gone, ok
}
