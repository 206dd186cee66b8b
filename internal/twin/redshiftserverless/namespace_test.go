package redshiftserverless_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/redshiftserverless"
	"github.com/google/go-cmp/cmp"
)

// TestPartialUpdateNamespace updates a namespace with two roles, of which the first is the
// default role. Fields that the input does not contain must not change.
func TestPartialUpdateNamespace(t *testing.T) {
	t.Parallel()
	type namespace struct {
		Roles       []string
		DefaultRole string
	}
	formatted := func(role, status string) string {
		return "IamRole(applyStatus=" + status + ", iamRoleArn=" + role + ")"
	}
	both := []string{formatted(ownRole, "in-sync"), formatted(otherRole, "in-sync")}
	tests := map[string]struct {
		update sdk.UpdateNamespaceInput
		want   namespace
	}{
		"nothing":               {sdk.UpdateNamespaceInput{}, namespace{both, ownRole}},
		"only the default role": {sdk.UpdateNamespaceInput{DefaultIamRoleArn: aws.String(otherRole)}, namespace{both, otherRole}},
		"default role removed":  {sdk.UpdateNamespaceInput{DefaultIamRoleArn: aws.String("")}, namespace{both, ""}},
		"only the roles": {
			sdk.UpdateNamespaceInput{IamRoles: []string{ownRole}},
			namespace{[]string{formatted(ownRole, "in-sync"), formatted(otherRole, "removing")}, ownRole},
		},
		"all roles removed": {
			sdk.UpdateNamespaceInput{IamRoles: []string{}},
			namespace{[]string{formatted(ownRole, "removing"), formatted(otherRole, "removing")}, ownRole},
		},
		"roles and default role": {
			sdk.UpdateNamespaceInput{IamRoles: []string{otherRole}, DefaultIamRoleArn: aws.String(otherRole)},
			namespace{[]string{formatted(ownRole, "removing"), formatted(otherRole, "in-sync")}, otherRole},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, client := newAPI(t, nil)
			_, err := client.CreateNamespace(t.Context(), &sdk.CreateNamespaceInput{
				NamespaceName: aws.String("space"), IamRoles: []string{ownRole, otherRole}, DefaultIamRoleArn: aws.String(ownRole),
			})
			if err != nil {
				t.Fatal(err)
			}
			test.update.NamespaceName = aws.String("space")
			updated, err := client.UpdateNamespace(t.Context(), &test.update)
			if err != nil {
				t.Fatal(err)
			}
			after, err := client.GetNamespace(t.Context(), &sdk.GetNamespaceInput{NamespaceName: aws.String("space")})
			if err != nil {
				t.Fatal(err)
			}
			want := []namespace{test.want, test.want}
			got := []namespace{
				{updated.Namespace.IamRoles, aws.ToString(updated.Namespace.DefaultIamRoleArn)},
				{after.Namespace.IamRoles, aws.ToString(after.Namespace.DefaultIamRoleArn)},
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("namespace in the responses of UpdateNamespace and GetNamespace (-want +got):\n%s", diff)
			}
		})
	}
}
