package resource_test

import (
	"testing"

	"github.com/tributary-cdk/tributary/internal/twin/resource"
)

func TestAllows(t *testing.T) {
	t.Parallel()
	policy := func(statements ...map[string]any) resource.Role {
		var list []any
		for _, s := range statements {
			list = append(list, s)
		}
		return resource.Role{Inline: map[string]any{"p": map[string]any{"Statement": list}}}
	}
	allow := func(action, on any) map[string]any {
		return map[string]any{"Effect": "Allow", "Action": action, "Resource": on}
	}
	deny := map[string]any{"Effect": "Deny", "Action": "kinesis:*", "Resource": "arn:stream/secret"}
	conditional := allow("iam:PassRole", "arn:role/ours")
	conditional["Condition"] = map[string]any{"StringEquals": map[string]any{"iam:PassedToService": []any{"redshift.amazonaws.com"}}}
	via := allow("kms:Decrypt", "arn:key/k")
	via["Condition"] = map[string]any{"StringEquals": map[string]any{"kms:ViaService": []any{"kinesis.eu-west-1.amazonaws.com", "kinesis.eu-west-1.amazonaws.com.cn"}}}
	tests := map[string]struct {
		role             resource.Role
		action, resource string
		context          map[string]string
		want             bool
	}{
		"nothing":                  {policy(), "kinesis:GetRecords", "arn:stream/a", nil, false},
		"the very one":             {policy(allow("kinesis:GetRecords", "arn:stream/a")), "kinesis:GetRecords", "arn:stream/a", nil, true},
		"another resource":         {policy(allow("kinesis:GetRecords", "arn:stream/a")), "kinesis:GetRecords", "arn:stream/b", nil, false},
		"one of a list":            {policy(allow([]any{"kinesis:ListShards", "kinesis:Get*"}, "*")), "kinesis:GetRecords", "arn:stream/b", nil, true},
		"actions fold case":        {policy(allow("KINESIS:getrecords", "*")), "kinesis:GetRecords", "arn", nil, true},
		"one character":            {policy(allow("*", "arn:stream/?")), "kinesis:GetRecords", "arn:stream/ab", nil, false},
		"denied":                   {policy(allow("*", "*"), deny), "kinesis:GetRecords", "arn:stream/secret", nil, false},
		"denied elsewhere":         {policy(allow("*", "*"), deny), "kinesis:GetRecords", "arn:stream/open", nil, true},
		"condition met":            {policy(conditional), "iam:PassRole", "arn:role/ours", map[string]string{"iam:PassedToService": "redshift.amazonaws.com"}, true},
		"condition not met":        {policy(conditional), "iam:PassRole", "arn:role/ours", map[string]string{"iam:PassedToService": "ec2.amazonaws.com"}, false},
		"by way of a service":      {policy(via), "kms:Decrypt", "arn:key/k", map[string]string{"kms:ViaService": "kinesis.eu-west-1.amazonaws.com"}, true},
		"by its other name":        {policy(via), "kms:Decrypt", "arn:key/k", map[string]string{"kms:ViaService": "kinesis.eu-west-1.amazonaws.com.cn"}, true},
		"by way of another":        {policy(via), "kms:Decrypt", "arn:key/k", map[string]string{"kms:ViaService": "s3.eu-west-1.amazonaws.com"}, false},
		"by way of another region": {policy(via), "kms:Decrypt", "arn:key/k", map[string]string{"kms:ViaService": "kinesis.us-east-1.amazonaws.com"}, false},
		"directly":                 {policy(via), "kms:Decrypt", "arn:key/k", nil, false},
		"condition not known":      {policy(conditional), "iam:PassRole", "arn:role/ours", nil, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.role.Allows(test.action, test.resource, test.context); got != test.want {
				t.Errorf("want %v, got %v", test.want, got)
			}
		})
	}
}
