package resource_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPoliciesAreChecked checks that the errors for invalid policy documents contain the
// path of the fault, for each property that contains a document.
func TestPoliciesAreChecked(t *testing.T) {
	t.Parallel()
	type object = map[string]any
	document := object{"Statement": []any{object{"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}}}
	const problem = "Statement[0].NotAction: not supported by the local twin; use Action"
	tests := map[string]struct {
		typeName   string
		properties object
		want       string
	}{
		"trust policy of a role":  {"AWS::IAM::Role", object{"AssumeRolePolicyDocument": document}, "AssumeRolePolicyDocument." + problem},
		"inline policy of a role": {"AWS::IAM::Role", object{"AssumeRolePolicyDocument": trust("x"), "Policies": []any{object{"PolicyName": "p", "PolicyDocument": document}}}, "Policies[0].PolicyDocument." + problem},
		"policy":                  {"AWS::IAM::Policy", object{"PolicyName": "p", "PolicyDocument": document}, "PolicyDocument." + problem},
		"managed policy":          {"AWS::IAM::ManagedPolicy", object{"PolicyDocument": document}, "PolicyDocument." + problem},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := newTestServices().types[test.typeName].Provider.Create(t.Context(), request(test.typeName, test.properties))
			if err == nil {
				t.Fatal("got no error, want one")
			}
			want := `Resource handler returned message: "` + test.want + `" (RequestToken: r1, HandlerErrorCode: InvalidRequest)`
			if diff := cmp.Diff(want, err.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
