package twin

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/iam"
	"github.com/tributary-cdk/tributary/internal/twin/redshiftdata"
	"github.com/tributary-cdk/tributary/internal/twin/signature"
	"github.com/tributary-cdk/tributary/internal/twin/sts"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// policies authorizes calls by evaluating the policies of roles. The twin's owner may do
// everything.
type policies struct {
	iam        *iam.Store
	identities *sts.Service
	evaluated  func(Call) // see Options; may be nil
	noList     bool       // no role may list statements
}

// Call is a call for which the twin has evaluated the policies of a role.
type Call struct {
	// Role is the ARN of the role.
	Role string
	// Policies are the documents of the role's inline and attached policies.
	Policies []any
	// Action and Resource are those of the call, such as "redshift-data:ListStatements"
	// and "*".
	Action, Resource string
	// Context contains the values of condition keys, by key.
	Context map[string]string
	// Allowed is the twin's decision.
	Allowed bool
}

// allows reports whether the policies of a role allow a call. It passes the call to
// evaluated.
func (p policies) allows(role iam.Role, action, resource string, values map[string]string) bool {
	allowed := role.Allows(action, resource, values)
	if p.evaluated != nil {
		documents := slices.Concat(slices.Collect(maps.Values(role.Inline)), slices.Collect(maps.Values(role.Attached)))
		p.evaluated(Call{role.ARN, documents, action, resource, maps.Clone(values), allowed})
	}
	return allowed
}

// authorize returns an error of AWS if the role that signed the request of ctx may not
// perform an action on a resource.
func (p policies) authorize(ctx context.Context, action, resource string, values map[string]string) error {
	caller, known := p.identities.Caller(signature.Signer(ctx))
	if !known {
		return &wire.Error{Status: http.StatusForbidden, Code: "AccessDeniedException", Message: "the request was not signed with a key of the local twin"}
	}
	if p.noList && action == "redshift-data:ListStatements" && roleOf(caller) != "" {
		return denied(caller, action, resource)
	}
	role, ok := p.iam.Caller(caller)
	if !ok || p.allows(role, action, resource, values) {
		return nil
	}
	return denied(caller, action, resource)
}

// denied returns the error of AWS for a call that is not allowed. Caller is an ARN.
func denied(caller, action, resource string) error {
	return &wire.Error{Status: http.StatusForbidden, Code: "AccessDeniedException", Message: fmt.Sprintf(
		"User: %s is not authorized to perform: %s on resource: %s because no identity-based policy allows the %s action", caller, action, resource, action)}
}

// caller returns, for the Data API, the role that signed the request of ctx. It returns
// the zero Caller if the owner signed it.
func (p policies) caller(ctx context.Context) redshiftdata.Caller {
	key := signature.Signer(ctx)
	arn, _ := p.identities.Caller(key)
	role := roleOf(arn)
	if role == "" {
		return redshiftdata.Caller{}
	}
	return redshiftdata.Caller{Role: role, Session: key, UserID: p.identities.UserID(key)}
}

// roleOf returns the ARN of an assumed role without the session's name, or "" if arn is
// not the ARN of an assumed role.
func roleOf(arn string) string {
	if !strings.Contains(arn, ":assumed-role/") {
		return ""
	}
	return path.Dir(arn)
}
