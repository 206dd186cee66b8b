package faults

import (
	"fmt"
	"sync"
)

// kind is what goes wrong.
type kind string

// What goes wrong at one statement.
const (
	none         kind = "no fault"
	killBefore   kind = "the process dies before the statement"
	killAfter    kind = "the process dies after the statement"
	killEachTime kind = "each run dies at the statement"
	loseReply    kind = "the reply is lost"
	failed       kind = "the statement fails"
	aborted      kind = "the statement is aborted"
	throttled    kind = "calls are throttled"
	paused       kind = "the warehouse is paused for a while"
	modifying    kind = "the warehouse is being modified for a while"
	unreachable  kind = "the Data API can't be reached for a while"
	hangs        kind = "the statement never ends"
	takesLong    kind = "the statement takes longer than one run"
	overtaken    kind = "CloudFormation's next request overtakes the statement"
	stranger     kind = "somebody makes an object of the name"
	droppedThen  kind = "somebody drops the view"
	meddling     kind = "somebody attaches another role"
)

// What goes wrong elsewhere.
const (
	badResponse kind = "the response URL answers 500"
	twiceAtOnce kind = "the request is delivered twice at once"
	twiceInTurn kind = "the request is delivered again once it is done"
	deliverLate kind = "the request is delivered again after the next one"
)

// anywhere are the faults that any request can meet, with how often they are
// taken: those that last for more than one run are rare, since they take time.
var anywhere = []kind{
	killBefore, killBefore, killBefore, killAfter, killAfter, killAfter, killEachTime, killEachTime,
	loseReply, loseReply, failed, failed, failed, failed, aborted, aborted, aborted,
	throttled, throttled, paused, paused, modifying, modifying, unreachable, unreachable,
	badResponse, badResponse, twiceAtOnce, twiceAtOnce, twiceInTurn, twiceInTurn, deliverLate, deliverLate,
	hangs, takesLong, overtaken, overtaken,
}

// fault is one thing that goes wrong with one request.
type fault struct {
	kind      kind
	at        int           // the statement that it meets, counted from 0
	overtaken chan struct{} // closed when CloudFormation gives the request up
	release   chan struct{} // closed when the overtaken statement goes on
	act       func() bool   // what somebody does by hand; reports whether it had an effect
	late      bool          // the answer did not come in time

	mu    sync.Mutex
	count int // statements seen
	fired bool
	step  string // where it fired
	calls int    // calls that are still refused
}

func newFault(k kind, at int) *fault {
	return &fault{kind: k, at: at, overtaken: make(chan struct{}), release: make(chan struct{})}
}

// String says what goes wrong where.
func (f *fault) String() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.step != "" {
		return fmt.Sprintf("%s: %d (%s)", f.kind, f.at, f.step)
	}
	return fmt.Sprintf("%s: %d", f.kind, f.at)
}

// fire notes that the fault was injected.
func (f *fault) fire() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fired = true
}

// injected reports whether the fault happened.
func (f *fault) injected() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.fired
}

// meets reports whether the fault meets the next statement, which is for step.
func (f *fault) meets(step string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count++
	switch {
	case f.kind == killEachTime && f.fired:
		return step == f.step
	case f.fired || f.count-1 != f.at:
		return false
	}
	switch f.kind {
	case none, badResponse, twiceAtOnce, twiceInTurn, deliverLate:
		return false
	case throttled, modifying, unreachable:
		f.calls = 4
	}
	f.step, f.fired = step, true
	return true
}

// refuses reports whether a call is one of those that are refused.
func (f *fault) refuses() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls--
	return f.calls >= 0
}
