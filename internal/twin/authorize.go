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

// policies weighs what roles may do. The twin's owner, who signs with the account's
// own key, may do all.
type policies struct {
	iam        *iam.Store
	identities *sts.Service
	weighed    func(Call) // nil: nobody hears of calls
	noList     bool       // no role may list statements
}

// Call is one that a role's policies were asked about.
type Call struct {
	// Role is the ARN of the role, and Policies are its own policies' documents.
	Role     string
	Policies []any
	// Action and Resource are what it wants to do, and Context are the values that
	// conditions may ask for, by key.
	Action, Resource string
	Context          map[string]string
	// Allowed is what the twin decided.
	Allowed bool
}

// allows weighs a call by the policies of its role, and tells of it.
func (p policies) allows(role iam.Role, action, resource string, values map[string]string) bool {
	allowed := role.Allows(action, resource, values)
	if p.weighed != nil {
		documents := slices.Concat(slices.Collect(maps.Values(role.Inline)), slices.Collect(maps.Values(role.Attached)))
		p.weighed(Call{role.ARN, documents, action, resource, maps.Clone(values), allowed})
	}
	return allowed
}

// authorize refuses what the policies of the role that signed a context's request don't
// allow, as AWS words it.
func (p policies) authorize(ctx context.Context, action, resource string, values map[string]string) error {
	caller, known := p.identities.Caller(signature.Signer(ctx))
	if !known {
		return &wire.Error{Status: http.StatusForbidden, Code: "AccessDeniedException", Message: "the request was not signed by anybody whom the local twin knows"}
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

// denied says, as AWS does, that a caller may not do something.
func denied(caller, action, resource string) error {
	return &wire.Error{Status: http.StatusForbidden, Code: "AccessDeniedException", Message: fmt.Sprintf(
		"User: %s is not authorized to perform: %s on resource: %s because no identity-based policy allows the %s action", caller, action, resource, action)}
}

// caller returns who sent the request of a context, for the Data API.
func (p policies) caller(ctx context.Context) redshiftdata.Caller {
	key := signature.Signer(ctx)
	arn, _ := p.identities.Caller(key)
	role := roleOf(arn)
	if role == "" {
		return redshiftdata.Caller{}
	}
	return redshiftdata.Caller{Role: role, Session: key, UserID: p.identities.UserID(key)}
}

// roleOf returns the ARN of an assumed role without its session, "" if the ARN is no
// assumed role's.
func roleOf(arn string) string {
	if !strings.Contains(arn, ":assumed-role/") {
		return ""
	}
	return path.Dir(arn)
}
