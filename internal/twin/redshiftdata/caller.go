package redshiftdata

// Caller identifies the sender of a request.
type Caller struct {
	// Role is the role that the caller has assumed. It is empty for the person who
	// started the twin, who can access the statements of all roles.
	Role string
	// Session identifies the role session. Each set of credentials has its own.
	Session string
	// UserID is the caller's aws:userid.
	UserID string
}

// canAccess reports whether c may describe and cancel the statements of owner, and read
// their results. Callers with the same IAM role may.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html
func (c Caller) canAccess(owner Caller) bool { return c.Role == "" || c.Role == owner.Role }
