// Package awscall repeats calls of AWS APIs that may succeed later.
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

// ErrNotYet marks an attempt whose calls have succeeded, but whose change is not complete yet:
// the attempt's error wraps it.
var ErrNotYet = errors.New("not yet")

// Repeat calls attempt until it succeeds or returns an error that another attempt would also
// return. Another attempt may succeed if the service was busy, could not be reached or
// throttled the call, or if the error wraps ErrNotYet. Between two attempts, Repeat calls
// sleep with an increasing duration, from 500 milliseconds to 10 seconds. If sleep returns an
// error because ctx has ended, Repeat returns that error together with the attempt's error.
func Repeat(ctx context.Context, sleep func(context.Context, time.Duration) error, attempt func() error) error {
	for wait := 500 * time.Millisecond; ; wait = min(2*wait, 10*time.Second) {
		err := attempt()
		if err == nil || !mayRetry(err) {
			return err
		}
		if ended := sleep(ctx, wait); ended != nil {
			return fmt.Errorf("%w: %w", ended, err)
		}
	}
}

// mayRetry reports whether the same call may succeed later.
func mayRetry(err error) bool {
	return errors.Is(err, ErrNotYet) || dataapi.OutcomeUnknown(err) ||
		HasCode(err, "InvalidClusterState", "ConflictException", "Throttling", "ThrottlingException", "TooManyRequestsException")
}

// HasCode reports whether err is an error of an AWS API with one of the codes.
func HasCode(err error, codes ...string) bool {
	var api smithy.APIError
	return errors.As(err, &api) && slices.Contains(codes, api.ErrorCode())
}
