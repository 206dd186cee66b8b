package faults

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/cfn"
)

// answer is the response that the function sends to the response URL.
type answer struct {
	Status, Reason     string
	PhysicalResourceID string `json:"PhysicalResourceId"`
}

// request is a request of CloudFormation, with the fault to inject.
type request struct {
	id     string
	event  []byte
	fault  *fault
	answer chan answer   // receives the first response; has a buffer of one
	ended  chan struct{} // closed when no delivery of the request runs any more

	mu       sync.Mutex
	log      []string
	refusals int // how many more responses the response URL refuses with status 500
}

// logf adds a line to the request's log.
func (q *request) logf(format string, args ...any) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.log = append(q.log, time.Now().Format("05.000 ")+fmt.Sprintf(format, args...))
}

// text returns the log.
func (q *request) text() string {
	q.mu.Lock()
	defer q.mu.Unlock()
	return "    " + strings.Join(q.log, "\n    ") + "\n"
}

// send delivers an event to the function and waits for the response. The returned answer
// is nil if none came within ServiceTimeout, which is four times the function's timeout
// here, or if the request was cancelled.
func (s *sandbox) send(ctx context.Context, e cfn.Event, f *fault) (*request, *answer) {
	q := s.newRequest(e, f)
	q.logf("%s %s as %s, %s", e.RequestType, e.LogicalResourceID, e.PhysicalResourceID, f)
	wait := sync.WaitGroup{}
	if f.kind == twiceAtOnce {
		f.fire()
		wait.Go(func() { s.deliver(ctx, q) })
	}
	wait.Go(func() { s.deliver(ctx, q) })
	go func() {
		wait.Wait()
		close(q.ended)
	}()
	got := s.await(ctx, q)
	if f.kind == twiceInTurn && got != nil {
		f.fire()
		<-q.ended
		s.deliver(ctx, q)
	}
	return q, got
}

// newRequest returns a request with a new id and response URL, and registers it.
func (s *sandbox) newRequest(e cfn.Event, f *fault) *request {
	var b [8]byte
	_, _ = rand.Read(b[:]) // crypto/rand's Read never returns an error
	q := &request{id: hex.EncodeToString(b[:]), fault: f, answer: make(chan answer, 1), ended: make(chan struct{})}
	if f.kind == badResponse {
		q.refusals = 1
	}
	e.RequestID = q.id
	e.ResponseURL = fmt.Sprintf("%s/response/%s?X-Amz-Date=%s", s.url, q.id, time.Now().UTC().Format("20060102T150405Z"))
	q.event, _ = json.Marshal(e) // can't fail: the event consists of strings and maps
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests[q.id] = q
	return q
}

// deliver invokes the function with the request, up to three times.
func (s *sandbox) deliver(ctx context.Context, q *request) {
	if err := s.function.invoke(ctx, q); err != nil {
		q.logf("all runs failed: %v", err)
	}
}

// await waits for the response. It returns nil if the request times out, is cancelled,
// or ends without a response.
func (s *sandbox) await(ctx context.Context, q *request) *answer {
	limit := time.NewTimer(4 * s.timeout)
	defer limit.Stop()
	select {
	case a := <-q.answer:
		q.logf("answered %s %s %s", a.Status, a.PhysicalResourceID, a.Reason)
		return &a
	case <-q.ended:
		select {
		case a := <-q.answer:
			q.logf("answered %s %s %s", a.Status, a.PhysicalResourceID, a.Reason)
			return &a
		default:
			q.logf("never answered") // CloudFormation would wait until ServiceTimeout
			return nil
		}
	case <-q.fault.overtaken:
		q.logf("cancelled: another resource failed")
		return nil
	case <-limit.C:
		q.fault.timedOut = true
		q.logf("NOT ANSWERED WITHIN SERVICETIMEOUT")
		return nil
	case <-ctx.Done():
		return nil
	}
}

// respond serves the response URL.
func (s *sandbox) respond(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	q := s.requests[r.PathValue("request")]
	s.mu.Unlock()
	var a answer
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(body, &a)
	}
	if q == nil || err != nil || len(body) > 4096 {
		http.Error(w, "unknown request, or invalid response", http.StatusForbidden)
		return
	}
	q.mu.Lock()
	refuse := q.refusals > 0
	q.refusals--
	q.mu.Unlock()
	if refuse {
		q.fault.fire()
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	select {
	case q.answer <- a:
	default: // a response was received before
	}
}
