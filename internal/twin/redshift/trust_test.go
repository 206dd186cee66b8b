package redshift_test

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	redshiftsdk "github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin/redshift"
)

// TestRoleThatDoesNotTrust can't be attached.
func TestRoleThatDoesNotTrust(t *testing.T) {
	t.Parallel()
	store, client := open(t, redshift.API{Trusts: func(role string) bool { return role == theirs }})
	if err := store.CreateCluster(t.Context(), redshift.Cluster{Identifier: "c", Database: "dev"}); err != nil {
		t.Fatal(err)
	}
	attach := func(role string) string {
		_, err := client.ModifyClusterIamRoles(t.Context(), &redshiftsdk.ModifyClusterIamRolesInput{ClusterIdentifier: aws.String("c"), AddIamRoles: []string{role}})
		return problem(err)
	}
	want := []string{"InvalidParameterValue: The IAM role ours is not valid. The IAM role must delegate access to an Amazon Redshift account.", ""}
	if diff := cmp.Diff(want, []string{attach(ours), attach(theirs)}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// problem returns an API error's code and message.
func problem(err error) string {
	var e smithy.APIError
	if errors.As(err, &e) {
		return e.ErrorCode() + ": " + e.ErrorMessage()
	}
	return ""
}
