package partition_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/partition"
)

func TestOf(t *testing.T) {
	t.Parallel()
	for region, want := range map[string][2]string{
		"eu-west-1":     {"aws", "amazonaws.com"},
		"cn-north-1":    {"aws-cn", "amazonaws.com.cn"},
		"us-gov-west-1": {"aws-us-gov", "amazonaws.com"},
		"":              {"aws", "amazonaws.com"},
	} {
		of := partition.Of(region)
		if diff := cmp.Diff(want, [2]string{of, partition.URLSuffix(of)}); diff != "" {
			t.Errorf("%q (-want +got):\n%s", region, diff)
		}
	}
}
