package account_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin/account"
)

func TestARNs(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		region string
		want   []string
	}{
		"aws":        {"eu-west-1", []string{"arn:aws:kinesis:eu-west-1:000000000000:stream/s", "arn:aws:iam::000000000000:role/r"}},
		"aws-cn":     {"cn-north-1", []string{"arn:aws-cn:kinesis:cn-north-1:000000000000:stream/s", "arn:aws-cn:iam::000000000000:role/r"}},
		"aws-us-gov": {"us-gov-west-1", []string{"arn:aws-us-gov:kinesis:us-gov-west-1:000000000000:stream/s", "arn:aws-us-gov:iam::000000000000:role/r"}},
	}
	for partition, test := range tests {
		t.Run(partition, func(t *testing.T) {
			t.Parallel()
			a := account.Account{Region: test.region, ID: "000000000000"}
			got := []string{a.ARN("kinesis", "stream/s"), a.GlobalARN("iam", "role/r")}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestIsRoleARN(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"arn:aws:iam::000000000000:role/r":            true,
		"arn:aws:iam::000000000000:role/path/to/r":    true,
		"arn:aws-us-gov:iam::000000000000:role/r+=,@": true,
		"arn:gcp:iam::000000000000:role/r":            false,
		"arn:aws:iam:us-east-1:000000000000:role/r":   false,
		"arn:aws:iam::00000000000:role/r":             false,
		"arn:aws:iam::000000000000:role/":             false,
		"arn:aws:iam::000000000000:role/a b":          false,
		"arn:aws:iam::000000000000:user/u":            false,
		"arn:aws:sts::000000000000:role/r":            false,
		"r":                                           false,
		"":                                            false,
	} {
		if got := account.IsRoleARN(text); got != want {
			t.Errorf("%q: want %v, got %v", text, want, got)
		}
	}
}
