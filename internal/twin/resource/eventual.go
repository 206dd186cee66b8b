package resource

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
func (i *IAM) changed() {
	if i.Delay == 0 {
		return
	}
	now := i.now()
	i.forget(now)
	state := moment{now, make(map[string]madeRole, len(i.roles))}
	for name, role := range i.roles {
		state.roles[name] = madeRole{role.clone(), role.made}
	}
	i.past = append(i.past, state)
}

// forget drops the states before the one that is in effect.
func (i *IAM) forget(now time.Time) {
	for len(i.past) > 1 && !i.past[1].since.After(now.Add(-i.Delay)) {
		i.past = i.past[1:]
	}
}

func (i *IAM) now() time.Time {
	if i.Now == nil {
		return time.Now()
	}
	return i.Now()
}

// effective returns a role with what it may do at present, which the changes of the
// last Delay don't affect: a role that was deleted meanwhile still may what it might,
// and one that was made meanwhile may nothing, even if another had its name. It is
// false of a role that the twin never had. The mutex is held.
func (i *IAM) effective(name string) (Role, bool) {
	role, exists := i.roles[name]
	if i.Delay == 0 && exists {
		return role.clone(), true
	}
	now := i.now()
	i.forget(now)
	if len(i.past) > 0 && !i.past[0].since.After(now.Add(-i.Delay)) {
		if then, existed := i.past[0].roles[name]; existed && (!exists || then.made == role.made) {
			return then.Role, true
		}
	}
	if exists {
		return Role{Name: role.Name, ARN: role.ARN}, true
	}
	gone, ok := i.gone[name]
	return gone, ok
}
