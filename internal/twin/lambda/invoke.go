package lambda

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Limits of what one invocation carries, in bytes: either way of a synchronous
// one, and of an asynchronous one's event.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const (
	maxPayload = 6 << 20
	maxEvent   = 1 << 20
)

// MaxBody is the most that a request may have, in bytes.
const MaxBody = maxPayload

// FunctionError says that the function failed, not the call: it returned an
// error, panicked, exited or took too long.
type FunctionError struct {
	Type    string          // such as "Sandbox.Timedout"
	Message string          // the function's own words
	Payload json.RawMessage // what a synchronous caller gets
}

// Error returns the type and the message.
func (e *FunctionError) Error() string { return e.Type + ": " + e.Message }

// invocation is one event on its way through an environment.
type invocation struct {
	id       string
	payload  []byte
	traceID  string
	deadline time.Time    // set when the process gets it
	outcome  chan outcome // holds one
}

type outcome struct {
	payload []byte
	err     *FunctionError
}

// run invokes a function once and returns its answer, or a *FunctionError.
// When ctx ends, the environment is killed.
func (s *Service) run(ctx context.Context, f *function, id string, payload []byte) ([]byte, error) {
	inv := &invocation{id: id, payload: payload, traceID: newTraceID(), outcome: make(chan outcome, 1)}
	f.log.printf("START RequestId: %s Version: $LATEST", id)
	begin := time.Now()
	out, err := s.execute(ctx, f, inv)
	took := time.Since(begin)
	f.log.printf("END RequestId: %s", id)
	f.log.printf("REPORT RequestId: %s\tDuration: %.2f ms\tMemory Size: %d MB", id, float64(took.Microseconds())/1000, f.MemorySize)
	return out, err
}

func (s *Service) execute(ctx context.Context, f *function, inv *invocation) ([]byte, error) {
	for {
		e, err := s.acquire(f)
		if err != nil {
			return nil, &FunctionError{Type: "Runtime.InvalidEntrypoint", Message: fmt.Sprintf("RequestId: %s Error: %v", inv.id, err)}
		}
		delivered, err := s.deliver(ctx, e, inv)
		if err != nil {
			return nil, err
		}
		if delivered {
			return s.await(ctx, e, inv)
		}
		// A warm environment ended before it took the event: try another.
	}
}

// deliver hands an event to an environment's process as soon as that asks. It
// reports false if a process that had been ready ended instead.
func (s *Service) deliver(ctx context.Context, e *environment, inv *invocation) (bool, error) {
	warm := false
	select {
	case <-e.ready:
		warm = true
	default:
	}
	limit := time.NewTimer(s.InitTimeout)
	defer limit.Stop()
	inv.deadline = time.Now().Add(e.function.Timeout)
	select {
	case e.next <- inv:
		return true, nil
	case <-e.ended:
		if warm {
			return false, nil
		}
		return false, e.failure("Runtime.ExitError", inv, e.exitText())
	case <-limit.C:
		e.stop()
		return false, e.failure("Sandbox.Timedout", inv, fmt.Sprintf("Task timed out after %.2f seconds: it never asked for work", s.InitTimeout.Seconds()))
	case <-ctx.Done():
		e.stop()
		return false, ctx.Err()
	}
}

// await waits for the answer until the deadline, and makes the environment
// idle or ends it.
func (s *Service) await(ctx context.Context, e *environment, inv *invocation) ([]byte, error) {
	limit := time.NewTimer(time.Until(inv.deadline))
	defer limit.Stop()
	select {
	case o := <-inv.outcome:
		s.release(e)
		if o.err != nil {
			return nil, o.err
		}
		return o.payload, nil
	case <-e.ended:
		select {
		case o := <-inv.outcome: // it answered, then ended
			if o.err != nil {
				return nil, o.err
			}
			return o.payload, nil
		default:
			return nil, e.failure("Runtime.ExitError", inv, e.exitText())
		}
	case <-limit.C:
		e.stop()
		return nil, e.failure("Sandbox.Timedout", inv, fmt.Sprintf("Task timed out after %.2f seconds", e.function.Timeout.Seconds()))
	case <-ctx.Done():
		e.stop()
		return nil, ctx.Err()
	}
}

// failure is an error that Lambda, not the function, reports, and logs it.
func (e *environment) failure(kind string, inv *invocation, text string) *FunctionError {
	e.mu.Lock()
	if e.initErr != nil {
		kind, text = e.initErr.Type, e.initErr.Message
	}
	e.mu.Unlock()
	message := fmt.Sprintf("RequestId: %s Error: %s", inv.id, text)
	e.function.log.printf("%s", message)
	payload, err := json.Marshal(map[string]string{"errorType": kind, "errorMessage": message})
	return &FunctionError{Type: kind, Message: message, Payload: errPayload(payload, err)}
}

// errPayload returns what was encoded, or, if that failed, null.
func errPayload(payload []byte, err error) json.RawMessage {
	if err != nil {
		return json.RawMessage("null")
	}
	return payload
}

// functionError reads what a function reported as its error.
func functionError(payload []byte) *FunctionError {
	var body struct{ ErrorType, ErrorMessage string }
	if err := json.Unmarshal(payload, &body); err != nil {
		return &FunctionError{Type: "Unhandled", Message: string(payload), Payload: payload}
	}
	return &FunctionError{Type: body.ErrorType, Message: body.ErrorMessage, Payload: payload}
}

// isFunctionError reports whether the function failed, rather than the twin.
func isFunctionError(err error) bool {
	return errors.As(err, new(*FunctionError))
}

// newTraceID returns an X-Ray header of an unsampled trace.
//
// Source: https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html
func newTraceID() string {
	return fmt.Sprintf("Root=1-%08x-%s;Parent=%s;Sampled=0", time.Now().Unix(), random(12), random(8))
}

// random returns n random bytes in hexadecimal.
func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails, says its documentation
	return hex.EncodeToString(b)
}
