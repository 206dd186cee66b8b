package warehouse_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	redshiftsdk "github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/aws/aws-sdk-go-v2/service/redshiftserverless"
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
		update redshiftserverless.UpdateNamespaceInput
		want   namespace
	}{
		"nothing":                    {redshiftserverless.UpdateNamespaceInput{}, namespace{both, ours}},
		"the default role alone":     {redshiftserverless.UpdateNamespaceInput{DefaultIamRoleArn: aws.String(theirs)}, namespace{both, theirs}},
		"no default role any longer": {redshiftserverless.UpdateNamespaceInput{DefaultIamRoleArn: aws.String("")}, namespace{both, ""}},
		"the roles alone": {
			redshiftserverless.UpdateNamespaceInput{IamRoles: []string{ours}},
			namespace{[]string{as(ours, "in-sync"), as(theirs, "removing")}, ours},
		},
		"no roles any longer": {
			redshiftserverless.UpdateNamespaceInput{IamRoles: []string{}},
			namespace{[]string{as(ours, "removing"), as(theirs, "removing")}, ours},
		},
		"both": {
			redshiftserverless.UpdateNamespaceInput{IamRoles: []string{theirs}, DefaultIamRoleArn: aws.String(theirs)},
			namespace{[]string{as(ours, "removing"), as(theirs, "in-sync")}, theirs},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, client := open(t, nil)
			_, err := client.CreateNamespace(t.Context(), &redshiftserverless.CreateNamespaceInput{
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
			after, err := client.GetNamespace(t.Context(), &redshiftserverless.GetNamespaceInput{NamespaceName: aws.String("space")})
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

// TestDefaultRoleOfANewCluster is kept until somebody sets another.
func TestDefaultRoleOfANewCluster(t *testing.T) {
	t.Parallel()
	_, client, _ := open(t, nil)
	created, err := client.CreateCluster(t.Context(), &redshiftsdk.CreateClusterInput{
		ClusterIdentifier: aws.String("c"), NodeType: aws.String("ra3.large"), MasterUsername: aws.String("root"),
		IamRoles: []string{ours}, DefaultIamRoleArn: aws.String(ours),
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(ours, aws.ToString(created.Cluster.DefaultIamRoleArn)); diff != "" {
		t.Errorf("default role (-want +got):\n%s", diff)
	}
}
