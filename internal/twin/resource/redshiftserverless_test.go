package resource_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestNamespaceDefaultRole sets, removes and sets the default role of a namespace again.
func TestNamespaceDefaultRole(t *testing.T) {
	t.Parallel()
	w := newTestServices()
	const typeName = "AWS::RedshiftServerless::Namespace"
	arn := w.create(t, "AWS::IAM::Role", map[string]any{"RoleName": "r", "AssumeRolePolicyDocument": trust("redshift.amazonaws.com")}).Attributes["Arn"]
	with := map[string]any{"NamespaceName": "space", "IamRoles": []any{arn}, "DefaultIamRoleArn": arn}
	without := map[string]any{"NamespaceName": "space", "IamRoles": []any{arn}}
	hasDefault := func() bool { return w.serverless.Attached("namespace/space", "default") }
	w.create(t, typeName, with)
	got := []bool{hasDefault()}
	r := request(typeName, without)
	r.PhysicalID, r.OldProperties = "space", with
	for range 2 {
		if _, err := w.types[typeName].Provider.Update(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		got = append(got, hasDefault())
		r.Properties, r.OldProperties = r.OldProperties, r.Properties
	}
	if diff := cmp.Diff([]bool{true, false, true}, got); diff != "" {
		t.Errorf("namespace has a default role (-want +got):\n%s", diff)
	}
}
