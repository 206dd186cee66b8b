package twin

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/iam"
	"github.com/tributary-cdk/tributary/internal/twin/kinesis"
	"github.com/tributary-cdk/tributary/internal/twin/signature"
	"github.com/tributary-cdk/tributary/internal/twin/sts"
	"github.com/tributary-cdk/tributary/internal/twin/warehouse"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// policies weighs what roles may do. The twin's owner, who signs with the account's
// own key, may do all.
type policies struct {
	iam        *iam.Store
	identities *sts.Service
	weighed    func(Call) // nil: nobody hears of calls
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
func (p policies) allows(role iam.Role, action, target string, context map[string]string) bool {
	allowed := role.Allows(action, target, context)
	if p.weighed != nil {
		documents := slices.Concat(slices.Collect(maps.Values(role.Inline)), slices.Collect(maps.Values(role.Attached)))
		p.weighed(Call{role.ARN, documents, action, target, maps.Clone(context), allowed})
	}
	return allowed
}

// authorize refuses what the policies of the role that signed r don't allow, as AWS
// words it.
func (p policies) authorize(r *http.Request, action, target string, context map[string]string) error {
	caller, known := p.identities.Caller(signature.Signer(r.Context()))
	if !known {
		return &wire.Error{Status: http.StatusForbidden, Code: "AccessDeniedException", Message: "the request was not signed by anybody whom the local twin knows"}
	}
	role, ok := p.iam.Caller(caller)
	if !ok || p.allows(role, action, target, context) {
		return nil
	}
	return denied(caller, action, target)
}

// denied says, as AWS does, that a caller may not do something.
func denied(caller, action, target string) error {
	return &wire.Error{Status: http.StatusForbidden, Code: "AccessDeniedException", Message: fmt.Sprintf(
		"User: %s is not authorized to perform: %s on resource: %s because no identity-based policy allows the %s action", caller, action, target, action)}
}

// readers says what warehouses may do by their roles.
type readers struct {
	policies
	warehouses      func() *warehouse.Store
	streams         *kinesis.Store
	region, account string
}

// Attached refuses a role that isn't attached. Of a chain, the first one is.
func (a readers) Attached(cluster, roles string) error {
	first, _, _ := strings.Cut(roles, ",")
	if !a.warehouses().Attached(cluster, first) {
		return fmt.Errorf("The requested role %s is not associated to cluster", first) //nolint:staticcheck // Redshift's own words
	}
	return nil
}

// MayRead refuses a role that may not read the stream, or a chain whose next role may
// not be assumed by the one before. A role that the twin doesn't know is somebody
// else's: nothing is known against it.
func (a readers) MayRead(cluster, roles, stream string) error {
	if err := a.Attached(cluster, roles); err != nil {
		return err
	}
	chain := strings.Split(roles, ",")
	if !a.trusts(chain[0]) {
		return fmt.Errorf("User: arn:aws:redshift:%s:%s:dbuser:%s is not authorized to assume IAM Role %s", a.region, a.account, cluster, chain[0]) //nolint:staticcheck // AWS's own words
	}
	for i := range len(chain) - 1 {
		if role, ok := a.iam.Named(chain[i]); ok && !a.allows(role, "sts:AssumeRole", chain[i+1], nil) {
			return fmt.Errorf("User: %s is not authorized to perform: sts:AssumeRole on resource: %s", chain[i], chain[i+1]) //nolint:staticcheck // AWS's own words
		}
	}
	last := chain[len(chain)-1]
	role, ok := a.iam.Named(last)
	if !ok {
		return nil
	}
	streamARN := "arn:aws:kinesis:" + a.region + ":" + a.account + ":stream/" + stream
	for _, action := range []string{"kinesis:DescribeStreamSummary", "kinesis:ListShards", "kinesis:GetShardIterator", "kinesis:GetRecords"} {
		if !a.allows(role, action, streamARN, nil) {
			return fmt.Errorf("User: %s is not authorized to perform: %s on resource: %s", last, action, streamARN) //nolint:staticcheck // AWS's own words
		}
	}
	// Kinesis decrypts for the reader.
	//
	// Source: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
	via := map[string]string{"kms:ViaService": "kinesis." + a.region + ".amazonaws.com"}
	if key := a.keyOf(stream); key != "" && !a.allows(role, "kms:Decrypt", key, via) {
		return fmt.Errorf("User: %s is not authorized to perform: kms:Decrypt on resource: %s", last, key) //nolint:staticcheck // AWS's own words
	}
	return nil
}

// trusts reports whether warehouses may assume a role. Of a role that the twin doesn't
// know, nothing is known against it.
func (a readers) trusts(role string) bool {
	known, ok := a.iam.Named(role)
	return !ok || known.Trusts(a.services()...)
}

// services are the principals by which warehouses assume roles.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/authorizing-redshift-service.html
func (a readers) services() []string {
	return []string{"redshift.amazonaws.com", "redshift." + a.region + ".amazonaws.com", "redshift-serverless.amazonaws.com"}
}

// keyOf returns the ARN of the customer's key that a stream is encrypted with, or "".
func (a readers) keyOf(stream string) string {
	for _, s := range a.streams.Streams() {
		key := s.Config.KeyID
		switch {
		case s.Name != stream || key == "" || strings.HasPrefix(key, "alias/aws/"):
		case strings.HasPrefix(key, "arn:"):
			return key
		default:
			return "arn:aws:kms:" + a.region + ":" + a.account + ":key/" + key
		}
	}
	return ""
}
