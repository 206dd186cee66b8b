package twin

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"github.com/tributary-cdk/tributary/internal/twin/account"
	"github.com/tributary-cdk/tributary/internal/twin/kinesis"
)

// warehouseRoles authorizes what warehouses do with the roles that are attached to them.
type warehouseRoles struct {
	policies
	attached func(cluster, role string) bool // cluster is a warehouse's ID in the SQL engine
	streams  *kinesis.Store
	account  account.Account
}

// Attached returns an error of Redshift if a role is not attached to a warehouse. For a
// chain of roles, separated by commas, it checks the first role.
func (w warehouseRoles) Attached(cluster, roles string) error {
	first, _, _ := strings.Cut(roles, ",")
	if !w.attached(cluster, first) {
		return fmt.Errorf("The requested role %s is not associated to cluster", first) //nolint:staticcheck // Redshift's own words
	}
	return nil
}

// MayRead returns an error of AWS if a warehouse may not read a stream by a role. For a
// chain of roles, separated by commas, each role must be allowed to assume the next one,
// and the last one must be allowed to read the stream. A role that does not exist on the
// twin may do everything.
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
	// The call of KMS comes from Kinesis, which decrypts the records.
	//
	// Source: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
	via := map[string]string{"kms:ViaService": "kinesis." + w.account.Region + ".amazonaws.com"}
	if key := w.keyOf(stream); key != "" && !w.allows(role, "kms:Decrypt", key, via) {
		return fmt.Errorf("User: %s is not authorized to perform: kms:Decrypt on resource: %s", last, key) //nolint:staticcheck // AWS's own words
	}
	return nil
}

// trusts reports whether the trust policy of a role allows warehouses to assume the role.
// It is true for a role that does not exist on the twin.
func (w warehouseRoles) trusts(roleARN string) bool {
	role, ok := w.iam.EffectiveRole(roleARN)
	return !ok || role.Trusts(w.services()...)
}

// services returns the service principals of warehouses.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/authorizing-redshift-service.html
func (w warehouseRoles) services() []string {
	return []string{"redshift.amazonaws.com", "redshift." + w.account.Region + ".amazonaws.com", "redshift-serverless.amazonaws.com"}
}

// keyOf returns the ARN of the KMS key that encrypts a stream. It returns "" if the stream
// is not encrypted, or if the key is AWS's own.
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
