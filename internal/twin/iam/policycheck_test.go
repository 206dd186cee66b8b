package iam_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tributary-cdk/tributary/internal/twin/iam"
)

// TestPolicyThatCannotBeWeighed is refused.
func TestPolicyThatCannotBeWeighed(t *testing.T) {
	t.Parallel()
	type object = map[string]any
	condition := func(effect, operator, key string, value any) object {
		return object{"Effect": effect, "Action": "redshift-data:*", "Resource": "*", "Condition": object{operator: object{key: value}}}
	}
	const (
		operators = "the local twin can't weigh this operator; it weighs ArnEquals, ArnLike, Bool, StringEquals, StringEqualsIgnoreCase, StringLike, Null, and those with Not or IfExists"
		noValue   = "the local twin has no value of this key and can't weigh it here; it has aws:userid, iam:PassedToService, kms:ViaService, redshift-data:statement-owner-iam-userid"
		owner     = "redshift-data:statement-owner-iam-userid"
	)
	tests := map[string]struct {
		statement object
		want      string // path below the statement, ": " and message; "" if it is taken
	}{
		"NotAction":             {object{"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}, "NotAction: the local twin can't weigh it; use Action"},
		"NotResource":           {object{"Effect": "Deny", "Action": "*", "NotResource": "arn"}, "NotResource: the local twin can't weigh it; use Resource"},
		"NotPrincipal":          {object{"Effect": "Allow", "Action": "*", "Resource": "*", "NotPrincipal": "*"}, "NotPrincipal: the local twin can't weigh it; use Principal"},
		"an effect":             {object{"Effect": "allow", "Action": "*", "Resource": "*"}, `Effect: Allow or Deny is needed, got "allow"`},
		"an operator":           {condition("Deny", "NumericLessThan", owner, "1"), "Condition.NumericLessThan: " + operators},
		"an operator of a set":  {condition("Allow", "ForSomeValue:StringLike", owner, "1"), "Condition.ForSomeValue:StringLike: " + operators},
		"a variable":            {condition("Allow", "StringEquals", owner, "${aws:username}"), "Condition.StringEquals." + owner + ": the local twin doesn't know the policy variable ${aws:username}; it knows ${aws:userid}"},
		"a variable's resource": {object{"Effect": "Allow", "Action": "*", "Resource": []any{"arn/${aws:username}"}}, "Resource: the local twin doesn't know the policy variable ${aws:username}; it knows ${aws:userid}"},
		"a Deny on a key":       {condition("Deny", "StringEquals", "aws:SourceVpc", "vpc-1"), "Condition.StringEquals.aws:SourceVpc: " + noValue},
		"a key that may lack":   {condition("Allow", "StringEqualsIfExists", "aws:SourceVpc", "vpc-1"), "Condition.StringEqualsIfExists.aws:SourceVpc: " + noValue},

		"a key that must be there":    {condition("Allow", "StringEquals", "aws:SourceVpc", "vpc-1"), ""},
		"a Deny of another service's": {object{"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": object{"Bool": object{"aws:SecureTransport": "false"}}}, ""},
		"the owner's own":             {condition("Allow", "StringEquals", owner, "${aws:userid}"), ""},
		"unless it is there":          {condition("Allow", "StringLikeIfExists", owner, "${aws:userid}"), ""},
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

// TestDocumentOfTheWrongForm is refused with all that is wrong.
func TestDocumentOfTheWrongForm(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		document any
		want     []iam.Problem
	}{
		"none": {nil, []iam.Problem{{Path: "", Message: "Syntax errors in policy: a Statement is needed"}}},
		"a text": {"all", []iam.Problem{
			{Path: "", Message: "an object is needed, got all"},
			{Path: "", Message: "Syntax errors in policy: a Statement is needed"},
		}},
		"statements that are none": {map[string]any{"Statement": []any{"all", nil}}, []iam.Problem{
			{Path: "Statement[0]", Message: "an object is needed, got all"},
			{Path: "Statement[1]", Message: "an object is needed, got <nil>"},
		}},
		"one statement": {map[string]any{"Statement": map[string]any{"Effect": "Allow", "Action": "*", "Resource": "*"}}, nil},
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

// TestTrustThatCannotBeWeighed is refused, too. Conditions of a trust are not weighed,
// and may be on any key.
func TestTrustThatCannotBeWeighed(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change map[string]any
		want   []iam.Problem
	}{
		"NotPrincipal": {map[string]any{"NotPrincipal": map[string]any{"AWS": "1"}}, []iam.Problem{
			{Path: "Statement[0].NotPrincipal", Message: "the local twin can't weigh it; use Principal"},
		}},
		"as Cognito's is": {map[string]any{"Condition": map[string]any{"ForAnyValue:StringLike": map[string]any{"cognito-identity.amazonaws.com:amr": "authenticated"}}}, nil},
		"of one user":     {map[string]any{"Condition": map[string]any{"StringEquals": map[string]any{"sts:ExternalId": "arn:aws:redshift:us-east-1:1:dbuser:c/u"}}}, nil},
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
