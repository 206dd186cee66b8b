package ddl

import (
	"fmt"
	"regexp"
)

// Grantee is a user, group or role that gets a privilege on an object. Exactly one of its
// fields must be set.
type Grantee struct {
	// User is a database user.
	User string `json:"user,omitempty"`
	// Group is a group of database users.
	Group string `json:"group,omitempty"`
	// Role is a database role.
	Role string `json:"role,omitempty"`
	// IAMRole is the name of an IAM role. A person or program that assumes the role, and
	// connects to the database with IAM credentials, is the database user IAMR:<name>. If
	// that user doesn't exist, it is created.
	IAMRole string `json:"iamRole,omitempty"`
	// IAMUser is the name of an IAM user. Connecting with IAM credentials, it is the
	// database user IAM:<name>. If that user doesn't exist, it is created.
	IAMUser string `json:"iamUser,omitempty"`
}

// granteePattern matches the names of users, groups and roles. Database users of IAM
// identities have names such as IAM:name and IAMR:role. The pattern has no limit on the
// length: package regexp expands such a limit into many copies, which would slow down each
// start of the Lambda function. The method check tests the length.
var granteePattern = regexp.MustCompile(`^[\pL\pN_$@.:+=/-]+$`)

// checkGrants returns the grantees with the names of database users, groups and roles in
// lower case. IAM names keep their case.
func checkGrants(declared []Grantee, problems *Problems) []Grantee {
	var grants []Grantee
	for i, g := range declared {
		problems.add(fmt.Sprintf("grants[%d]", i), g.check())
		grants = append(grants, Grantee{User: fold(g.User), Group: fold(g.Group), Role: fold(g.Role), IAMRole: g.IAMRole, IAMUser: g.IAMUser})
	}
	return grants
}

// check returns an error unless exactly one field is set, to a valid name.
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
		return fmt.Errorf("sets %d of user, group, role, iamRole and iamUser; set exactly one", set)
	}
	if len(name) > MaxIdentBytes || !granteePattern.MatchString(name) {
		return fmt.Errorf("%q is not a valid name of a user, group or role; write up to %d bytes of letters, digits and _$@.:+=/-", name, MaxIdentBytes)
	}
	return nil
}
