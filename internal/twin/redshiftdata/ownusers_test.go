package redshiftdata_test

import (
	"context"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/google/go-cmp/cmp"

	twin "github.com/tributary-cdk/tributary/internal/twin/redshiftdata"
	"github.com/tributary-cdk/tributary/internal/twin/sqlengine"
)

// targets is an engine that records the target of the last statement.
type targets struct {
	engine
	mu   sync.Mutex
	last sqlengine.Target
}

func (e *targets) Exec(ctx context.Context, t sqlengine.Target, sql string, parameters map[string]string) (sqlengine.Result, error) {
	e.mu.Lock()
	e.last = t
	e.mu.Unlock()
	return e.engine.Exec(ctx, t, sql, parameters)
}

// TestDatabaseUser checks which database user runs a statement.
func TestDatabaseUser(t *testing.T) {
	t.Parallel()
	const role = "arn:aws:sts::1:assumed-role/path/fn"
	secret := aws.String("arn:aws:secretsmanager:us-east-1:123456789012:secret:admin")
	tests := map[string]struct {
		ownUsers       bool
		role           string // of the caller
		secret, dbUser *string
		user           string // of the target; "" means the admin user
		ownUser        bool   // of the target
	}{
		"a role without OwnUsers":         {false, role, nil, nil, "", false},
		"a role":                          {true, role, nil, nil, "IAMR:fn", true},
		"a role with SecretArn":           {true, role, secret, nil, "", false},
		"a role with DbUser":              {true, role, nil, aws.String("reader"), "reader", false},
		"the person who started the twin": {true, "", nil, nil, "", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := &targets{}
			service := twin.New(e, twin.Options{OwnUsers: tt.ownUsers, Caller: func(context.Context) twin.Caller { return twin.Caller{Role: tt.role} }})
			server := httptest.NewServer(service)
			t.Cleanup(func() {
				server.Close()
				service.Close()
			})
			a := &api{T: t, Client: redshiftdata.New(redshiftdata.Options{
				Region: "us-east-1", BaseEndpoint: &server.URL, RetryMaxAttempts: 1,
				Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
					return aws.Credentials{AccessKeyID: "a", SecretAccessKey: "b"}, nil
				}),
			})}
			in := input("SELECT 1")
			in.SecretArn, in.DbUser = tt.secret, tt.dbUser
			a.wait(a.execute(in))
			want := sqlengine.Target{Cluster: "streaming-cluster", Database: "dev", User: tt.user, OwnUser: tt.ownUser}
			if diff := cmp.Diff(want, e.last); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
