package definition

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tributary-cdk/tributary/ddl"
)

// grantee is a checked [ddl.Grantee], as it stands in SQL.
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

// grantees returns checked grantees sorted, each once.
func grantees(checked []ddl.Grantee) []grantee {
	var grants []grantee
	for _, g := range checked {
		grants = append(grants, granteeSQL(g))
	}
	slices.Sort(grants)
	return slices.Compact(grants)
}

func granteeSQL(g ddl.Grantee) grantee {
	switch {
	case g.User != "":
		return grantee(ddl.Quote(g.User))
	case g.Group != "":
		return grantee("GROUP " + ddl.Quote(g.Group))
	case g.Role != "":
		return grantee("ROLE " + ddl.Quote(g.Role))
	case g.IAMRole != "":
		return grantee(ddl.Quote(iamRolePrefix + g.IAMRole)) // IAM's names have cases, which Redshift folds if it wants to
	}
	return grantee(ddl.Quote(iamUserPrefix + g.IAMUser))
}

// changeGrants returns the steps that lead from the old grants of privilege
// on object to the new ones.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT.html
func changeGrants(privilege, object string, old, new []grantee) []Step {
	var plan []Step
	if gone := except(old, new); len(gone) > 0 {
		plan = append(plan, revoke(privilege, object, gone))
	}
	if added := except(new, old); len(added) > 0 {
		plan = append(plan, makeUsers(StepUser, added)...)
		plan = append(plan, Step{Name: StepGrant, SQL: "GRANT " + privilege + " ON " + object + " TO " + listed(added)})
	}
	return plan
}

// except returns the grants that are not among these.
func except(from, these []grantee) []grantee {
	return slices.DeleteFunc(slices.Clone(from), func(g grantee) bool { return slices.Contains(these, g) })
}

func revoke(privilege, object string, gone []grantee) Step {
	return Step{Name: StepRevoke, SQL: "REVOKE " + privilege + " ON " + object + " FROM " + listed(gone)}
}

// makeUsers returns the steps that make sure of the users whom IAM vouches
// for: Redshift makes them when they come for the first time, but nobody can grant
// anything to them before.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_USER.html
func makeUsers(step StepName, grants []grantee) []Step {
	var plan []Step
	for _, g := range grants {
		if g.fromIAM() {
			plan = append(plan, Step{
				Name: StepName(fmt.Sprintf("%s-%d", step, len(plan)+1)), SQL: "CREATE USER " + string(g) + " PASSWORD DISABLE", MayExist: true,
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
