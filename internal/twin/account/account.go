// Package account says whose the twin's resources are: which AWS account's, in which
// region. From that follow their ARNs.
package account

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
)

// Account is one AWS account in one region.
type Account struct{ Region, ID string }

// ARN returns the ARN of a resource, such as "stream/clicks" of "kinesis".
func (a Account) ARN(service, resource string) string {
	return arn.ARN{Partition: Partition(a.Region), Service: service, Region: a.Region, AccountID: a.ID, Resource: resource}.String()
}

// GlobalARN is ARN for services that have no regions, such as IAM.
func (a Account) GlobalARN(service, resource string) string {
	return arn.ARN{Partition: Partition(a.Region), Service: service, AccountID: a.ID, Resource: resource}.String()
}

// Partition returns the partition that a region belongs to.
//
// Source: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
func Partition(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}
