// Package account says whose the twin's resources are: which AWS account's, in which
// region. From that follow their ARNs.
package account

import (
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"github.com/tributary-cdk/tributary/internal/partition"
)

// Account is one AWS account in one region.
type Account struct{ Region, ID string }

// ARN returns the ARN of a resource, such as "stream/clicks" of "kinesis".
func (a Account) ARN(service, resource string) string {
	return arn.ARN{Partition: partition.Of(a.Region), Service: service, Region: a.Region, AccountID: a.ID, Resource: resource}.String()
}

// GlobalARN is ARN for services that have no regions, such as IAM.
func (a Account) GlobalARN(service, resource string) string {
	return arn.ARN{Partition: partition.Of(a.Region), Service: service, AccountID: a.ID, Resource: resource}.String()
}

// accountID and roleResource are the parts of a role's ARN. A path may have any
// character of ASCII that is no blank.
//
// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
var (
	accountID    = regexp.MustCompile(`^[0-9]{12}$`)
	roleResource = regexp.MustCompile(`^role/[!-~]+$`)
)

// IsRoleARN reports whether a text is the ARN of an IAM role, of any account and
// partition.
func IsRoleARN(text string) bool {
	a, err := arn.Parse(text)
	return err == nil && strings.HasPrefix(a.Partition, "aws") && a.Service == "iam" && a.Region == "" &&
		accountID.MatchString(a.AccountID) && roleResource.MatchString(a.Resource)
}
