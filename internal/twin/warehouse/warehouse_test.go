package warehouse_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	redshiftsdk "github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/aws/aws-sdk-go-v2/service/redshiftserverless"
	"github.com/aws/aws-sdk-go-v2/service/redshiftserverless/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/roles"
	"github.com/tributary-cdk/tributary/internal/twin/sqlengine"
	"github.com/tributary-cdk/tributary/internal/twin/warehouse"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// engine remembers which warehouses there are.
type engine map[string]string

func (e engine) CreateCluster(_ context.Context, c sqlengine.Cluster) error {
	e[c.ID] = c.Database
	return nil
}
func (e engine) DeleteCluster(_ context.Context, id string) error { delete(e, id); return nil }
func (e engine) SetPaused(string, bool) error                     { return nil }
func (e engine) SetWorkgroup(name, cluster string)                { e["workgroup "+name] = cluster }

// open returns a store, and clients of it that AWS made.
func open(t *testing.T, authorize warehouse.Authorize) (*warehouse.Store, *redshiftsdk.Client, *redshiftserverless.Client) {
	t.Helper()
	store := warehouse.New(engine{}, warehouse.Options{Region: "us-east-1", Account: "000000000000", Now: time.Now})
	serve := func(h http.Handler) *string {
		server := httptest.NewServer(h)
		t.Cleanup(server.Close)
		return &server.URL
	}
	credentials := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "TEST", SecretAccessKey: "test"}, nil
	})
	return store,
		redshiftsdk.New(redshiftsdk.Options{Region: "us-east-1", Credentials: credentials, BaseEndpoint: serve(&warehouse.Clusters{Store: store, Authorize: authorize})}),
		redshiftserverless.New(redshiftserverless.Options{Region: "us-east-1", Credentials: credentials, BaseEndpoint: serve(&warehouse.Serverless{Store: store, Authorize: authorize})})
}

const (
	ours   = "arn:aws:iam::000000000000:role/ours"
	theirs = "arn:aws:iam::000000000000:role/theirs"
)

func sleep(ctx context.Context, _ time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(10 * time.Millisecond):
		return nil
	}
}

// TestRolesByTheFunctionsOwnCode attaches and detaches as the function does.
func TestRolesByTheFunctionsOwnCode(t *testing.T) {
	t.Parallel()
	store, clusters, serverless := open(t, nil)
	_, err := clusters.CreateCluster(t.Context(), &redshiftsdk.CreateClusterInput{
		ClusterIdentifier: aws.String("theirs"), NodeType: aws.String("ra3.large"), MasterUsername: aws.String("root"), IamRoles: []string{theirs},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := serverless.CreateNamespace(t.Context(), &redshiftserverless.CreateNamespaceInput{NamespaceName: aws.String("space"), IamRoles: []string{theirs}}); err != nil {
		t.Fatal(err)
	}
	for engine, w := range map[string]*roles.Warehouse{
		"theirs":          roles.OfCluster(clusters, "theirs", sleep),
		"namespace/space": roles.OfNamespace(serverless, "space", sleep),
	} {
		attached := func() []bool { return []bool{store.Attached(engine, ours), store.Attached(engine, theirs)} }
		if err := w.Attach(t.Context(), ours); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]bool{true, true}, attached()); diff != "" {
			t.Errorf("%s: attached (-want +got):\n%s", engine, diff)
		}
		if err := w.Detach(t.Context(), ours); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]bool{false, true}, attached()); diff != "" {
			t.Errorf("%s: attached (-want +got):\n%s", engine, diff)
		}
	}
}

// TestRefusals holds AWS's own codes.
func TestRefusals(t *testing.T) {
	t.Parallel()
	store, clusters, serverless := open(t, func(_ *http.Request, action, _ string, _ map[string]string) error {
		if action == "iam:PassRole" {
			return wire.Errorf("AccessDeniedException", "no")
		}
		return nil
	})
	ctx := t.Context()
	if err := store.CreateCluster(ctx, warehouse.Cluster{Identifier: "c", Database: "dev"}, nil); err != nil {
		t.Fatal(err)
	}
	if err := store.CreateNamespace(ctx, warehouse.Namespace{Name: "space", ID: "id"}, nil); err != nil {
		t.Fatal(err)
	}
	if err := store.CreateWorkgroup(warehouse.Workgroup{Name: "group", ID: "g", Namespace: "space"}); err != nil {
		t.Fatal(err)
	}
	limit := &redshiftserverless.CreateUsageLimitInput{
		ResourceArn: aws.String(store.WorkgroupARN("group")), UsageType: types.UsageLimitUsageTypeServerlessCompute, Amount: aws.Int64(1),
	}
	if _, err := serverless.CreateUsageLimit(ctx, limit); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		call func() error
		want string
	}{
		"unknown action": {func() error {
			_, err := clusters.RebootCluster(ctx, &redshiftsdk.RebootClusterInput{ClusterIdentifier: aws.String("c")})
			return err
		}, "InvalidAction"},
		"no such cluster": {func() error {
			_, err := clusters.DescribeClusters(ctx, &redshiftsdk.DescribeClustersInput{ClusterIdentifier: aws.String("gone")})
			return err
		}, "ClusterNotFound"},
		"a cluster twice": {func() error {
			_, err := clusters.CreateCluster(ctx, &redshiftsdk.CreateClusterInput{ClusterIdentifier: aws.String("c"), NodeType: aws.String("n"), MasterUsername: aws.String("u")})
			return err
		}, "ClusterAlreadyExists"},
		"a role that may not be passed": {func() error {
			_, err := clusters.ModifyClusterIamRoles(ctx, &redshiftsdk.ModifyClusterIamRolesInput{ClusterIdentifier: aws.String("c"), AddIamRoles: []string{ours}})
			return err
		}, "AccessDeniedException"},
		"no such namespace": {func() error {
			_, err := serverless.GetNamespace(ctx, &redshiftserverless.GetNamespaceInput{NamespaceName: aws.String("gone")})
			return err
		}, "ResourceNotFoundException"},
		"a namespace in use": {func() error {
			_, err := serverless.DeleteNamespace(ctx, &redshiftserverless.DeleteNamespaceInput{NamespaceName: aws.String("space")})
			return err
		}, "ConflictException"},
		"a limit twice": {func() error {
			_, err := serverless.CreateUsageLimit(ctx, limit)
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

// TestServerlessRolesAsAWSWritesThem holds the form in which roles come back.
func TestServerlessRolesAsAWSWritesThem(t *testing.T) {
	t.Parallel()
	_, _, serverless := open(t, nil)
	created, err := serverless.CreateNamespace(t.Context(), &redshiftserverless.CreateNamespaceInput{
		NamespaceName: aws.String("space"), IamRoles: []string{theirs}, ManageAdminPassword: aws.Bool(true),
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"IamRole(applyStatus=in-sync, iamRoleArn=" + theirs + ")"}, created.Namespace.IamRoles); diff != "" {
		t.Errorf("roles (-want +got):\n%s", diff)
	}
	if got := aws.ToString(created.Namespace.AdminPasswordSecretArn); !strings.HasPrefix(got, "arn:aws:secretsmanager:us-east-1:000000000000:secret:redshift!space-admin-") {
		t.Errorf("got the secret %q", got)
	}
}
