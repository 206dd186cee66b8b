package ddl

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Grantee is somebody who is granted something: exactly one of its fields is
// set.
type Grantee struct {
	// User is a database user.
	User string `json:"user,omitempty"`
	// Group is a group of users.
	Group string `json:"group,omitempty"`
	// Role is a role of the database.
	Role string `json:"role,omitempty"`
	// IAMRole is the name of a role in IAM. Who assumes it and lets IAM vouch is
	// the database user IAMR:<name>, which is made if there is none.
	IAMRole string `json:"iamRole,omitempty"`
	// IAMUser is the name of a user in IAM, who is the database user IAM:<name>,
	// made if there is none.
	IAMUser string `json:"iamUser,omitempty"`
}

// grantee is a checked Grantee, as it stands in SQL.
type grantee string

// Users whom IAM vouches for are told from others by their names.
//
// Source: https://docs.aws.amazon.com/redshift/latest/APIReference/API_GetClusterCredentialsWithIAM.html
const (
	iamRolePrefix = "IAMR:"
	iamUserPrefix = "IAM:"
)

// fromIAM reports whether Redshift makes the user as soon as IAM vouches for it.
func (g grantee) fromIAM() bool {
	return strings.HasPrefix(string(g), `"`+iamRolePrefix) || strings.HasPrefix(string(g), `"`+iamUserPrefix)
}

// granteePattern is what a user, a group or a role may be called. Users that
// come from IAM are called IAM:name or IAMR:role. The length is checked apart: a
// bound here would be compiled as so many copies, at every start of the function.
var granteePattern = regexp.MustCompile(`^[\pL\pN_$@.:+=/-]+$`)

// defineGrants returns the grantees sorted, each once.
func defineGrants(declared []Grantee, problems *Problems) []grantee {
	var grants []grantee
	for i, g := range declared {
		path := fmt.Sprintf("grants[%d]", i)
		sql, err := g.define()
		problems.add(path, err)
		grants = append(grants, sql)
	}
	slices.Sort(grants)
	return slices.Compact(grants)
}

func (g Grantee) define() (grantee, error) {
	var sql, name string
	set := 0
	for _, kind := range []struct{ name, sql string }{
		{g.User, quoted(fold(g.User))},
		{g.Group, "GROUP " + quoted(fold(g.Group))},
		{g.Role, "ROLE " + quoted(fold(g.Role))},
		{g.IAMRole, quoted(iamRolePrefix + g.IAMRole)}, // IAM's names have cases, which Redshift folds if it wants to
		{g.IAMUser, quoted(iamUserPrefix + g.IAMUser)},
	} {
		if kind.name != "" {
			sql, name = kind.sql, kind.name
			set++
		}
	}
	if set != 1 {
		return "", fmt.Errorf("has %d of user, group, role, iamRole and iamUser; set exactly one", set)
	}
	if len(name) > MaxIdentBytes || !granteePattern.MatchString(name) {
		return "", fmt.Errorf("%q is not a name of a user, a group or a role; write up to %d bytes of letters, digits and _$@.:+=/-", name, MaxIdentBytes)
	}
	return grantee(sql), nil
}

// changeGrants returns the statements that lead from the old grants of privilege
// on object to the new ones.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT.html
func changeGrants(privilege, object string, old, new []grantee) []Statement {
	var plan []Statement
	if gone := except(old, new); len(gone) > 0 {
		plan = append(plan, revoke(privilege, object, gone))
	}
	if added := except(new, old); len(added) > 0 {
		plan = append(plan, makeUsers(StepUser, added)...)
		plan = append(plan, Statement{Step: StepGrant, SQL: "GRANT " + privilege + " ON " + object + " TO " + listed(added)})
	}
	return plan
}

// except returns the grants that are not among these.
func except(from, these []grantee) []grantee {
	return slices.DeleteFunc(slices.Clone(from), func(g grantee) bool { return slices.Contains(these, g) })
}

func revoke(privilege, object string, gone []grantee) Statement {
	return Statement{Step: StepRevoke, SQL: "REVOKE " + privilege + " ON " + object + " FROM " + listed(gone)}
}

// makeUsers returns the statements that make sure of the users whom IAM vouches
// for: Redshift makes them when they come for the first time, but nobody can grant
// anything to them before.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_USER.html
func makeUsers(step Step, grants []grantee) []Statement {
	var plan []Statement
	for _, g := range grants {
		if g.fromIAM() {
			plan = append(plan, Statement{
				Step: Step(fmt.Sprintf("%s-%d", step, len(plan)+1)), SQL: "CREATE USER " + string(g) + " PASSWORD DISABLE", MayExist: true,
			})
		}
	}
	return plan
}

func listed(grants []grantee) string {
	text := make([]string, len(grants))
	for i, g := range grants {
		text[i] = string(g)
	}
	return strings.Join(text, ", ")
}
