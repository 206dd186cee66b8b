package ddlhandler

import (
	"context"
	"net/url"
	"time"
)

// lambdaTimeout is the function's timeout where the context says nothing.
const lambdaTimeout = 15 * time.Minute

// clock is how long a request may take. All of it scales with the function's
// timeout: with 15 minutes, CloudFormation waits for 60 (ServiceTimeout), and
// Lambda repeats an unanswered run after one minute and after two more, so that
// the last of three runs is under way from the 33rd minute to the 48th.
//
// Sources: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudformation-customresource.html
// and https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
type clock struct {
	timeout time.Duration
	sent    time.Time // when CloudFormation made the request; zero if it doesn't say
	arrived time.Time // when the request arrived: sent or, where that is zero, when this run began
	began   time.Time // when the request began, for its order among others: see beganAt
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

// due is when the request has to be answered: 45 minutes after its beginning,
// within the last run.
func (c clock) due() time.Time {
	if c.sent.IsZero() {
		return c.began.Add(3 * c.timeout)
	}
	return c.sent.Add(3 * c.timeout)
}

// refreshEnds is when a first refresh that still runs is left to itself.
func (c clock) refreshEnds() time.Time { return c.due().Add(-3 * c.timeout / 10) }

// lease is for how long a read of the ledger allows a statement, from when the read
// began to run: 7.5 seconds. It is also how long an overtaken run is waited for.
func (c clock) lease() time.Duration { return c.timeout / 120 }

// stillRunningAfter is after what time a statement that still runs is written into the
// ledger: one second.
func (c clock) stillRunningAfter() time.Duration { return c.timeout / 900 }

// mayResume reports whether a repeated run may take the request up.
func (c clock) mayResume() bool {
	begun := !c.sent.IsZero() || !c.began.IsZero()
	return begun && time.Now().Before(c.due())
}

// beganAt returns when a request began whose first statement was accepted at a time:
// then or, where CloudFormation says when it made the request, within that second. The
// statement may be accepted late, while IAM or the warehouse doesn't let it, and that
// changes nothing in the order of requests.
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

// before reports whether the request was made before one that began at then.
func (c clock) before(then time.Time) bool { return then.After(c.began) }

// margin keeps back a part of the time that ctx has, in which to answer.
func (c clock) margin(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, deadline.Add(-min(10*time.Second, c.timeout/10)))
}

// sentAt returns when a presigned URL was signed, which is when CloudFormation
// made the request; zero if it doesn't say. The URLs that CloudFormation sends
// say it, to the second.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
func sentAt(responseURL string) time.Time {
	u, err := url.Parse(responseURL)
	if err != nil {
		return time.Time{}
	}
	at, err := time.Parse("20060102T150405Z", u.Query().Get("X-Amz-Date"))
	if err != nil {
		return time.Time{}
	}
	return at
}
