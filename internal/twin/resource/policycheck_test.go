package resource_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPolicyThatCannotBeWeighed is refused when it is created.
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
		want      string // "" if it is made
	}{
		"NotAction":             {object{"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}, "NotAction: the local twin can't weigh it; use Action"},
		"NotResource":           {object{"Effect": "Deny", "Action": "*", "NotResource": "arn"}, "NotResource: the local twin can't weigh it; use Resource"},
		"NotPrincipal":          {object{"Effect": "Allow", "Action": "*", "Resource": "*", "NotPrincipal": "*"}, "NotPrincipal: the local twin can't weigh it; use Principal"},
		"an effect":             {object{"Effect": "allow", "Action": "*", "Resource": "*"}, `Effect: Allow or Deny is needed, got \"allow\"`},
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
	kinds := map[string]struct {
		typeName, path string
		properties     func(document object) object
	}{
		"a role's own": {roleType, "Policies[0].PolicyDocument.", func(document object) object {
			return object{"AssumeRolePolicyDocument": trust("redshift.amazonaws.com"), "Policies": []any{object{"PolicyName": "p", "PolicyDocument": document}}}
		}},
		"a policy": {policyType, "PolicyDocument.", func(document object) object {
			return object{"PolicyName": "p", "Roles": []any{"r"}, "PolicyDocument": document}
		}},
		"a managed one": {managedType, "PolicyDocument.", func(document object) object { return object{"PolicyDocument": document} }},
	}
	for kind, k := range kinds {
		for name, test := range tests {
			t.Run(kind+"/"+name, func(t *testing.T) {
				t.Parallel()
				w := newWorld()
				w.create(t, roleType, object{"RoleName": "r", "AssumeRolePolicyDocument": trust("lambda.amazonaws.com")})
				document := object{"Version": "2012-10-17", "Statement": []any{allowing("s3:GetObject")["Statement"].([]any)[0], test.statement}} //nolint:errcheck // a list
				_, err := w.types[k.typeName].Provider.Create(t.Context(), request(k.typeName, k.properties(document)))
				want, got := "", ""
				if test.want != "" {
					want = `Resource handler returned message: "` + k.path + "Statement[1]." + test.want + `" (RequestToken: r1, HandlerErrorCode: InvalidRequest)`
				}
				if err != nil {
					got = err.Error()
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		}
	}
}

// TestTrustThatCannotBeWeighed is refused, too. Conditions of a trust are not weighed,
// and may be on any key.
func TestTrustThatCannotBeWeighed(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change map[string]any
		want   string
	}{
		"NotPrincipal":    {map[string]any{"NotPrincipal": map[string]any{"AWS": "1"}}, "AssumeRolePolicyDocument.Statement[0].NotPrincipal: the local twin can't weigh it; use Principal"},
		"as Cognito's is": {map[string]any{"Condition": map[string]any{"ForAnyValue:StringLike": map[string]any{"cognito-identity.amazonaws.com:amr": "authenticated"}}}, ""},
		"of one user":     {map[string]any{"Condition": map[string]any{"StringEquals": map[string]any{"sts:ExternalId": "arn:aws:redshift:us-east-1:1:dbuser:c/u"}}}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			statement := map[string]any{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": map[string]any{"Service": "redshift.amazonaws.com"}}
			for name, value := range test.change {
				statement[name] = value
			}
			_, err := newWorld().types[roleType].Provider.Create(t.Context(), request(roleType, map[string]any{"AssumeRolePolicyDocument": map[string]any{"Statement": []any{statement}}}))
			want, got := "", ""
			if test.want != "" {
				want = `Resource handler returned message: "` + test.want + `" (RequestToken: r1, HandlerErrorCode: InvalidRequest)`
			}
			if err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
