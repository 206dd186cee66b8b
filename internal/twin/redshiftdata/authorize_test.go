package redshiftdata_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin/account"
	twin "github.com/tributary-cdk/tributary/internal/twin/redshiftdata"
)

// TestAuthorizedActions checks which actions on which resources the caller's policies must
// allow for each operation, and that the operation fails if they don't allow one of them.
//
// Sources: https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-iam.html and
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonredshiftdataapi.html
func TestAuthorizedActions(t *testing.T) {
	t.Parallel()
	const (
		cluster   = " arn:aws:redshift:us-east-1:123456789012:cluster:streaming-cluster"
		dbname    = " arn:aws:redshift:us-east-1:123456789012:dbname:streaming-cluster/dev"
		dbuser    = " arn:aws:redshift:us-east-1:123456789012:dbuser:streaming-cluster/reader"
		workgroup = " arn:of:sales"
		secret    = "arn:aws:secretsmanager:us-east-1:123456789012:secret:admin"
		withIAM   = "redshift:GetClusterCredentialsWithIAM" + dbname
		userKeys  = " * map[aws:userid:AROA1:fn redshift-data:statement-owner-iam-userid:AROA1:fn]"
	)
	in := func(keysAndValues ...string) map[string]any {
		m := map[string]any{"ClusterIdentifier": "streaming-cluster", "Database": "dev", "Sql": "SELECT 1", "Table": "t"}
		for i := 0; i < len(keysAndValues); i += 2 {
			m[keysAndValues[i]] = keysAndValues[i+1]
		}
		return m
	}
	inBatch := in()
	inBatch["Sqls"] = []string{"SELECT 1"}
	tests := map[string]struct {
		operation string
		in        map[string]any
		want      []string
	}{
		"as the IAM identity": {"ExecuteStatement", in(), []string{"redshift-data:ExecuteStatement" + cluster, withIAM}},
		"a batch":             {"BatchExecuteStatement", inBatch, []string{"redshift-data:BatchExecuteStatement" + cluster, withIAM}},
		"with a secret": {"ExecuteStatement", in("SecretArn", secret), []string{
			"redshift-data:ExecuteStatement" + cluster, "secretsmanager:GetSecretValue " + secret,
		}},
		"with a database user": {"ExecuteStatement", in("DbUser", "reader"), []string{
			"redshift-data:ExecuteStatement" + cluster, "redshift:GetClusterCredentials" + dbuser, "redshift:GetClusterCredentials" + dbname,
		}},
		"in a workgroup": {"ExecuteStatement", in("ClusterIdentifier", "", "WorkgroupName", "sales"), []string{
			"redshift-data:ExecuteStatement" + workgroup, "redshift-serverless:GetCredentials" + workgroup,
		}},
		"databases":        {"ListDatabases", in(), []string{"redshift-data:ListDatabases" + cluster, withIAM}},
		"schemas":          {"ListSchemas", in(), []string{"redshift-data:ListSchemas" + cluster, withIAM}},
		"tables":           {"ListTables", in(), []string{"redshift-data:ListTables" + cluster, withIAM}},
		"a table":          {"DescribeTable", in(), []string{"redshift-data:DescribeTable" + cluster, withIAM}},
		"statements":       {"ListStatements", in(), []string{"redshift-data:ListStatements" + userKeys}},
		"a statement":      {"DescribeStatement", in("Id", "x"), []string{"redshift-data:DescribeStatement" + userKeys}},
		"a result":         {"GetStatementResult", in("Id", "x"), []string{"redshift-data:GetStatementResult" + userKeys}},
		"the cancellation": {"CancelStatement", in("Id", "x"), []string{"redshift-data:CancelStatement" + userKeys}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for i := range tt.want {
				got, response := authorize(t, tt.operation, tt.in, i)
				if diff := cmp.Diff(tt.want[:i+1], got); diff != "" {
					t.Errorf("actions and resources (-want +got):\n%s", diff)
				}
				if response.Code == http.StatusOK || !strings.Contains(response.Body.String(), "denied by the test") {
					t.Errorf("action %d is denied: want the operation to fail, got %d %s", i+1, response.Code, response.Body)
				}
			}
		})
	}
}

// authorize calls an operation of a Service that allows a number of actions and denies the
// next one. It returns the actions for which the Service calls Authorize, with their
// resources and condition keys, and the operation's response.
func authorize(t *testing.T, operation string, in map[string]any, allowed int) ([]string, *httptest.ResponseRecorder) {
	t.Helper()
	var actions []string
	service := twin.New(&engine{}, twin.Options{
		Account:      account.Account{Region: "us-east-1", ID: "123456789012"},
		Caller:       func(context.Context) twin.Caller { return callers["OURS"] },
		WorkgroupARN: func(name string) string { return "arn:of:" + name },
		Authorize: func(_ context.Context, action, resource string, keys map[string]string) error {
			action += " " + resource
			if keys != nil {
				action += fmt.Sprint(" ", keys)
			}
			actions = append(actions, action)
			if len(actions) > allowed {
				return errors.New("denied by the test")
			}
			return nil
		},
	})
	t.Cleanup(service.Close)
	response := send(t, service, operation, in)
	return actions, response
}

// TestUnknownWorkgroup checks that a request for a workgroup that doesn't exist fails for
// that reason, although its ARN, which policies would name, isn't known.
func TestUnknownWorkgroup(t *testing.T) {
	t.Parallel()
	service := twin.New(&engine{}, twin.Options{
		WorkgroupARN: func(string) string { return "" },
		Authorize: func(context.Context, string, string, map[string]string) error {
			return errors.New("denied by the test")
		},
	})
	t.Cleanup(service.Close)
	response := send(t, service, "ExecuteStatement", map[string]any{"WorkgroupName": "nowhere", "Database": "dev", "Sql": "SELECT 1"})
	if want := "Redshift endpoint doesn't exist in this region."; !strings.Contains(response.Body.String(), want) {
		t.Errorf("want %q, got %s", want, response.Body)
	}
}
