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

// answer is what the function says.
type answer struct {
	Status, Reason     string
	PhysicalResourceID string `json:"PhysicalResourceId"`
}

// request is one of CloudFormation's requests, and the fault that meets it.
type request struct {
	id     string
	event  []byte
	fault  *fault
	answer chan answer // holds one
	ended  chan struct{}

	mu      sync.Mutex
	log     []string
	refusal int // answers of 500 that the response URL still gives
}

// note adds a line to the request's log.
func (q *request) note(format string, args ...any) {
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

// send has the function run an event, and returns the answer; nil if there is
// none within ServiceTimeout, which is four times the function's timeout.
func (s *site) send(ctx context.Context, e cfn.Event, f *fault) (*request, *answer) {
	q := s.newRequest(e, f)
	q.note("%s %s as %s, %s", e.RequestType, e.LogicalResourceID, e.PhysicalResourceID, f)
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

func (s *site) newRequest(e cfn.Event, f *fault) *request {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	q := &request{id: hex.EncodeToString(b[:]), fault: f, answer: make(chan answer, 1), ended: make(chan struct{})}
	if f.kind == badResponse {
		q.refusal = 1
	}
	e.RequestID = q.id
	e.ResponseURL = fmt.Sprintf("%s/response/%s?X-Amz-Date=%s", s.url, q.id, time.Now().UTC().Format("20060102T150405Z"))
	q.event, _ = json.Marshal(e) // strings and maps of them
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests[q.id] = q
	return q
}

func (s *site) deliver(ctx context.Context, q *request) {
	if err := s.function.invoke(ctx, q); err != nil {
		q.note("failed for good: %v", err)
	}
}

func (s *site) await(ctx context.Context, q *request) *answer {
	limit := time.NewTimer(4 * s.timeout)
	defer limit.Stop()
	select {
	case a := <-q.answer:
		q.note("answered %s %s %s", a.Status, a.PhysicalResourceID, a.Reason)
		return &a
	case <-q.ended:
		select {
		case a := <-q.answer:
			q.note("answered %s %s %s", a.Status, a.PhysicalResourceID, a.Reason)
			return &a
		default:
			q.note("never answered") // CloudFormation would wait for the rest of the hour
			return nil
		}
	case <-q.fault.overtaken:
		q.note("cancelled: another resource failed")
		return nil
	case <-limit.C:
		q.fault.late = true
		q.note("NOT ANSWERED WITHIN SERVICETIMEOUT")
		return nil
	case <-ctx.Done():
		return nil
	}
}

// respond takes an answer.
func (s *site) respond(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	q := s.requests[r.PathValue("request")]
	s.mu.Unlock()
	var a answer
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(body, &a)
	}
	if q == nil || err != nil || len(body) > 4096 {
		http.Error(w, "no such request, or no answer", http.StatusForbidden)
		return
	}
	q.mu.Lock()
	refuse := q.refusal > 0
	q.refusal--
	q.mu.Unlock()
	if refuse {
		q.fault.fire()
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	select {
	case q.answer <- a:
	default: // answered before
	}
}
