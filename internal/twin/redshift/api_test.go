package redshift_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	redshiftsdk "github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/roles"
	"github.com/tributary-cdk/tributary/internal/twin/account"
	"github.com/tributary-cdk/tributary/internal/twin/attachedroles"
	"github.com/tributary-cdk/tributary/internal/twin/redshift"
	"github.com/tributary-cdk/tributary/internal/twin/sqlengine"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// fakeEngine implements redshift.Engine. It contains the clusters' databases by id.
type fakeEngine map[string]string

func (e fakeEngine) CreateCluster(_ context.Context, c sqlengine.Cluster) error {
	e[c.ID] = c.Database
	return nil
}
func (e fakeEngine) DeleteCluster(_ context.Context, id string) error { delete(e, id); return nil }
func (e fakeEngine) SetPaused(string, bool) error                     { return nil }

// newAPI serves api with a new store. It returns the store, and a client from the AWS SDK.
func newAPI(t *testing.T, api redshift.API) (*redshift.Store, *redshiftsdk.Client) {
	t.Helper()
	api.Store = redshift.New(fakeEngine{}, redshift.Options{Account: account.Account{Region: "us-east-1", ID: "000000000000"}, Now: time.Now})
	server := httptest.NewServer(&api)
	t.Cleanup(server.Close)
	credentials := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "TEST", SecretAccessKey: "test"}, nil
	})
	return api.Store, redshiftsdk.New(redshiftsdk.Options{Region: "us-east-1", Credentials: credentials, BaseEndpoint: &server.URL})
}

const (
	ownRole   = "arn:aws:iam::000000000000:role/ours"
	otherRole = "arn:aws:iam::000000000000:role/theirs"
)

func sleep(ctx context.Context, _ time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(10 * time.Millisecond):
		return nil
	}
}

// TestRolesPackage attaches and detaches roles with package roles, which the Lambda
// function uses.
func TestRolesPackage(t *testing.T) {
	t.Parallel()
	store, client := newAPI(t, redshift.API{})
	_, err := client.CreateCluster(t.Context(), &redshiftsdk.CreateClusterInput{
		ClusterIdentifier: aws.String("theirs"), NodeType: aws.String("ra3.large"), MasterUsername: aws.String("root"), IamRoles: []string{otherRole},
	})
	if err != nil {
		t.Fatal(err)
	}
	attacher := roles.ToCluster(client, "theirs", ownRole, sleep)
	attached := func() []bool { return []bool{store.Attached("theirs", ownRole), store.Attached("theirs", otherRole)} }
	if err := attacher.Make(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]bool{true, true}, attached()); diff != "" {
		t.Errorf("own and other role attached, after Make (-want +got):\n%s", diff)
	}
	if err := attacher.Remove(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]bool{false, true}, attached()); diff != "" {
		t.Errorf("own and other role attached, after Remove (-want +got):\n%s", diff)
	}
}

func TestDefaultRoleOfNewCluster(t *testing.T) {
	t.Parallel()
	_, client := newAPI(t, redshift.API{})
	created, err := client.CreateCluster(t.Context(), &redshiftsdk.CreateClusterInput{
		ClusterIdentifier: aws.String("c"), NodeType: aws.String("ra3.large"), MasterUsername: aws.String("root"),
		IamRoles: []string{ownRole}, DefaultIamRoleArn: aws.String(ownRole),
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(ownRole, aws.ToString(created.Cluster.DefaultIamRoleArn)); diff != "" {
		t.Errorf("default role (-want +got):\n%s", diff)
	}
}

// TestErrors checks that errors have the same codes as on AWS.
func TestErrors(t *testing.T) {
	t.Parallel()
	store, client := newAPI(t, redshift.API{Authorize: func(_ context.Context, action, _ string, _ map[string]string) error {
		if action == "iam:PassRole" {
			return wire.Errorf("AccessDeniedException", "no")
		}
		return nil
	}})
	ctx := t.Context()
	if err := store.CreateCluster(ctx, redshift.Cluster{Identifier: "c", Database: "dev", Roles: attachedroles.New([]string{otherRole}, "")}); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		call func() error
		want string
	}{
		"unknown action": {func() error {
			_, err := client.RebootCluster(ctx, &redshiftsdk.RebootClusterInput{ClusterIdentifier: aws.String("c")})
			return err
		}, "InvalidAction"},
		"cluster does not exist": {func() error {
			_, err := client.DescribeClusters(ctx, &redshiftsdk.DescribeClustersInput{ClusterIdentifier: aws.String("gone")})
			return err
		}, "ClusterNotFound"},
		"cluster already exists": {func() error {
			_, err := client.CreateCluster(ctx, &redshiftsdk.CreateClusterInput{ClusterIdentifier: aws.String("c"), NodeType: aws.String("n"), MasterUsername: aws.String("u")})
			return err
		}, "ClusterAlreadyExists"},
		"role that the caller may not pass": {func() error {
			_, err := client.ModifyClusterIamRoles(ctx, &redshiftsdk.ModifyClusterIamRolesInput{ClusterIdentifier: aws.String("c"), AddIamRoles: []string{ownRole}})
			return err
		}, "AccessDeniedException"},
		"second change during the first": {func() error {
			detach := &redshiftsdk.ModifyClusterIamRolesInput{ClusterIdentifier: aws.String("c"), RemoveIamRoles: []string{otherRole}}
			if _, err := client.ModifyClusterIamRoles(ctx, detach); err != nil {
				return err
			}
			_, err := client.ModifyClusterIamRoles(ctx, detach)
			return err
		}, "InvalidClusterState"},
	}
	for name, test := range tests {
		var got smithy.APIError
		if err := test.call(); !errors.As(err, &got) || got.ErrorCode() != test.want {
			t.Errorf("%s: want %s, got %v", name, test.want, err)
		}
	}
}
