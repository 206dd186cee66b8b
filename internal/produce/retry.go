package produce

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
	"time"
)

// The producer waits between two attempts to send the same records, and gives up after
// maxFailedCalls failed calls in a row, which takes about half a minute.
const (
	firstBackoff   = 50 * time.Millisecond
	longestBackoff = 5 * time.Second
	maxFailedCalls = 12
)

// maxBackoff returns the longest wait before the next attempt, after a number of bad
// attempts in a row: attempts in which the call failed, or in which more than half of a
// batch was refused. The caller waits for a random time up to this, so that producers
// that were throttled at the same time don't retry at the same time.
func maxBackoff(badAttempts int) time.Duration {
	if badAttempts > 16 {
		return longestBackoff
	}
	return min(firstBackoff<<badAttempts, longestBackoff)
}

// throttlingCodes are the error codes for exceeded rate limits. They are retryable.
//
// Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
// and https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
var throttlingCodes = map[string]bool{
	"ProvisionedThroughputExceededException": true,
	"KMSThrottlingException":                 true,
	"LimitExceededException":                 true,
	"RequestLimitExceeded":                   true,
	"ServiceUnavailableException":            true,
	"SlowDown":                               true,
	"Throttling":                             true,
	"ThrottlingException":                    true,
	"ThrottledException":                     true,
	"TooManyRequestsException":               true,
}

// retryableCodes are the retryable error codes besides throttlingCodes: internal errors
// of the service, and errors that end when credentials are renewed or this machine's
// clock is corrected.
var retryableCodes = map[string]bool{
	"ExpiredToken":            true,
	"ExpiredTokenException":   true,
	"InternalFailure":         true,
	"InternalServerError":     true,
	"RequestExpired":          true,
	"RequestTimeout":          true,
	"RequestTimeoutException": true,
	"RequestTimeTooSkewed":    true,
	"ServiceUnavailable":      true,
}

// CallError is an error response of a service.
type CallError struct {
	// Status is the HTTP status.
	Status int
	// Code is the error code. Message is the error message, or empty.
	Code, Message string
}

// Error returns the code and the message.
func (e *CallError) Error() string {
	if e.Message == "" {
		return e.Code
	}
	return fmt.Sprintf("%s: %s", e.Code, e.Message)
}

// isRetryable reports whether a call that failed with err may succeed later.
func isRetryable(err error) bool {
	var refused *CallError
	switch {
	case errors.As(err, new(permanentError)):
		return false
	case errors.As(err, &refused):
		return throttlingCodes[refused.Code] || retryableCodes[refused.Code] ||
			refused.Status >= http.StatusInternalServerError || refused.Status == http.StatusTooManyRequests
	}
	return true // there was no response
}

// permanentError is an error that is not retryable.
type permanentError struct{ error }

// Unwrap returns the wrapped error.
func (e permanentError) Unwrap() error { return e.error }

// mayHaveSucceeded reports whether the service may have accepted the records of a call
// that failed with err.
func mayHaveSucceeded(err error) bool {
	var refused *CallError
	if errors.As(err, &refused) {
		return refused.Status >= http.StatusInternalServerError
	}
	return !isUnreachable(err)
}

// isUnreachable reports whether a call failed because the host does not exist or nothing
// listens on the port.
func isUnreachable(err error) bool {
	var name *net.DNSError
	return errors.Is(err, syscall.ECONNREFUSED) || errors.As(err, &name) && name.IsNotFound
}

// errorCode returns the error code of a failed call, or "no answer" if there was no
// response.
func errorCode(err error) string {
	var refused *CallError
	if errors.As(err, &refused) {
		return refused.Code
	}
	return "no answer"
}
