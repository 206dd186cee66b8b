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

// maxPayload is the most bytes in the event and in the response of a synchronous
// invocation, and maxEvent in the event of an asynchronous one.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const (
	maxPayload = 6 << 20
	maxEvent   = 1 << 20
)

// MaxBody is the most bytes in the body of a request to the Lambda API.
const MaxBody = maxPayload

// FunctionError says that the function failed: it returned an error, panicked, exited
// or took too long.
type FunctionError struct {
	Type    string // such as "Sandbox.Timedout"
	Message string
	Payload json.RawMessage // the response to a synchronous caller
}

// Error returns the type and the message.
func (e *FunctionError) Error() string { return e.Type + ": " + e.Message }

// invocation is one event and its outcome.
type invocation struct {
	id       string
	payload  []byte
	traceID  string
	deadline time.Time    // set when the event is sent to the process
	outcome  chan outcome // has room for one value
}

// outcome is a function's response, or its error.
type outcome struct {
	payload []byte
	err     *FunctionError // nil if the function succeeded
}

// run invokes a function once and returns its response, or a *FunctionError. If ctx
// ends first, run kills the environment and returns ctx's error.
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
		// A warm environment ended before it received the event: use another one.
	}
}

// deliver sends an event to an environment's process when the process requests it. It
// returns false if a process that had requested events before has ended instead.
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
		return false, e.failure("Sandbox.Timedout", inv, fmt.Sprintf("Task timed out after %.2f seconds: it never requested an invocation from the Runtime API", s.InitTimeout.Seconds()))
	case <-ctx.Done():
		e.stop()
		return false, ctx.Err()
	}
}

// await waits for the response until the deadline. Then it makes the environment idle,
// or ends it if there was no response.
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
		case o := <-inv.outcome: // the process responded before it ended
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

// failure returns, and logs, an error that Lambda reports and not the function. If the
// process has reported an error of its initialization, that error takes the place of
// kind and text.
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

// errPayload returns an encoded error, or null if the encoding failed.
func errPayload(payload []byte, err error) json.RawMessage {
	if err != nil {
		return json.RawMessage("null")
	}
	return payload
}

// functionError decodes the error that a function reported.
func functionError(payload []byte) *FunctionError {
	var body struct{ ErrorType, ErrorMessage string }
	if err := json.Unmarshal(payload, &body); err != nil {
		return &FunctionError{Type: "Unhandled", Message: string(payload), Payload: payload}
	}
	return &FunctionError{Type: body.ErrorType, Message: body.ErrorMessage, Payload: payload}
}

// isFunctionError reports whether err says that the function failed, and not the twin.
func isFunctionError(err error) bool {
	return errors.As(err, new(*FunctionError))
}

// newTraceID returns an X-Ray trace header that says that the trace is not sampled.
//
// Source: https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html
func newTraceID() string {
	return fmt.Sprintf("Root=1-%08x-%s;Parent=%s;Sampled=0", time.Now().Unix(), random(12), random(8))
}

// random returns n random bytes in hexadecimal.
func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // always returns nil
	return hex.EncodeToString(b)
}
