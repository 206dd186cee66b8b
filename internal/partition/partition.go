// Package partition knows AWS's partitions: groups of regions with accounts and names of
// their own.
package partition

import "strings"

// The partitions that Tributary tells apart.
//
// Source: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
const (
	AWS      = "aws"
	China    = "aws-cn"
	GovCloud = "aws-us-gov"
)

// Of returns the partition of a region, [AWS] for a region of no other.
func Of(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return China
	case strings.HasPrefix(region, "us-gov-"):
		return GovCloud
	}
	return AWS
}

// URLSuffix returns the end of the names of a partition's hosts.
func URLSuffix(partition string) string {
	if partition == China {
		return "amazonaws.com.cn"
	}
	return "amazonaws.com"
}
