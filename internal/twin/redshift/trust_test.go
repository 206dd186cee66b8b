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

// TestRoleThatDoesNotTrust checks that a role which Redshift may not assume can't be
// attached.
func TestRoleThatDoesNotTrust(t *testing.T) {
	t.Parallel()
	store, client := newAPI(t, redshift.API{Trusts: func(role string) bool { return role == otherRole }})
	if err := store.CreateCluster(t.Context(), redshift.Cluster{Identifier: "c", Database: "dev"}); err != nil {
		t.Fatal(err)
	}
	attach := func(role string) string {
		_, err := client.ModifyClusterIamRoles(t.Context(), &redshiftsdk.ModifyClusterIamRolesInput{ClusterIdentifier: aws.String("c"), AddIamRoles: []string{role}})
		return errorText(err)
	}
	want := []string{"InvalidParameterValue: The IAM role ours is not valid. The IAM role must delegate access to an Amazon Redshift account.", ""}
	if diff := cmp.Diff(want, []string{attach(ownRole), attach(otherRole)}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// errorText returns "code: message" of an API error, or "" for any other error and for nil.
func errorText(err error) string {
	var e smithy.APIError
	if errors.As(err, &e) {
		return e.ErrorCode() + ": " + e.ErrorMessage()
	}
	return ""
}
