package dataapi_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"syscall"
	"testing"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// TestErrorPredicates checks that errors are classified by the words that Redshift, the
// Data API and IAM use.
func TestErrorPredicates(t *testing.T) {
	t.Parallel()
	failed := func(reason string) error {
		return fmt.Errorf("wrapped: %w", &dataapi.StatementError{Status: "FAILED", Reason: reason})
	}
	denied := func(message string) error {
		return &smithy.GenericAPIError{Code: "AccessDeniedException", Message: message}
	}
	tests := []struct {
		err  error
		want string
	}{
		{failed(`ERROR: relation "v" already exists`), "exists"},
		{failed("ERROR: User arn:aws:redshift:x is not authorized to assume IAM Role"), "not authorized"},
		{failed("ERROR: The requested role arn:aws:iam::1:role/r is not associated to cluster"), "not authorized"},
		{denied("User: arn:aws:sts::1:assumed-role/r/f is not authorized to perform: redshift-data:ExecuteStatement"), "not authorized"},
		{denied("Rate exceeded"), "not authorized"},
		// https://docs.aws.amazon.com/redshift/latest/dg/c_serial_isolation-serializable-isolation-troubleshooting.html
		{failed("ERROR: 1023 DETAIL: Serializable isolation violation on table - 100260, transactions forming the cycle are: 211,212"), "conflicted"},
		{failed("ERROR:1023 DETAIL: Serializable isolation violation on table in Redshift"), "conflicted"},
		{failed("ERROR:1018 DETAIL: Relation does not exist"), "conflicted"},
		// https://github.com/aws/amazon-redshift-jdbc-driver/issues/147
		{failed("ERROR: could not complete because of conflict with concurrent transaction"), "conflicted"},
		{failed("ERROR: could not serialize access due to concurrent update"), "conflicted"},
		{failed("ERROR: deadlock detected"), "conflicted"},
		{failed(`ERROR: relation "v1018" does not exist`), ""},
		{failed("ERROR: syntax error"), ""},
		{&dataapi.StatementError{Status: "ABORTED", Reason: "conflict with concurrent transaction"}, ""}, // an aborted statement may have changed something
	}
	for _, test := range tests {
		got := ""
		for name, is := range map[string]func(error) bool{"exists": dataapi.AlreadyExists, "not authorized": dataapi.NotAuthorized, "conflicted": dataapi.Conflicted} {
			if is(test.err) {
				got += name
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", test.err, diff)
		}
	}
}

func TestOutcomeUnknown(t *testing.T) {
	t.Parallel()
	response := func(status int) error {
		return &smithyhttp.ResponseError{Response: &smithyhttp.Response{Response: &http.Response{StatusCode: status}}, Err: errors.New("x")}
	}
	for name, test := range map[string]struct {
		err  error
		want bool
	}{
		"connection refused":               {&smithyhttp.RequestSendError{Err: syscall.ECONNREFUSED}, true},
		"context ended while connecting":   {&smithyhttp.RequestSendError{Err: context.Canceled}, false},
		"deadline passed while connecting": {&smithyhttp.RequestSendError{Err: context.DeadlineExceeded}, false},
		"response was cut off":             {&smithy.DeserializationError{Err: io.ErrUnexpectedEOF}, true},
		"status 500":                       {response(500), true},
		"status 499":                       {response(499), false},
		"internal error of the service":    {&smithy.GenericAPIError{Code: "InternalServerException"}, true},
		"service throttles":                {&smithy.GenericAPIError{Code: "ThrottlingException"}, false},
		"statement failed":                 {&dataapi.StatementError{Status: "FAILED", Reason: "internal error"}, false},
	} {
		if got := dataapi.OutcomeUnknown(fmt.Errorf("wrapped: %w", test.err)); got != test.want {
			t.Errorf("%s: want %v, got %v", name, test.want, got)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]bool{"FAILED": true, "ABORTED": false} {
		if got := dataapi.Refused(fmt.Errorf("wrapped: %w", &dataapi.StatementError{Status: status})); got != want {
			t.Errorf("%s: want %v, got %v", status, want, got)
		}
	}
}
