// Package wire reads AWS requests off HTTP and writes the answers, for the
// local twin's services, and speaks the AWS JSON protocol that most of them do.
//
// Source of the protocol: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
package wire

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Error is a refusal as AWS services send it. Its zero Status means 400.
type Error struct {
	Status  int    // HTTP status
	Code    string // the exception's name, such as "ResourceNotFoundException"
	Message string
}

// Error returns the code and the message.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Errorf returns an *Error with status 400.
func Errorf(code, format string, args ...any) *Error {
	return &Error{Status: http.StatusBadRequest, Code: code, Message: fmt.Sprintf(format, args...)}
}

// AsError returns err's *Error, or an InternalFailure which holds err's text.
func AsError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Status: http.StatusInternalServerError, Code: "InternalFailure", Message: err.Error()}
}

// Operation answers one operation: body is the request's JSON, the result is
// encoded as JSON (nil as an empty object). An *Error reaches the caller as it
// is, any other error as an InternalFailure.
type Operation func(ctx context.Context, body []byte) (any, error)

// Handle returns f as an Operation, its input decoded from the request's JSON.
// A body that doesn't decode into I is refused as a SerializationException.
func Handle[I, O any](f func(context.Context, *I) (O, error)) Operation {
	return func(ctx context.Context, body []byte) (any, error) {
		in := new(I)
		if err := json.Unmarshal(body, in); err != nil {
			return nil, Errorf("SerializationException", "%v", err)
		}
		return f(ctx, in)
	}
}

// JSON serves a service's operations by name over AWS JSON 1.0 and 1.1. An
// operation that isn't in the map is refused by name.
type JSON struct {
	Service    string // for refusals, such as "kinesis"
	Operations map[string]Operation
}

// ServeHTTP runs the operation that the X-Amz-Target header names.
func (s *JSON) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	target := r.Header.Get("X-Amz-Target")
	name := target[strings.LastIndexByte(target, '.')+1:]
	op, ok := s.Operations[name]
	if !ok {
		WriteJSONError(w, r, Errorf("UnknownOperationException",
			"the local twin's %s has no operation %q", s.Service, name))
		return
	}
	body, err := ReadBody(r)
	if err != nil {
		WriteJSONError(w, r, Errorf("SerializationException", "read the request: %v", err))
		return
	}
	out, err := op(r.Context(), body)
	if err != nil {
		WriteJSONError(w, r, AsError(err))
		return
	}
	if out == nil {
		out = struct{}{}
	}
	w.Header().Set("Content-Type", contentType(r))
	_ = json.NewEncoder(w).Encode(out) // the client has gone: nobody is left to tell
}

// WriteJSONError writes e as the AWS JSON protocols do.
func WriteJSONError(w http.ResponseWriter, r *http.Request, e *Error) {
	status := e.Status
	if status == 0 {
		status = http.StatusBadRequest
	}
	w.Header().Set("Content-Type", contentType(r))
	w.Header().Set("X-Amzn-ErrorType", e.Code)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": e.Code, "message": e.Message})
}

// contentType answers in the version of the protocol that r was sent in.
func contentType(r *http.Request) string {
	if got := r.Header.Get("Content-Type"); strings.HasPrefix(got, "application/x-amz-json-") {
		return got
	}
	return "application/x-amz-json-1.1"
}
