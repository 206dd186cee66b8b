package lambda

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// Runtime returns the handler of the Lambda Runtime API. The first element of a
// request's path is the environment's token. The caller strips [Options.RuntimePath].
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
func (s *Service) Runtime() http.Handler {
	mux := http.NewServeMux()
	const base = "/{token}/2018-06-01/runtime"
	mux.HandleFunc("GET "+base+"/invocation/next", s.environment(nextInvocation))
	mux.HandleFunc("POST "+base+"/invocation/{id}/response", s.environment(invocationResponse))
	mux.HandleFunc("POST "+base+"/invocation/{id}/error", s.environment(invocationError))
	mux.HandleFunc("POST "+base+"/init/error", s.environment(initError))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		_, operation, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/") // the path without the token
		writeRuntimeError(w, http.StatusNotFound, "UnknownOperation", "the Runtime API has no "+r.Method+" /"+operation)
	})
	return mux
}

// environment returns a handler that calls serve with the environment whose token is in
// the request's path.
func (s *Service) environment(serve func(*environment, http.ResponseWriter, *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		e := s.environments[r.PathValue("token")]
		s.mu.Unlock()
		if e == nil {
			writeRuntimeError(w, http.StatusForbidden, "InvalidEnvironment", "no such execution environment")
			return
		}
		serve(e, w, r)
	}
}

// nextInvocation waits for the environment's next invocation and responds with it.
func nextInvocation(e *environment, w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	if !e.isReady {
		e.isReady = true
		close(e.ready)
	}
	e.mu.Unlock()
	select {
	case inv := <-e.next:
		e.mu.Lock()
		e.current = inv
		e.mu.Unlock()
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Lambda-Runtime-Aws-Request-Id", inv.id)
		h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(inv.deadline.UnixMilli(), 10))
		h.Set("Lambda-Runtime-Invoked-Function-Arn", e.function.arn)
		h.Set("Lambda-Runtime-Trace-Id", inv.traceID)
		_, _ = w.Write(inv.payload) // fails only if the process has ended, which closes e.ended
	case <-e.ended:
	case <-r.Context().Done():
	}
}

// invocationResponse receives a function's response.
func invocationResponse(e *environment, w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPayload))
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		fail := &FunctionError{
			Type:    "Function.ResponseSizeTooLarge",
			Message: "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
		}
		fail.Payload = errPayload(json.Marshal(map[string]string{"errorType": fail.Type, "errorMessage": fail.Message}))
		e.finish(w, r, outcome{err: fail}, http.StatusRequestEntityTooLarge)
		return
	}
	if err != nil {
		writeRuntimeError(w, http.StatusBadRequest, "InvalidRequest", err.Error())
		return
	}
	// If a function fails after it has begun to stream its response, the error is in the
	// request's trailers.
	if kind := r.Trailer.Get("Lambda-Runtime-Function-Error-Type"); kind != "" {
		body, err := base64.StdEncoding.DecodeString(r.Trailer.Get("Lambda-Runtime-Function-Error-Body"))
		if err != nil {
			writeRuntimeError(w, http.StatusBadRequest, "InvalidRequest", err.Error())
			return
		}
		e.finish(w, r, outcome{err: functionError(body)}, http.StatusAccepted)
		return
	}
	e.finish(w, r, outcome{payload: body}, http.StatusAccepted)
}

// invocationError receives the error of a function that failed.
func invocationError(e *environment, w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPayload))
	if err != nil {
		writeRuntimeError(w, http.StatusBadRequest, "InvalidRequest", err.Error())
		return
	}
	e.finish(w, r, outcome{err: functionError(body)}, http.StatusAccepted)
}

// finish ends the current invocation with an outcome. It refuses a request with the ID
// of another invocation.
func (e *environment) finish(w http.ResponseWriter, r *http.Request, o outcome, status int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.current == nil || e.current.id != r.PathValue("id") {
		writeRuntimeError(w, http.StatusBadRequest, "InvalidRequestID", "no such invocation")
		return
	}
	e.current.outcome <- o // does not block: it has room for one, and each invocation finishes once
	e.current = nil
	writeStatus(w, status)
}

// initError receives the error of a process that could not initialize, and kills the
// process.
func initError(e *environment, w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPayload))
	if err != nil {
		writeRuntimeError(w, http.StatusBadRequest, "InvalidRequest", err.Error())
		return
	}
	e.mu.Lock()
	e.initErr = functionError(body)
	e.mu.Unlock()
	writeStatus(w, http.StatusAccepted)
	e.stop()
}

func writeStatus(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, `{"status":"OK"}`+"\n") // fails only if the process has ended, which closes e.ended
}

func writeRuntimeError(w http.ResponseWriter, status int, kind, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	body := map[string]string{"errorType": kind, "errorMessage": strings.TrimSpace(message)}
	_ = json.NewEncoder(w).Encode(body) // fails only if the process has ended
}
