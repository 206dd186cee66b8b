// Package account defines the AWS account and region of the twin's resources, and their
// ARNs.
package account

import (
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"github.com/tributary-cdk/tributary/internal/partition"
)

// Account is an AWS account and a region.
type Account struct{ Region, ID string }

// ARN returns the ARN of a resource of a service, such as "stream/clicks" of "kinesis".
func (a Account) ARN(service, resource string) string {
	return arn.ARN{Partition: partition.Of(a.Region), Service: service, Region: a.Region, AccountID: a.ID, Resource: resource}.String()
}

// GlobalARN is like ARN, for services whose ARNs contain no region, such as IAM.
func (a Account) GlobalARN(service, resource string) string {
	return arn.ARN{Partition: partition.Of(a.Region), Service: service, AccountID: a.ID, Resource: resource}.String()
}

// accountID and roleResource match parts of a role's ARN. The path of a role may contain
// any printable ASCII character except the space.
//
// Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
var (
	accountID    = regexp.MustCompile(`^[0-9]{12}$`)
	roleResource = regexp.MustCompile(`^role/[!-~]+$`)
)

// IsRoleARN reports whether text is the ARN of an IAM role, in any account and partition.
func IsRoleARN(text string) bool {
	a, err := arn.Parse(text)
	return err == nil && strings.HasPrefix(a.Partition, "aws") && a.Service == "iam" && a.Region == "" &&
		accountID.MatchString(a.AccountID) && roleResource.MatchString(a.Resource)
}
