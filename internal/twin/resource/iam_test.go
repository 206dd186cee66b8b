package resource_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPoliciesAreChecked holds that each document of a policy is checked, and where in
// the properties the problem is.
func TestPoliciesAreChecked(t *testing.T) {
	t.Parallel()
	type object = map[string]any
	document := object{"Statement": []any{object{"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}}}
	const problem = "Statement[0].NotAction: the local twin can't weigh it; use Action"
	tests := map[string]struct {
		typeName   string
		properties object
		want       string
	}{
		"a trust":       {"AWS::IAM::Role", object{"AssumeRolePolicyDocument": document}, "AssumeRolePolicyDocument." + problem},
		"a role's own":  {"AWS::IAM::Role", object{"AssumeRolePolicyDocument": trust("x"), "Policies": []any{object{"PolicyName": "p", "PolicyDocument": document}}}, "Policies[0].PolicyDocument." + problem},
		"a policy":      {"AWS::IAM::Policy", object{"PolicyName": "p", "PolicyDocument": document}, "PolicyDocument." + problem},
		"a managed one": {"AWS::IAM::ManagedPolicy", object{"PolicyDocument": document}, "PolicyDocument." + problem},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := newWorld().types[test.typeName].Provider.Create(t.Context(), request(test.typeName, test.properties))
			if err == nil {
				t.Fatal("want a refusal, got none")
			}
			want := `Resource handler returned message: "` + test.want + `" (RequestToken: r1, HandlerErrorCode: InvalidRequest)`
			if diff := cmp.Diff(want, err.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
