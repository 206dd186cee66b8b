package definition

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tributary-cdk/tributary/ddl"
)

// grantee is a checked [ddl.Grantee] as SQL text.
type grantee string

// Redshift begins the names of database users that it creates for IAM identities with
// these prefixes.
//
// Source: https://docs.aws.amazon.com/redshift/latest/APIReference/API_GetClusterCredentialsWithIAM.html
const (
	iamRolePrefix = "IAMR:"
	iamUserPrefix = "IAM:"
)

// fromIAM reports whether the grantee is a user that Redshift creates for an IAM
// identity.
func (g grantee) fromIAM() bool {
	return strings.HasPrefix(string(g), `"`+iamRolePrefix) || strings.HasPrefix(string(g), `"`+iamUserPrefix)
}

// grantees returns the grantees as SQL text, sorted and without duplicates.
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
		return grantee(ddl.Quote(iamRolePrefix + g.IAMRole)) // the case of the IAM name is kept
	}
	return grantee(ddl.Quote(iamUserPrefix + g.IAMUser))
}

// changeGrants returns the steps that change the grantees of a privilege on an object
// from old to new.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT.html
func changeGrants(privilege, object string, old, new []grantee) []Step {
	var plan []Step
	if removed := except(old, new); len(removed) > 0 {
		plan = append(plan, revoke(privilege, object, removed))
	}
	if added := except(new, old); len(added) > 0 {
		plan = append(plan, createUsers(StepCreateUser, added)...)
		plan = append(plan, Step{Name: StepGrant, SQL: "GRANT " + privilege + " ON " + object + " TO " + listed(added)})
	}
	return plan
}

// except returns all grantees that are not in excluded.
func except(all, excluded []grantee) []grantee {
	return slices.DeleteFunc(slices.Clone(all), func(g grantee) bool { return slices.Contains(excluded, g) })
}

func revoke(privilege, object string, removed []grantee) Step {
	return Step{Name: StepRevoke, SQL: "REVOKE " + privilege + " ON " + object + " FROM " + listed(removed)}
}

// createUsers returns the steps that create the database users of IAM identities if they
// don't exist. Redshift creates such a user when the identity first connects, but a GRANT
// before that would fail.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_USER.html
func createUsers(step StepName, grants []grantee) []Step {
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
