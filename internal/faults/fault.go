package faults

import (
	"fmt"
	"sync"
)

// faultKind identifies a kind of fault, and describes it in English.
type faultKind string

// The kinds of faults that are injected at one call of the function: at a SQL
// statement, or at a call of the Redshift API.
const (
	none              faultKind = "no fault"
	killBefore        faultKind = "the process dies before the statement"
	killAfter         faultKind = "the process dies after the statement"
	killEachTime      faultKind = "the process dies at the statement in each run"
	loseReply         faultKind = "the reply is lost"
	failed            faultKind = "the statement fails"
	aborted           faultKind = "the statement is aborted"
	throttled         faultKind = "calls are throttled"
	paused            faultKind = "the warehouse is temporarily paused"
	modifying         faultKind = "the warehouse is temporarily being modified"
	unreachable       faultKind = "the Data API is temporarily unreachable"
	hangs             faultKind = "the statement never ends"
	takesLong         faultKind = "the statement takes longer than one run"
	overtaken         faultKind = "CloudFormation's next request overtakes the statement"
	nameTaken         faultKind = "another user creates an object of the same name"
	droppedByUser     faultKind = "another user drops the object"
	otherRoleAttached faultKind = "another user attaches another role"
)

// The kinds of faults that affect the response, or the delivery of a request.
const (
	badResponse faultKind = "the response URL returns status 500"
	twiceAtOnce faultKind = "the request is delivered twice at the same time"
	twiceInTurn faultKind = "the request is delivered again after it was answered"
	deliverLate faultKind = "the request is delivered again after the next step"
)

// requestFaults are the faults that can be injected into any request. A fault that is
// listed more often is more likely to be chosen. Faults that take longer than one run
// are listed once, since they make the test slow.
var requestFaults = []faultKind{
	killBefore, killBefore, killBefore, killAfter, killAfter, killAfter, killEachTime, killEachTime,
	loseReply, loseReply, failed, failed, failed, failed, aborted, aborted, aborted,
	throttled, throttled, paused, paused, modifying, modifying, unreachable, unreachable,
	badResponse, badResponse, twiceAtOnce, twiceAtOnce, twiceInTurn, twiceInTurn, deliverLate, deliverLate,
	hangs, takesLong, overtaken, overtaken,
}

// fault is a fault to inject into one request.
type fault struct {
	kind      faultKind
	at        int           // index, from 0, of the statement or API call to inject at
	overtaken chan struct{} // closed when CloudFormation cancels the request
	release   chan struct{} // closed when the delayed statement's reply may be sent
	act       func() bool   // changes the database as another user; reports whether that succeeded
	timedOut  bool          // whether no response came within ServiceTimeout

	mu    sync.Mutex
	count int    // statements and API calls so far
	fired bool   // whether the fault was injected
	step  string // name of the plan step at which the fault was injected
	calls int    // number of further calls that the proxy must refuse
}

func newFault(k faultKind, at int) *fault {
	return &fault{kind: k, at: at, overtaken: make(chan struct{}), release: make(chan struct{})}
}

// String returns the kind, the index of the statement, and the name of the plan
// step if the fault was injected.
func (f *fault) String() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.step != "" {
		return fmt.Sprintf("%s: %d (%s)", f.kind, f.at, f.step)
	}
	return fmt.Sprintf("%s: %d", f.kind, f.at)
}

// fire records that the fault was injected.
func (f *fault) fire() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fired = true
}

// injected reports whether the fault was injected.
func (f *fault) injected() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.fired
}

// hits counts the next statement or API call, and reports whether the fault must be
// injected at it. step is the name of its plan step.
func (f *fault) hits(step string) bool {
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

// refusesCall reports whether the proxy must refuse the current call. Each call of
// refusesCall uses up one refusal.
func (f *fault) refusesCall() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls--
	return f.calls >= 0
}
