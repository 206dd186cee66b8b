package twin_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin"
)

// TestIAMDelay deploys a function with a new role on a twin where a change of IAM takes
// effect after five minutes, and where no role may list statements. The role's session
// may do nothing at first. After the delay it may do what the role's policy allows,
// except list statements.
func TestIAMDelay(t *testing.T) {
	t.Parallel()
	const delay = 5 * time.Minute // less than the 15 minutes for which a signature is valid
	var passed atomic.Int64
	s := start(t, twin.Options{
		Strictness: twin.Strictness{IAMDelay: delay, NoListStatements: true},
		Now:        func() time.Time { return time.Now().Add(time.Duration(passed.Load())) },
	})
	publish(t, s)
	session := deployLister(t, s, "Strict", "redshift-data:*")
	if got := session.outcome; !strings.Contains(got, "AccessDeniedException") {
		t.Errorf("the function's call: got %q, want an AccessDeniedException", got)
	}
	codes := func() []string { return []string{session.describeStatement(t, s), session.listStatements(t, s)} }
	if diff := cmp.Diff([]string{"AccessDeniedException", "AccessDeniedException"}, codes()); diff != "" {
		t.Errorf("DescribeStatement and ListStatements before the delay has passed (-want +got):\n%s", diff)
	}
	passed.Store(int64(delay))
	if diff := cmp.Diff([]string{"ResourceNotFoundException", "AccessDeniedException"}, codes()); diff != "" {
		t.Errorf("DescribeStatement and ListStatements after the delay (-want +got):\n%s", diff)
	}
}

// dataAPI returns a client of the twin's Redshift Data API that signs with a session's
// credentials.
func (l lister) dataAPI(s *twin.Server) *redshiftdata.Client {
	return redshiftdata.New(redshiftdata.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(s.URL()), RetryMaxAttempts: 1,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return l.credentials, nil }),
	})
}

// listStatements calls ListStatements and returns the error's code, empty for success.
func (l lister) listStatements(t *testing.T, s *twin.Server) string {
	t.Helper()
	_, err := l.dataAPI(s).ListStatements(t.Context(), &redshiftdata.ListStatementsInput{})
	return codeOf(t, err)
}

// describeStatement calls DescribeStatement for a statement that does not exist, and
// returns the error's code.
func (l lister) describeStatement(t *testing.T, s *twin.Server) string {
	t.Helper()
	_, err := l.dataAPI(s).DescribeStatement(t.Context(), &redshiftdata.DescribeStatementInput{
		Id: aws.String("00000000-0000-4000-8000-000000000000"),
	})
	return codeOf(t, err)
}

// codeOf returns an API error's code, empty for nil.
func codeOf(t *testing.T, err error) string {
	t.Helper()
	var refused smithy.APIError
	if err != nil && !errors.As(err, &refused) {
		t.Fatal(err)
	}
	if err == nil {
		return ""
	}
	return refused.ErrorCode()
}
