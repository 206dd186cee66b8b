package ddl

import (
	"fmt"
	"regexp"
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

// granteePattern is what a user, a group or a role may be called. Users that
// come from IAM are called IAM:name or IAMR:role. The length is checked apart: a
// bound here would be compiled as so many copies, at every start of the function.
var granteePattern = regexp.MustCompile(`^[\pL\pN_$@.:+=/-]+$`)

// checkGrants returns the grantees with the names of the database as Redshift keeps them.
func checkGrants(declared []Grantee, problems *Problems) []Grantee {
	var grants []Grantee
	for i, g := range declared {
		problems.add(fmt.Sprintf("grants[%d]", i), g.check())
		grants = append(grants, Grantee{User: fold(g.User), Group: fold(g.Group), Role: fold(g.Role), IAMRole: g.IAMRole, IAMUser: g.IAMUser})
	}
	return grants
}

func (g Grantee) check() error {
	name := ""
	set := 0
	for _, kind := range []string{g.User, g.Group, g.Role, g.IAMRole, g.IAMUser} {
		if kind != "" {
			name = kind
			set++
		}
	}
	if set != 1 {
		return fmt.Errorf("has %d of user, group, role, iamRole and iamUser; set exactly one", set)
	}
	if len(name) > MaxIdentBytes || !granteePattern.MatchString(name) {
		return fmt.Errorf("%q is not a name of a user, a group or a role; write up to %d bytes of letters, digits and _$@.:+=/-", name, MaxIdentBytes)
	}
	return nil
}
