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
	User  string `json:"user,omitempty"`
	Group string `json:"group,omitempty"`
	Role  string `json:"role,omitempty"`
}

// grantee is a checked Grantee, as it stands in SQL.
type grantee string

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
	for _, kind := range []struct{ word, name string }{{"", g.User}, {"GROUP ", g.Group}, {"ROLE ", g.Role}} {
		if kind.name != "" {
			sql, name = kind.word+quoted(fold(kind.name)), kind.name
			set++
		}
	}
	if set != 1 {
		return "", fmt.Errorf("has %d of user, group and role; set exactly one", set)
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
	without := func(from, these []grantee) []grantee {
		return slices.DeleteFunc(slices.Clone(from), func(g grantee) bool { return slices.Contains(these, g) })
	}
	var plan []Statement
	if gone := without(old, new); len(gone) > 0 {
		plan = append(plan, Statement{Step: StepRevoke, SQL: "REVOKE " + privilege + " ON " + object + " FROM " + listed(gone)})
	}
	if added := without(new, old); len(added) > 0 {
		plan = append(plan, Statement{Step: StepGrant, SQL: "GRANT " + privilege + " ON " + object + " TO " + listed(added)})
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
