// Package partition maps AWS regions to partitions. A partition is a group of regions
// with its own accounts and its own prefix of ARNs.
package partition

import "strings"

// The partitions that Tributary distinguishes.
//
// Source: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
const (
	AWS      = "aws"
	China    = "aws-cn"
	GovCloud = "aws-us-gov"
)

// Of returns the partition of a region. It returns [AWS] for unknown regions.
func Of(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return China
	case strings.HasPrefix(region, "us-gov-"):
		return GovCloud
	}
	return AWS
}

// URLSuffix returns the domain of the endpoints of a partition.
func URLSuffix(partition string) string {
	if partition == China {
		return "amazonaws.com.cn"
	}
	return "amazonaws.com"
}
