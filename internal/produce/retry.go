package produce

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
	"time"
)

// Waits between two attempts, and after how many failed calls in a row to give up:
// about half a minute.
const (
	firstWait      = 50 * time.Millisecond
	longestWait    = 5 * time.Second
	maxFailedCalls = 12
)

// waitFor returns how long to wait at most before an attempt, of which strikes in
// a row went badly. The wait itself is random below that, so that writers who were
// refused together don't come back together.
func waitFor(strikes int) time.Duration {
	if strikes > 16 {
		return longestWait
	}
	return min(firstWait<<strikes, longestWait)
}

// throttles are the error codes which say that there are too many records or calls.
//
// Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
// and https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
var throttles = map[string]bool{
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

// passing are the other error codes after which the same may be accepted later: the
// service's own failures, and credentials or a clock that are put right meanwhile.
var passing = map[string]bool{
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

// CallError is a service's answer to a call that it didn't carry out.
type CallError struct {
	// Status is HTTP's.
	Status int
	// Code and Message are the service's.
	Code, Message string
}

// Error returns the code and the message.
func (e *CallError) Error() string {
	if e.Message == "" {
		return e.Code
	}
	return fmt.Sprintf("%s: %s", e.Code, e.Message)
}

// isPassing tells whether a call that failed may succeed later.
func isPassing(err error) bool {
	var refused *CallError
	switch {
	case errors.As(err, new(forGood)):
		return false
	case errors.As(err, &refused):
		return throttles[refused.Code] || passing[refused.Code] ||
			refused.Status >= http.StatusInternalServerError || refused.Status == http.StatusTooManyRequests
	}
	return true // nobody answered
}

// forGood is an error after which trying again doesn't help.
type forGood struct{ error }

// Unwrap returns the error.
func (f forGood) Unwrap() error { return f.error }

// isUnsure tells whether a call that failed may have been carried out.
func isUnsure(err error) bool {
	var refused *CallError
	if errors.As(err, &refused) {
		return refused.Status >= http.StatusInternalServerError
	}
	return !isUnreachable(err)
}

// isUnreachable tells whether a call failed because nobody was there to take it.
func isUnreachable(err error) bool {
	var name *net.DNSError
	return errors.Is(err, syscall.ECONNREFUSED) || errors.As(err, &name) && name.IsNotFound
}

// codeOf returns the error code of a failed call, or "no answer".
func codeOf(err error) string {
	var refused *CallError
	if errors.As(err, &refused) {
		return refused.Code
	}
	return "no answer"
}
