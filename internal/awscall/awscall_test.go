package awscall_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/awscall"
)

// TestRepeat checks which errors are retried, the waits between two attempts, and the error
// if ctx ends.
func TestRepeat(t *testing.T) {
	t.Parallel()
	busy := &smithy.GenericAPIError{Code: "ConflictException", Message: "being modified"}
	denied := &smithy.GenericAPIError{Code: "AccessDeniedException", Message: "no"}
	tests := map[string]struct {
		errs   []error // the errors of the attempts; the last one repeats
		sleeps int     // the number of waits before ctx ends
		waits  string
		err    string
	}{
		"success":               {[]error{nil}, 9, "[]", ""},
		"busy":                  {[]error{busy, busy, nil}, 9, "[500ms 1s]", ""},
		"throttled":             {[]error{&smithy.GenericAPIError{Code: "Throttling"}, nil}, 9, "[500ms]", ""},
		"unreachable":           {[]error{&smithyhttp.RequestSendError{Err: errors.New("refused")}, nil}, 9, "[500ms]", ""},
		"not yet":               {[]error{fmt.Errorf("the role's status is adding: %w", awscall.ErrNotYet), nil}, 9, "[500ms]", ""},
		"refused after a retry": {[]error{busy, denied}, 9, "[500ms]", "api error AccessDeniedException: no"},
		"busy until ctx ends":   {[]error{busy}, 2, "[500ms 1s 2s]", "context deadline exceeded: api error ConflictException: being modified"},
		"the longest wait":      {[]error{busy}, 6, "[500ms 1s 2s 4s 8s 10s 10s]", "context deadline exceeded: api error ConflictException: being modified"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			waits := []time.Duration{}
			sleep := func(_ context.Context, d time.Duration) error {
				if waits = append(waits, d); len(waits) > test.sleeps {
					return context.DeadlineExceeded
				}
				return nil
			}
			n := 0
			err := awscall.Repeat(t.Context(), sleep, func() error {
				err := test.errs[min(n, len(test.errs)-1)]
				n++
				return err
			})
			got := []string{fmt.Sprint(waits), ""}
			if err != nil {
				got[1] = err.Error()
			}
			if diff := cmp.Diff([]string{test.waits, test.err}, got); diff != "" {
				t.Errorf("waits and error (-want +got):\n%s", diff)
			}
		})
	}
}
