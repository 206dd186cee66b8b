package iam_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tributary-cdk/tributary/internal/twin/iam"
)

func TestUnsupportedPolicies(t *testing.T) {
	t.Parallel()
	type object = map[string]any
	condition := func(effect, operator, key string, value any) object {
		return object{"Effect": effect, "Action": "redshift-data:*", "Resource": "*", "Condition": object{operator: object{key: value}}}
	}
	const (
		operators = "operator not supported by the local twin; use one of ArnEquals, ArnLike, Bool, StringEquals, StringEqualsIgnoreCase, StringLike and Null, or their variants with Not or IfExists"
		noValue   = "condition key not supported by the local twin here; use aws:userid, iam:PassedToService, kms:ViaService, redshift-data:statement-owner-iam-userid"
		owner     = "redshift-data:statement-owner-iam-userid"
	)
	tests := map[string]struct {
		statement object
		want      string // path within the statement, ": " and message; "" if the policy is valid
	}{
		"NotAction":                        {object{"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}, "NotAction: not supported by the local twin; use Action"},
		"NotResource":                      {object{"Effect": "Deny", "Action": "*", "NotResource": "arn"}, "NotResource: not supported by the local twin; use Resource"},
		"NotPrincipal":                     {object{"Effect": "Allow", "Action": "*", "Resource": "*", "NotPrincipal": "*"}, "NotPrincipal: not supported by the local twin; use Principal"},
		"Effect in lower case":             {object{"Effect": "allow", "Action": "*", "Resource": "*"}, `Effect: needs Allow or Deny, got "allow"`},
		"unsupported operator":             {condition("Deny", "NumericLessThan", owner, "1"), "Condition.NumericLessThan: " + operators},
		"unsupported prefix":               {condition("Allow", "ForSomeValue:StringLike", owner, "1"), "Condition.ForSomeValue:StringLike: " + operators},
		"unsupported variable":             {condition("Allow", "StringEquals", owner, "${aws:username}"), "Condition.StringEquals." + owner + ": the local twin does not support the policy variable ${aws:username}; use ${aws:userid}"},
		"unsupported variable in Resource": {object{"Effect": "Allow", "Action": "*", "Resource": []any{"arn/${aws:username}"}}, "Resource: the local twin does not support the policy variable ${aws:username}; use ${aws:userid}"},
		"unsupported key in a Deny":        {condition("Deny", "StringEquals", "aws:SourceVpc", "vpc-1"), "Condition.StringEquals.aws:SourceVpc: " + noValue},
		"unsupported key with IfExists":    {condition("Allow", "StringEqualsIfExists", "aws:SourceVpc", "vpc-1"), "Condition.StringEqualsIfExists.aws:SourceVpc: " + noValue},

		"valid: unsupported key in an Allow": {condition("Allow", "StringEquals", "aws:SourceVpc", "vpc-1"), ""},
		"valid: Deny for S3":                 {object{"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": object{"Bool": object{"aws:SecureTransport": "false"}}}, ""},
		"valid: supported variable":          {condition("Allow", "StringEquals", owner, "${aws:userid}"), ""},
		"valid: supported key with IfExists": {condition("Allow", "StringLikeIfExists", owner, "${aws:userid}"), ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			document := object{"Version": "2012-10-17", "Statement": []any{object{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}, test.statement}}
			var want []iam.Problem
			if path, message, refused := strings.Cut(test.want, ": "); refused {
				want = []iam.Problem{{Path: "Statement[1]." + path, Message: message}}
			}
			if diff := cmp.Diff(want, iam.CheckPolicy(document), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestMalformedDocuments checks that CheckPolicy returns all problems of a document.
func TestMalformedDocuments(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		document any
		want     []iam.Problem
	}{
		"no document": {nil, []iam.Problem{{Path: "", Message: "Syntax errors in policy: needs a Statement"}}},
		"a string": {"all", []iam.Problem{
			{Path: "", Message: "needs an object, got all"},
			{Path: "", Message: "Syntax errors in policy: needs a Statement"},
		}},
		"statements that are not objects": {map[string]any{"Statement": []any{"all", nil}}, []iam.Problem{
			{Path: "Statement[0]", Message: "needs an object, got all"},
			{Path: "Statement[1]", Message: "needs an object, got <nil>"},
		}},
		"valid: a single statement, not in a list": {map[string]any{"Statement": map[string]any{"Effect": "Allow", "Action": "*", "Resource": "*"}}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, iam.CheckPolicy(test.document), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestUnsupportedTrustPolicies checks trust policies. The twin ignores their conditions,
// so every condition key is valid.
func TestUnsupportedTrustPolicies(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change map[string]any
		want   []iam.Problem
	}{
		"NotPrincipal": {map[string]any{"NotPrincipal": map[string]any{"AWS": "1"}}, []iam.Problem{
			{Path: "Statement[0].NotPrincipal", Message: "not supported by the local twin; use Principal"},
		}},
		"valid: a condition of Amazon Cognito": {map[string]any{"Condition": map[string]any{"ForAnyValue:StringLike": map[string]any{"cognito-identity.amazonaws.com:amr": "authenticated"}}}, nil},
		"valid: sts:ExternalId":                {map[string]any{"Condition": map[string]any{"StringEquals": map[string]any{"sts:ExternalId": "arn:aws:redshift:us-east-1:1:dbuser:c/u"}}}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			statement := map[string]any{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": map[string]any{"Service": "redshift.amazonaws.com"}}
			maps.Copy(statement, test.change)
			if diff := cmp.Diff(test.want, iam.CheckTrust(map[string]any{"Statement": []any{statement}}), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
