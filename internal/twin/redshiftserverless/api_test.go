package redshiftserverless_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/redshiftserverless"
	"github.com/aws/aws-sdk-go-v2/service/redshiftserverless/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/roles"
	"github.com/tributary-cdk/tributary/internal/twin/account"
	"github.com/tributary-cdk/tributary/internal/twin/iam"
	"github.com/tributary-cdk/tributary/internal/twin/redshiftserverless"
	"github.com/tributary-cdk/tributary/internal/twin/sqlengine"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// fakeEngine implements redshiftserverless.Engine. It contains the databases of the
// namespaces by engine id, and the engine id of each workgroup by "workgroup <name>".
type fakeEngine map[string]string

func (e fakeEngine) CreateCluster(_ context.Context, c sqlengine.Cluster) error {
	e[c.ID] = c.Database
	return nil
}
func (e fakeEngine) DeleteCluster(_ context.Context, id string) error { delete(e, id); return nil }
func (e fakeEngine) SetWorkgroup(name, cluster string)                { e["workgroup "+name] = cluster }

// newAPI serves the API with a new store. It returns the store, and a client from the AWS
// SDK.
func newAPI(t *testing.T, authorize iam.Authorize) (*redshiftserverless.Store, *sdk.Client) {
	t.Helper()
	store := redshiftserverless.New(fakeEngine{}, redshiftserverless.Options{Account: account.Account{Region: "us-east-1", ID: "000000000000"}, Now: time.Now})
	server := httptest.NewServer(&redshiftserverless.API{Store: store, Authorize: authorize})
	t.Cleanup(server.Close)
	credentials := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "TEST", SecretAccessKey: "test"}, nil
	})
	return store, sdk.New(sdk.Options{Region: "us-east-1", Credentials: credentials, BaseEndpoint: &server.URL})
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
	store, client := newAPI(t, nil)
	if _, err := client.CreateNamespace(t.Context(), &sdk.CreateNamespaceInput{NamespaceName: aws.String("space"), IamRoles: []string{otherRole}}); err != nil {
		t.Fatal(err)
	}
	attacher := roles.ToNamespace(client, "space", ownRole, sleep)
	attached := func() []bool {
		return []bool{store.Attached("namespace/space", ownRole), store.Attached("namespace/space", otherRole)}
	}
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

// TestErrors checks that errors have the same codes as on AWS.
func TestErrors(t *testing.T) {
	t.Parallel()
	store, client := newAPI(t, func(_ context.Context, action, _ string, _ map[string]string) error {
		if action == "iam:PassRole" {
			return wire.Errorf("AccessDeniedException", "no")
		}
		return nil
	})
	ctx := t.Context()
	if err := store.CreateNamespace(ctx, redshiftserverless.Namespace{Name: "space", ID: "id"}); err != nil {
		t.Fatal(err)
	}
	if err := store.CreateWorkgroup(redshiftserverless.Workgroup{Name: "group", ID: "g", Namespace: "space"}); err != nil {
		t.Fatal(err)
	}
	limit := &sdk.CreateUsageLimitInput{
		ResourceArn: aws.String(store.WorkgroupARN("group")), UsageType: types.UsageLimitUsageTypeServerlessCompute, Amount: aws.Int64(1),
	}
	if _, err := client.CreateUsageLimit(ctx, limit); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		call func() error
		want string
	}{
		"namespace does not exist": {func() error {
			_, err := client.GetNamespace(ctx, &sdk.GetNamespaceInput{NamespaceName: aws.String("gone")})
			return err
		}, "ResourceNotFoundException"},
		"role that the caller may not pass": {func() error {
			_, err := client.UpdateNamespace(ctx, &sdk.UpdateNamespaceInput{NamespaceName: aws.String("space"), IamRoles: []string{ownRole}})
			return err
		}, "AccessDeniedException"},
		"namespace has a workgroup": {func() error {
			_, err := client.DeleteNamespace(ctx, &sdk.DeleteNamespaceInput{NamespaceName: aws.String("space")})
			return err
		}, "ConflictException"},
		"usage limit already exists": {func() error {
			_, err := client.CreateUsageLimit(ctx, limit)
			return err
		}, "ConflictException"},
	}
	for name, test := range tests {
		var got smithy.APIError
		if err := test.call(); !errors.As(err, &got) || got.ErrorCode() != test.want {
			t.Errorf("%s: want %s, got %v", name, test.want, err)
		}
	}
}

// TestFormatOfRoles checks that a namespace's roles have the same format as on AWS.
func TestFormatOfRoles(t *testing.T) {
	t.Parallel()
	_, client := newAPI(t, nil)
	created, err := client.CreateNamespace(t.Context(), &sdk.CreateNamespaceInput{
		NamespaceName: aws.String("space"), IamRoles: []string{otherRole}, ManageAdminPassword: aws.Bool(true),
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"IamRole(applyStatus=in-sync, iamRoleArn=" + otherRole + ")"}, created.Namespace.IamRoles); diff != "" {
		t.Errorf("roles (-want +got):\n%s", diff)
	}
	if got := aws.ToString(created.Namespace.AdminPasswordSecretArn); !strings.HasPrefix(got, "arn:aws:secretsmanager:us-east-1:000000000000:secret:redshift!space-admin-") {
		t.Errorf("got the secret %q, want a secret of namespace space and user admin", got)
	}
}
