// Package wire reads AWS requests off HTTP and writes the answers, for the
// local twin's services, and speaks the AWS JSON protocol that most of them do, in
// JSON or in CBOR.
//
// Source of the protocol: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
package wire

import (
	"cmp"
	"context"
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

// Operation answers one operation: the result is encoded as the body was (nil
// as an empty object). An *Error reaches the caller as it is, any other error as
// an InternalFailure.
type Operation func(ctx context.Context, body Body) (any, error)

// Handle returns f as an Operation, its input decoded from the request's body.
// A body that doesn't decode into I is refused as a SerializationException.
func Handle[I, O any](f func(context.Context, *I) (O, error)) Operation {
	return func(ctx context.Context, body Body) (any, error) {
		in := new(I)
		if err := body.Decode(in); err != nil {
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
	CBOR       bool // the service reads and answers CBOR too
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
	if isCBOR(r) && !s.CBOR {
		WriteJSONError(w, r, Errorf("SerializationException", "the local twin's %s reads JSON, not CBOR", s.Service))
		return
	}
	body, err := ReadBody(r)
	if err != nil {
		WriteJSONError(w, r, BodyError(err))
		return
	}
	out, err := op(r.Context(), Body{body, isCBOR(r)})
	if err != nil {
		WriteJSONError(w, r, AsError(err))
		return
	}
	if out == nil {
		out = struct{}{}
	}
	write(w, r, http.StatusOK, out)
}

// WriteJSONError writes e as the AWS JSON protocols do, in CBOR if r is.
func WriteJSONError(w http.ResponseWriter, r *http.Request, e *Error) {
	status := cmp.Or(e.Status, http.StatusBadRequest)
	w.Header().Set("X-Amzn-ErrorType", e.Code)
	write(w, r, status, map[string]string{"__type": e.Code, "message": e.Message})
}
