package redshiftdata_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"
	"github.com/google/go-cmp/cmp"

	twin "github.com/tributary-cdk/tributary/internal/twin/redshiftdata"
	"github.com/tributary-cdk/tributary/internal/twin/signature"
)

// callers are the callers by their access key ids.
var callers = map[string]twin.Caller{
	"OWNER":   {},
	"OURS":    {Role: "ours", Session: "OURS", UserID: "AROA1:fn"},
	"OTHER":   {Role: "ours", Session: "OTHER", UserID: "AROA1:fn"},
	"ANOTHER": {Role: "theirs", Session: "ANOTHER", UserID: "AROA2:fn"},
}

// serveCallers starts a Service and returns a client for each of the callers, by access key
// id.
func serveCallers(t *testing.T) map[string]*api {
	t.Helper()
	fake := &engine{}
	service := twin.New(fake, twin.Options{Caller: func(ctx context.Context) twin.Caller { return callers[signature.Signer(ctx)] }})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, rest, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
		key, _, _ := strings.Cut(rest, "/")
		service.ServeHTTP(w, r.WithContext(signature.WithSigner(r.Context(), key)))
	}))
	t.Cleanup(func() {
		server.Close()
		service.Close()
	})
	clients := map[string]*api{}
	for key := range callers {
		clients[key] = &api{T: t, engine: fake, Client: redshiftdata.New(redshiftdata.Options{
			Region: "us-east-1", BaseEndpoint: &server.URL, RetryMaxAttempts: 1,
			Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{AccessKeyID: key, SecretAccessKey: "s"}, nil
			}),
		})}
	}
	return clients
}

// TestStatementAccess checks for each caller whose statements it can list, describe and
// cancel, and whose results it can read.
func TestStatementAccess(t *testing.T) {
	t.Parallel()
	clients := serveCallers(t)
	running := map[string]*string{}
	for key, a := range clients {
		in := input("SELECT 1")
		in.StatementName = aws.String("of " + key)
		a.wait(a.execute(in))
		in = input("WAIT")
		in.StatementName = aws.String("runs for " + key)
		running[key] = a.execute(in)
	}
	const none = "ResourceNotFoundException: Query does not exist."
	tests := map[string]struct {
		// The names of the finished statements that ListStatements returns at the level
		// of the role and of the session.
		role, session []string
		describe      map[string]string // by the owner of the statement: "" or the error
	}{
		"OWNER":   {[]string{"of ANOTHER", "of OTHER", "of OURS", "of OWNER"}, []string{"of OWNER"}, map[string]string{"OWNER": "", "OURS": "", "OTHER": "", "ANOTHER": ""}},
		"OURS":    {[]string{"of OTHER", "of OURS"}, []string{"of OURS"}, map[string]string{"OWNER": none, "OURS": "", "OTHER": "", "ANOTHER": none}},
		"OTHER":   {[]string{"of OTHER", "of OURS"}, []string{"of OTHER"}, map[string]string{"OWNER": none, "OURS": "", "OTHER": "", "ANOTHER": none}},
		"ANOTHER": {[]string{"of ANOTHER"}, []string{"of ANOTHER"}, map[string]string{"OWNER": none, "OURS": none, "OTHER": none, "ANOTHER": ""}},
	}
	for key, tt := range tests {
		a := clients[key]
		list := func(roleLevel *bool) []string {
			out, err := a.ListStatements(t.Context(), &redshiftdata.ListStatementsInput{RoleLevel: roleLevel})
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, s := range out.Statements {
				names = append(names, *s.StatementName)
			}
			slices.Sort(names)
			return names
		}
		describe := map[string]string{}
		for owner, id := range running {
			_, err := a.DescribeStatement(t.Context(), &redshiftdata.DescribeStatementInput{Id: id})
			describe[owner] = code(err)
			_, err = a.GetStatementResult(t.Context(), &redshiftdata.GetStatementResultInput{Id: id})
			if got := code(err); (got == none) != (tt.describe[owner] == none) {
				t.Errorf("%s reads the result of %s: got %q", key, owner, got)
			}
			if tt.describe[owner] != none {
				continue
			}
			if _, err := a.CancelStatement(t.Context(), &redshiftdata.CancelStatementInput{Id: id}); code(err) != none {
				t.Errorf("%s cancels the statement of %s: want %q, got %v", key, owner, none, err)
			}
		}
		want := []any{tt.role, tt.role, tt.session, tt.describe}
		if diff := cmp.Diff(want, []any{list(nil), list(aws.Bool(true)), list(aws.Bool(false)), describe}); diff != "" {
			t.Errorf("%s: list by default, at role level, and at session level; describe (-want +got):\n%s", key, diff)
		}
	}
	if _, err := clients["OTHER"].CancelStatement(t.Context(), &redshiftdata.CancelStatementInput{Id: running["OURS"]}); err != nil {
		t.Fatal(err)
	}
	if got := clients["OURS"].wait(running["OURS"]).Status; got != types.StatusStringAborted {
		t.Errorf("status after another session of the role has cancelled it: want ABORTED, got %s", got)
	}
}
