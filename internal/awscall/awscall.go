// Package awscall repeats calls of AWS's control plane that may succeed later.
package awscall

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/smithy-go"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// ErrNotYet is wrapped by the error of an attempt whose calls succeeded and found that
// what is waited for isn't there yet.
var ErrNotYet = errors.New("not yet")

// Repeat makes an attempt again for as long as its error says that it may succeed later:
// the service is busy, could not be reached or is throttling, or the error is ErrNotYet.
// Between two attempts it waits ever longer, up to 10 seconds. sleep waits, or returns
// ctx's error once ctx has ended; then Repeat returns that error, and what was waited for.
func Repeat(ctx context.Context, sleep func(context.Context, time.Duration) error, attempt func() error) error {
	for wait := 500 * time.Millisecond; ; wait = min(2*wait, 10*time.Second) {
		err := attempt()
		if err == nil || !mayPass(err) {
			return err
		}
		if ended := sleep(ctx, wait); ended != nil {
			return fmt.Errorf("%w: %w", ended, err)
		}
	}
}

// mayPass reports whether the same call may succeed later.
func mayPass(err error) bool {
	return errors.Is(err, ErrNotYet) || dataapi.Unanswered(err) ||
		HasCode(err, "InvalidClusterState", "ConflictException", "Throttling", "ThrottlingException", "TooManyRequestsException")
}

// HasCode reports whether err is one of AWS's, of one of the codes.
func HasCode(err error, codes ...string) bool {
	var api smithy.APIError
	return errors.As(err, &api) && slices.Contains(codes, api.ErrorCode())
}
