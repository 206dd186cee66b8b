package twin

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"github.com/tributary-cdk/tributary/internal/twin/account"
	"github.com/tributary-cdk/tributary/internal/twin/kinesis"
)

// warehouseRoles says what warehouses may do by the roles that are attached to them.
type warehouseRoles struct {
	policies
	attached func(cluster, role string) bool // cluster is the engine's id of a warehouse
	streams  *kinesis.Store
	account  account.Account
}

// Attached refuses a role that isn't attached. Of a chain, the first one is.
func (w warehouseRoles) Attached(cluster, roles string) error {
	first, _, _ := strings.Cut(roles, ",")
	if !w.attached(cluster, first) {
		return fmt.Errorf("The requested role %s is not associated to cluster", first) //nolint:staticcheck // Redshift's own words
	}
	return nil
}

// MayRead refuses a role that may not read the stream, or a chain whose next role may
// not be assumed by the one before. A role that the twin doesn't know is somebody
// else's: nothing is known against it.
func (w warehouseRoles) MayRead(cluster, roles, stream string) error {
	if err := w.Attached(cluster, roles); err != nil {
		return err
	}
	chain := strings.Split(roles, ",")
	if !w.trusts(chain[0]) {
		return fmt.Errorf("User: %s is not authorized to assume IAM Role %s", w.account.ARN("redshift", "dbuser:"+cluster), chain[0]) //nolint:staticcheck // AWS's own words
	}
	for i := range len(chain) - 1 {
		if role, ok := w.iam.EffectiveRole(chain[i]); ok && !w.allows(role, "sts:AssumeRole", chain[i+1], nil) {
			return fmt.Errorf("User: %s is not authorized to perform: sts:AssumeRole on resource: %s", chain[i], chain[i+1]) //nolint:staticcheck // AWS's own words
		}
	}
	last := chain[len(chain)-1]
	role, ok := w.iam.EffectiveRole(last)
	if !ok {
		return nil
	}
	streamARN := w.account.ARN("kinesis", "stream/"+stream)
	for _, action := range []string{"kinesis:DescribeStreamSummary", "kinesis:ListShards", "kinesis:GetShardIterator", "kinesis:GetRecords"} {
		if !w.allows(role, action, streamARN, nil) {
			return fmt.Errorf("User: %s is not authorized to perform: %s on resource: %s", last, action, streamARN) //nolint:staticcheck // AWS's own words
		}
	}
	// Kinesis decrypts for the reader.
	//
	// Source: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
	via := map[string]string{"kms:ViaService": "kinesis." + w.account.Region + ".amazonaws.com"}
	if key := w.keyOf(stream); key != "" && !w.allows(role, "kms:Decrypt", key, via) {
		return fmt.Errorf("User: %s is not authorized to perform: kms:Decrypt on resource: %s", last, key) //nolint:staticcheck // AWS's own words
	}
	return nil
}

// trusts reports whether warehouses may assume a role. Of a role that the twin doesn't
// know, nothing is known against it.
func (w warehouseRoles) trusts(role string) bool {
	known, ok := w.iam.EffectiveRole(role)
	return !ok || known.Trusts(w.services()...)
}

// services are the principals by which warehouses assume roles.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/authorizing-redshift-service.html
func (w warehouseRoles) services() []string {
	return []string{"redshift.amazonaws.com", "redshift." + w.account.Region + ".amazonaws.com", "redshift-serverless.amazonaws.com"}
}

// keyOf returns the ARN of the customer's key that a stream is encrypted with, or "".
func (w warehouseRoles) keyOf(stream string) string {
	for _, s := range w.streams.Streams() {
		key := s.Config.KeyID
		switch {
		case s.Name != stream || key == "" || strings.HasPrefix(key, "alias/aws/"):
		case arn.IsARN(key):
			return key
		default:
			return w.account.ARN("kms", "key/"+key)
		}
	}
	return ""
}
