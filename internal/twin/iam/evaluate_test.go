package iam_test

import (
	"testing"

	"github.com/tributary-cdk/tributary/internal/twin/iam"
)

func TestAllows(t *testing.T) {
	t.Parallel()
	policy := func(statements ...map[string]any) iam.Role {
		var list []any
		for _, s := range statements {
			list = append(list, s)
		}
		return iam.Role{Inline: map[string]any{"p": map[string]any{"Statement": list}}}
	}
	allow := func(action, on any) map[string]any {
		return map[string]any{"Effect": "Allow", "Action": action, "Resource": on}
	}
	deny := map[string]any{"Effect": "Deny", "Action": "kinesis:*", "Resource": "arn:stream/secret"}
	conditional := allow("iam:PassRole", "arn:role/ours")
	conditional["Condition"] = map[string]any{"StringEquals": map[string]any{"iam:PassedToService": []any{"redshift.amazonaws.com"}}}
	via := allow("kms:Decrypt", "arn:key/k")
	via["Condition"] = map[string]any{"StringEquals": map[string]any{"kms:ViaService": []any{"kinesis.eu-west-1.amazonaws.com", "kinesis.eu-west-1.amazonaws.com.cn"}}}
	when := func(effect string, condition map[string]any) map[string]any {
		return map[string]any{"Effect": effect, "Action": "redshift-data:DescribeStatement", "Resource": "*", "Condition": condition}
	}
	test1 := func(operator string, value any) map[string]any {
		return when("Allow", map[string]any{operator: map[string]any{"redshift-data:statement-owner-iam-userid": value}})
	}
	versioned := func(version string) iam.Role {
		return iam.Role{Inline: map[string]any{"p": map[string]any{"Version": version, "Statement": []any{test1("StringEquals", "${aws:userid}")}}}}
	}
	const describe = "redshift-data:DescribeStatement"
	of := func(owner string) map[string]string {
		return map[string]string{"redshift-data:statement-owner-iam-userid": owner, "aws:userid": "me"}
	}
	tests := map[string]struct {
		role             iam.Role
		action, resource string
		context          map[string]string
		want             bool
	}{
		"nothing":                                {policy(), "kinesis:GetRecords", "arn:stream/a", nil, false},
		"the very one":                           {policy(allow("kinesis:GetRecords", "arn:stream/a")), "kinesis:GetRecords", "arn:stream/a", nil, true},
		"another resource":                       {policy(allow("kinesis:GetRecords", "arn:stream/a")), "kinesis:GetRecords", "arn:stream/b", nil, false},
		"one of a list":                          {policy(allow([]any{"kinesis:ListShards", "kinesis:Get*"}, "*")), "kinesis:GetRecords", "arn:stream/b", nil, true},
		"actions fold case":                      {policy(allow("KINESIS:getrecords", "*")), "kinesis:GetRecords", "arn", nil, true},
		"one character":                          {policy(allow("*", "arn:stream/?")), "kinesis:GetRecords", "arn:stream/ab", nil, false},
		"denied":                                 {policy(allow("*", "*"), deny), "kinesis:GetRecords", "arn:stream/secret", nil, false},
		"denied elsewhere":                       {policy(allow("*", "*"), deny), "kinesis:GetRecords", "arn:stream/open", nil, true},
		"condition met":                          {policy(conditional), "iam:PassRole", "arn:role/ours", map[string]string{"iam:PassedToService": "redshift.amazonaws.com"}, true},
		"condition not met":                      {policy(conditional), "iam:PassRole", "arn:role/ours", map[string]string{"iam:PassedToService": "ec2.amazonaws.com"}, false},
		"by way of a service":                    {policy(via), "kms:Decrypt", "arn:key/k", map[string]string{"kms:ViaService": "kinesis.eu-west-1.amazonaws.com"}, true},
		"by its other name":                      {policy(via), "kms:Decrypt", "arn:key/k", map[string]string{"kms:ViaService": "kinesis.eu-west-1.amazonaws.com.cn"}, true},
		"by way of another":                      {policy(via), "kms:Decrypt", "arn:key/k", map[string]string{"kms:ViaService": "s3.eu-west-1.amazonaws.com"}, false},
		"by way of another region":               {policy(via), "kms:Decrypt", "arn:key/k", map[string]string{"kms:ViaService": "kinesis.us-east-1.amazonaws.com"}, false},
		"directly":                               {policy(via), "kms:Decrypt", "arn:key/k", nil, false},
		"an action without resources":            {policy(allow("redshift-serverless:*UsageLimit", "*")), "redshift-serverless:CreateUsageLimit", "arn:workgroup/g", nil, true},
		"an action without resources, on an ARN": {policy(allow("redshift-serverless:*UsageLimit", "arn:workgroup/g")), "redshift-serverless:CreateUsageLimit", "arn:workgroup/g", nil, false},
		"an action without resources, on ARNs":   {policy(allow(describe, "arn:*")), describe, "*", nil, false},
		"an action that isn't listed":            {policy(allow("*", "*")), "redshift:RebootCluster", "arn", nil, false},
		"the owner's own":                        {versioned("2012-10-17"), describe, "*", of("me"), true},
		"another's":                              {versioned("2012-10-17"), describe, "*", of("you"), false},
		"a variable in an old policy":            {versioned("2008-10-17"), describe, "*", of("me"), false},
		"StringLike":                             {policy(test1("StringLike", "m?")), describe, "*", of("me"), true},
		"StringNotEquals":                        {policy(test1("StringNotEquals", []any{"you", "me"})), describe, "*", of("me"), false},
		"StringNotLike":                          {policy(test1("StringNotLike", "y*")), describe, "*", of("me"), true},
		"StringEqualsIfExists":                   {policy(test1("StringEqualsIfExists", "me")), describe, "*", of("you"), false},
		"StringEqualsIfExists without":           {policy(test1("StringEqualsIfExists", "me")), describe, "*", nil, true},
		"StringLikeIfExists without":             {policy(test1("StringLikeIfExists", "me")), describe, "*", nil, true},
		"StringEqualsIgnoreCase":                 {policy(test1("StringEqualsIgnoreCase", "ME")), describe, "*", of("me"), true},
		"ForAnyValue":                            {policy(test1("ForAnyValue:StringLike", "m*")), describe, "*", of("me"), true},
		"ForAnyValue without":                    {policy(test1("ForAnyValue:StringLike", "m*")), describe, "*", nil, false},
		"ForAllValues without":                   {policy(test1("ForAllValues:StringLike", "m*")), describe, "*", nil, true},
		"ArnLike":                                {policy(test1("ArnLike", "m*")), describe, "*", of("me"), true},
		"Null":                                   {policy(test1("Null", "true")), describe, "*", nil, true},
		"Null, and it is there":                  {policy(test1("Null", "true")), describe, "*", of("me"), false},
		"Null false":                             {policy(test1("Null", "false")), describe, "*", of("me"), true},
		"a denial of others": {
			policy(allow(describe, "*"), when("Deny", map[string]any{"StringNotEquals": map[string]any{"redshift-data:statement-owner-iam-userid": "me"}})), describe, "*", of("you"), false,
		},
		"condition not known": {policy(conditional), "iam:PassRole", "arn:role/ours", nil, false},
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
