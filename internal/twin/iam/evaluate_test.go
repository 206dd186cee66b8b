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
	allow := func(action, resource any) map[string]any {
		return map[string]any{"Effect": "Allow", "Action": action, "Resource": resource}
	}
	deny := map[string]any{"Effect": "Deny", "Action": "kinesis:*", "Resource": "arn:stream/secret"}
	conditional := allow("iam:PassRole", "arn:role/ours")
	conditional["Condition"] = map[string]any{"StringEquals": map[string]any{"iam:PassedToService": []any{"redshift.amazonaws.com"}}}
	via := allow("kms:Decrypt", "arn:key/k")
	via["Condition"] = map[string]any{"StringEquals": map[string]any{"kms:ViaService": []any{"kinesis.eu-west-1.amazonaws.com", "kinesis.eu-west-1.amazonaws.com.cn"}}}
	when := func(effect string, condition map[string]any) map[string]any {
		return map[string]any{"Effect": effect, "Action": "redshift-data:DescribeStatement", "Resource": "*", "Condition": condition}
	}
	allowIf := func(operator string, value any) map[string]any {
		return when("Allow", map[string]any{operator: map[string]any{"redshift-data:statement-owner-iam-userid": value}})
	}
	versioned := func(version string) iam.Role {
		return iam.Role{Inline: map[string]any{"p": map[string]any{"Version": version, "Statement": []any{allowIf("StringEquals", "${aws:userid}")}}}}
	}
	const describe = "redshift-data:DescribeStatement"
	ownedBy := func(owner string) map[string]string {
		return map[string]string{"redshift-data:statement-owner-iam-userid": owner, "aws:userid": "me"}
	}
	tests := map[string]struct {
		role             iam.Role
		action, resource string
		context          map[string]string
		want             bool
	}{
		"no statement":                        {policy(), "kinesis:GetRecords", "arn:stream/a", nil, false},
		"the same action and resource":        {policy(allow("kinesis:GetRecords", "arn:stream/a")), "kinesis:GetRecords", "arn:stream/a", nil, true},
		"another resource":                    {policy(allow("kinesis:GetRecords", "arn:stream/a")), "kinesis:GetRecords", "arn:stream/b", nil, false},
		"one of several actions":              {policy(allow([]any{"kinesis:ListShards", "kinesis:Get*"}, "*")), "kinesis:GetRecords", "arn:stream/b", nil, true},
		"actions are not case-sensitive":      {policy(allow("KINESIS:getrecords", "*")), "kinesis:GetRecords", "arn", nil, true},
		"? matches one character only":        {policy(allow("*", "arn:stream/?")), "kinesis:GetRecords", "arn:stream/ab", nil, false},
		"denied":                              {policy(allow("*", "*"), deny), "kinesis:GetRecords", "arn:stream/secret", nil, false},
		"another resource denied":             {policy(allow("*", "*"), deny), "kinesis:GetRecords", "arn:stream/open", nil, true},
		"condition met":                       {policy(conditional), "iam:PassRole", "arn:role/ours", map[string]string{"iam:PassedToService": "redshift.amazonaws.com"}, true},
		"condition not met":                   {policy(conditional), "iam:PassRole", "arn:role/ours", map[string]string{"iam:PassedToService": "ec2.amazonaws.com"}, false},
		"kms:ViaService met":                  {policy(via), "kms:Decrypt", "arn:key/k", map[string]string{"kms:ViaService": "kinesis.eu-west-1.amazonaws.com"}, true},
		"kms:ViaService, second value":        {policy(via), "kms:Decrypt", "arn:key/k", map[string]string{"kms:ViaService": "kinesis.eu-west-1.amazonaws.com.cn"}, true},
		"kms:ViaService, another service":     {policy(via), "kms:Decrypt", "arn:key/k", map[string]string{"kms:ViaService": "s3.eu-west-1.amazonaws.com"}, false},
		"kms:ViaService, another region":      {policy(via), "kms:Decrypt", "arn:key/k", map[string]string{"kms:ViaService": "kinesis.us-east-1.amazonaws.com"}, false},
		"kms:ViaService, no value":            {policy(via), "kms:Decrypt", "arn:key/k", nil, false},
		"action without resources, on *":      {policy(allow("redshift-serverless:*UsageLimit", "*")), "redshift-serverless:CreateUsageLimit", "arn:workgroup/g", nil, true},
		"action without resources, on an ARN": {policy(allow("redshift-serverless:*UsageLimit", "arn:workgroup/g")), "redshift-serverless:CreateUsageLimit", "arn:workgroup/g", nil, false},
		"action without resources, on arn:*":  {policy(allow(describe, "arn:*")), describe, "*", nil, false},
		"unsupported action":                  {policy(allow("*", "*")), "redshift:RebootCluster", "arn", nil, false},
		"statement of the caller":             {versioned("2012-10-17"), describe, "*", ownedBy("me"), true},
		"statement of another user":           {versioned("2012-10-17"), describe, "*", ownedBy("you"), false},
		"variable in a policy of 2008":        {versioned("2008-10-17"), describe, "*", ownedBy("me"), false},
		"StringLike":                          {policy(allowIf("StringLike", "m?")), describe, "*", ownedBy("me"), true},
		"StringNotEquals":                     {policy(allowIf("StringNotEquals", []any{"you", "me"})), describe, "*", ownedBy("me"), false},
		"StringNotLike":                       {policy(allowIf("StringNotLike", "y*")), describe, "*", ownedBy("me"), true},
		"StringEqualsIfExists":                {policy(allowIf("StringEqualsIfExists", "me")), describe, "*", ownedBy("you"), false},
		"StringEqualsIfExists, no value":      {policy(allowIf("StringEqualsIfExists", "me")), describe, "*", nil, true},
		"StringLikeIfExists, no value":        {policy(allowIf("StringLikeIfExists", "me")), describe, "*", nil, true},
		"StringEqualsIgnoreCase":              {policy(allowIf("StringEqualsIgnoreCase", "ME")), describe, "*", ownedBy("me"), true},
		"ForAnyValue":                         {policy(allowIf("ForAnyValue:StringLike", "m*")), describe, "*", ownedBy("me"), true},
		"ForAnyValue, no value":               {policy(allowIf("ForAnyValue:StringLike", "m*")), describe, "*", nil, false},
		"ForAllValues, no value":              {policy(allowIf("ForAllValues:StringLike", "m*")), describe, "*", nil, true},
		"ArnLike":                             {policy(allowIf("ArnLike", "m*")), describe, "*", ownedBy("me"), true},
		"Null true, no value":                 {policy(allowIf("Null", "true")), describe, "*", nil, true},
		"Null true, with a value":             {policy(allowIf("Null", "true")), describe, "*", ownedBy("me"), false},
		"Null false, with a value":            {policy(allowIf("Null", "false")), describe, "*", ownedBy("me"), true},
		"Deny for other users": {
			policy(allow(describe, "*"), when("Deny", map[string]any{"StringNotEquals": map[string]any{"redshift-data:statement-owner-iam-userid": "me"}})), describe, "*", ownedBy("you"), false,
		},
		"condition key without a value": {policy(conditional), "iam:PassRole", "arn:role/ours", nil, false},
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
