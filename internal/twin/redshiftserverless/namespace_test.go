package redshiftserverless_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/redshiftserverless"
	"github.com/google/go-cmp/cmp"
)

// TestUpdateNamespaceLeavesWhatItDoesNotName begins with a namespace of two roles, of
// which the first is the default one.
func TestUpdateNamespaceLeavesWhatItDoesNotName(t *testing.T) {
	t.Parallel()
	type namespace struct {
		Roles       []string
		DefaultRole string
	}
	as := func(role, status string) string {
		return "IamRole(applyStatus=" + status + ", iamRoleArn=" + role + ")"
	}
	both := []string{as(ours, "in-sync"), as(theirs, "in-sync")}
	tests := map[string]struct {
		update sdk.UpdateNamespaceInput
		want   namespace
	}{
		"nothing":                    {sdk.UpdateNamespaceInput{}, namespace{both, ours}},
		"the default role alone":     {sdk.UpdateNamespaceInput{DefaultIamRoleArn: aws.String(theirs)}, namespace{both, theirs}},
		"no default role any longer": {sdk.UpdateNamespaceInput{DefaultIamRoleArn: aws.String("")}, namespace{both, ""}},
		"the roles alone": {
			sdk.UpdateNamespaceInput{IamRoles: []string{ours}},
			namespace{[]string{as(ours, "in-sync"), as(theirs, "removing")}, ours},
		},
		"no roles any longer": {
			sdk.UpdateNamespaceInput{IamRoles: []string{}},
			namespace{[]string{as(ours, "removing"), as(theirs, "removing")}, ours},
		},
		"both": {
			sdk.UpdateNamespaceInput{IamRoles: []string{theirs}, DefaultIamRoleArn: aws.String(theirs)},
			namespace{[]string{as(ours, "removing"), as(theirs, "in-sync")}, theirs},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, client := open(t, nil)
			_, err := client.CreateNamespace(t.Context(), &sdk.CreateNamespaceInput{
				NamespaceName: aws.String("space"), IamRoles: []string{ours, theirs}, DefaultIamRoleArn: aws.String(ours),
			})
			if err != nil {
				t.Fatal(err)
			}
			test.update.NamespaceName = aws.String("space")
			answer, err := client.UpdateNamespace(t.Context(), &test.update)
			if err != nil {
				t.Fatal(err)
			}
			after, err := client.GetNamespace(t.Context(), &sdk.GetNamespaceInput{NamespaceName: aws.String("space")})
			if err != nil {
				t.Fatal(err)
			}
			want := []namespace{test.want, test.want}
			got := []namespace{
				{answer.Namespace.IamRoles, aws.ToString(answer.Namespace.DefaultIamRoleArn)},
				{after.Namespace.IamRoles, aws.ToString(after.Namespace.DefaultIamRoleArn)},
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("as the update answers it, and as it is then (-want +got):\n%s", diff)
			}
		})
	}
}
