package redshiftdata

// Caller is who sent a request.
type Caller struct {
	// Role is the assumed role. It is empty for the account's owner, who sees the
	// statements of all roles: on the twin, that is whoever started it.
	Role string
	// Session is the session of the role, which each issue of credentials begins anew.
	Session string
	// UserID is the caller's aws:userid.
	UserID string
}

// sees reports whether the caller may describe, cancel and read what another caller
// has submitted: callers with the same IAM role may.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html
func (c Caller) sees(owner Caller) bool { return c.Role == "" || c.Role == owner.Role }
