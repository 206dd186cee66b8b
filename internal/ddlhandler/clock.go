package ddlhandler

import (
	"context"
	"net/url"
	"time"
)

// lambdaTimeout is the function's timeout if the context has no deadline.
const lambdaTimeout = 15 * time.Minute

// clock computes the deadlines of a request. All of them scale with the function's
// timeout. If that is 15 minutes, CloudFormation waits for 60 minutes (ServiceTimeout), and
// Lambda retries a run without a response after one minute, and again after two more. So
// the last of three runs lasts from the 33rd minute to the 48th.
//
// Sources: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudformation-customresource.html
// and https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
type clock struct {
	timeout time.Duration
	sent    time.Time // when CloudFormation made the request; zero if the event does not contain that time
	arrived time.Time // when the request arrived: sent, or the start of this run if sent is zero
	began   time.Time // when the request began, which orders the requests on one object: see beganAt
}

func newClock(ctx context.Context, responseURL string) clock {
	c := clock{timeout: lambdaTimeout, sent: sentAt(responseURL), arrived: time.Now()}
	if !c.sent.IsZero() {
		c.arrived = c.sent
	}
	if deadline, ok := ctx.Deadline(); ok {
		c.timeout = time.Until(deadline)
	}
	return c
}

// deadline returns the time at which the request must have a response: 45 minutes after it
// began, which is within the last run.
func (c clock) deadline() time.Time {
	if c.sent.IsZero() {
		return c.began.Add(3 * c.timeout)
	}
	return c.sent.Add(3 * c.timeout)
}

// refreshDeadline returns the time after which the run no longer waits for a first refresh.
func (c clock) refreshDeadline() time.Time { return c.deadline().Add(-3 * c.timeout / 10) }

// lease returns how long a ledger read stays valid, counted from when the read began to
// run: 7.5 seconds. A request that takes over an object waits for as long, so that no
// earlier run still relies on an older read.
func (c clock) lease() time.Duration { return c.timeout / 120 }

// stillRunningAfter returns the time after which the ID of a running statement is written
// into the ledger: one second.
func (c clock) stillRunningAfter() time.Duration { return c.timeout / 900 }

// mayRetry reports whether a repeated run may still finish the request.
func (c clock) mayRetry() bool {
	begun := !c.sent.IsZero() || !c.began.IsZero()
	return begun && time.Now().Before(c.deadline())
}

// beganAt returns when a request began, given the time at which its first statement was
// accepted. It returns that time unless the event contains the second in which
// CloudFormation made the request; then it returns the nearest time within that second. The
// statement may be accepted late, because IAM or the warehouse refuses it for a while. This
// must not change the order of requests.
func (c clock) beganAt(accepted time.Time) time.Time {
	last := c.sent.Add(time.Second - time.Millisecond)
	switch {
	case c.sent.IsZero():
		return accepted
	case accepted.Before(c.sent):
		return c.sent
	case accepted.After(last):
		return last
	}
	return accepted
}

// before reports whether this request began before the time at which another one began.
func (c clock) before(other time.Time) bool { return other.After(c.began) }

// reserveResponseTime returns a context that ends before ctx does: the rest is for sending
// the response. The rest is a tenth of the timeout, and at most 10 seconds.
func (c clock) reserveResponseTime(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, deadline.Add(-min(10*time.Second, c.timeout/10)))
}

// sentAt returns the time at which a presigned URL was signed, to the second. That is when
// CloudFormation made the request. It returns zero if the URL does not contain that time.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
func sentAt(responseURL string) time.Time {
	u, err := url.Parse(responseURL)
	if err != nil {
		return time.Time{}
	}
	at, _ := time.Parse("20060102T150405Z", u.Query().Get("X-Amz-Date")) // zero if it is invalid
	return at
}
