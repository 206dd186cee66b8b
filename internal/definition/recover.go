package definition

import (
	"time"

	"github.com/tributary-cdk/tributary/ddl"
)

// Assert applies everything except the query. It is for a view that has some attributes
// of old and some of v, because an update was interrupted.
func (v *View) Assert(old Definition) []Step {
	// Auto refresh and grants are applied in any case, so Alter must not compare them.
	known := *v.of(old)
	grants := known.grants
	known.declared.ManualRefresh, known.grants = v.declared.ManualRefresh, v.grants
	plan := v.Alter(&known)
	if !v.plain() {
		plan = append(plan, v.refresh(), v.autoRefresh(StepAutoRefresh, !v.declared.ManualRefresh))
	}
	return append(plan, assertGrants("SELECT", v.Object().sql(), grants, v.grants)...)
}

// RollBack replaces old by this view, after the creation of old has failed. If OnReplace
// refuses changes, RollBack keeps the rows instead, since it undoes a change.
func (v *View) RollBack(old Definition, now time.Time) ([]Step, error) {
	back := *v
	if back.declared.OnReplace == ddl.RefuseChange {
		back.declared.OnReplace = ddl.KeepRows
	}
	return back.replace(v.of(old), now), nil
}

// assertGrants revokes the grants that only old has, and applies all grants of new. An
// interrupted update may not have created the database users of IAM identities, so they
// are created first: Redshift can't revoke anything from a user who does not exist.
func assertGrants(privilege, object string, old, new []grantee) []Step {
	var plan []Step
	if removed := except(old, new); len(removed) > 0 {
		plan = append(createUsers(StepCreateRemovedUser, removed), revoke(privilege, object, removed))
	}
	return append(plan, changeGrants(privilege, object, nil, new)...)
}
