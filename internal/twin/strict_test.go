package twin_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/aws/smithy-go"

	"github.com/tributary-cdk/tributary/internal/twin"
)

// startStrict runs a strict twin on a free port.
func startStrict(t *testing.T, how twin.Strictness) *twin.Server {
	t.Helper()
	s, err := twin.Start(t.Context(), twin.Options{Strictness: how})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// TestFunctionsMayLate deploys a role with its function: the function's call comes
// before what its role may do takes effect. The same keys may later.
func TestFunctionsMayLate(t *testing.T) {
	t.Parallel()
	const late = 3 * time.Second
	tests := map[string]struct {
		how         twin.Strictness
		first, last string // the function's call, and one after the delay: "" or the error
	}{
		"at once":    {twin.Strictness{}, "", ""},
		"late":       {twin.Strictness{IAMDelay: late}, "AccessDeniedException", ""},
		"no listing": {twin.Strictness{NoListStatements: true}, "AccessDeniedException", "AccessDeniedException"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startStrict(t, tt.how)
			publish(t, s)
			out := map[string]string{}
			for _, o := range deploy(t, stacks(s), strings.ReplaceAll(lister, "ACTION", "redshift-data:ListStatements")).Outputs {
				out[*o.OutputKey] = *o.OutputValue
			}
			if got := out["Outcome"]; (got == "allowed") != (tt.first == "") || !strings.Contains(got, tt.first) {
				t.Errorf("the function's call: got %q, want %q", got, tt.first)
			}
			time.Sleep(tt.how.IAMDelay)
			client := redshiftdata.New(redshiftdata.Options{
				Region: "us-east-1", BaseEndpoint: aws.String(s.URL()), RetryMaxAttempts: 1,
				Credentials: keys(out["KeyID"], out["Secret"], out["Token"]),
			})
			_, err := client.ListStatements(t.Context(), &redshiftdata.ListStatementsInput{})
			var refused smithy.APIError
			code := ""
			if errors.As(err, &refused) {
				code = refused.ErrorCode()
			}
			if code != tt.last || err != nil && code == "" {
				t.Errorf("a call after the delay: got %v, want %q", err, tt.last)
			}
		})
	}
}

// keys returns credentials.
func keys(id, secret, token string) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: id, SecretAccessKey: secret, SessionToken: token}, nil
	})
}
