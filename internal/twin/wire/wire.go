// Package wire reads the HTTP requests to the local twin's services and writes the
// responses. It implements the AWS JSON protocol, which most of the services use, in
// JSON and in CBOR.
//
// Source: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
package wire

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Error is an error response of an AWS service.
type Error struct {
	Status  int    // HTTP status; zero means 400
	Code    string // name of the exception, such as "ResourceNotFoundException"
	Message string
}

// Error returns the code and the message.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Errorf returns an *Error with status 400.
func Errorf(code, format string, args ...any) *Error {
	return &Error{Status: http.StatusBadRequest, Code: code, Message: fmt.Sprintf(format, args...)}
}

// AsError returns the *Error that err is or wraps. For another err, it returns an
// InternalFailure with err's text.
func AsError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Status: http.StatusInternalServerError, Code: "InternalFailure", Message: err.Error()}
}

// Operation implements one operation of a service. Its result becomes the response, in
// JSON or CBOR as the request; nil becomes an empty object. An error that is not an
// *Error becomes an InternalFailure.
type Operation func(ctx context.Context, body Body) (any, error)

// Handle returns an Operation that decodes the request's body into an I and calls f. If
// the body can't be decoded, the error is a SerializationException.
func Handle[I, O any](f func(context.Context, *I) (O, error)) Operation {
	return func(ctx context.Context, body Body) (any, error) {
		in := new(I)
		if err := body.Decode(in); err != nil {
			return nil, Errorf("SerializationException", "%v", err)
		}
		return f(ctx, in)
	}
}

// JSON serves the operations of a service in AWS JSON 1.0 and 1.1. For an operation that
// is not in the map, it returns an error that names it.
type JSON struct {
	Service    string // for errors, such as "kinesis"
	Operations map[string]Operation
	CBOR       bool // the service supports CBOR, too
}

// ServeHTTP runs the operation in the X-Amz-Target header.
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
		WriteJSONError(w, r, Errorf("SerializationException", "the local twin's %s supports JSON only, not CBOR", s.Service))
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

// WriteJSONError writes an error response of the AWS JSON protocols, in CBOR if the
// request is in CBOR.
func WriteJSONError(w http.ResponseWriter, r *http.Request, e *Error) {
	status := cmp.Or(e.Status, http.StatusBadRequest)
	w.Header().Set("X-Amzn-ErrorType", e.Code)
	write(w, r, status, map[string]string{"__type": e.Code, "message": e.Message})
}
