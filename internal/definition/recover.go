package definition

import (
	"time"

	"github.com/tributary-cdk/tributary/ddl"
)

// Assert makes sure of everything but the query of a view whose attributes are partly
// old's and partly v's: an update of it never came to its end.
func (v *View) Assert(old Definition) []Step {
	with := *v.of(old)
	grants := with.grants
	with.declared.ManualRefresh, with.grants = v.declared.ManualRefresh, v.grants
	plan := v.Alter(&with)
	if !v.plain() {
		plan = append(plan, v.refresh(), v.autoRefresh(StepAutoRefresh, !v.declared.ManualRefresh))
	}
	return append(plan, assertGrants("SELECT", v.Object().sql(), grants, v.grants)...)
}

// RollBack puts the view back into the place of old, whose making failed. A policy that
// refuses changes keeps the rows here: what is undone is a change already.
func (v *View) RollBack(old Definition, now time.Time) ([]Step, error) {
	back := *v
	if back.declared.OnReplace == ddl.RefuseChange {
		back.declared.OnReplace = ddl.KeepRows
	}
	return back.replace(v.of(old), now), nil
}

// assertGrants revokes what only old has, and grants all that new has. An update that
// never came to its end may not have made the users whom IAM vouches for, and nothing can
// be revoked from a user who isn't there.
func assertGrants(privilege, object string, old, new []grantee) []Step {
	var plan []Step
	if gone := except(old, new); len(gone) > 0 {
		plan = append(makeUsers(StepUser+"-gone", gone), revoke(privilege, object, gone))
	}
	return append(plan, changeGrants(privilege, object, nil, new)...)
}
