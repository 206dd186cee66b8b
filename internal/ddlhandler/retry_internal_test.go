package ddlhandler

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// TestRetriesEndWithTheContext checks that a call is not retried after the context has
// ended, even if the wait between two attempts is over already.
func TestRetriesEndWithTheContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	refused := &dataapi.StatementError{Name: "create", Status: "FAILED", Reason: "ERROR: is not authorized to perform: sts:AssumeRole", Created: time.Now().Add(-time.Hour)}
	if !dataapi.NotAuthorized(refused) {
		t.Fatal("want an error that counts as a refusal by IAM")
	}
	policy := retryPolicy{settled: time.Now().Add(time.Hour), first: time.Second, most: time.Second, sleep: func(context.Context, time.Duration) error {
		t.Error("want no sleep, since the wait is over")
		return nil
	}}
	calls := 0
	err := policy.do(ctx, func(int) error {
		if calls++; calls > 1 {
			return errors.New("called again")
		}
		return refused
	})
	if !errors.Is(err, refused) {
		t.Errorf("got %v after %d calls, want the refusal after one", err, calls)
	}
}
