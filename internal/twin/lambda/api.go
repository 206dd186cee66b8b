package lambda

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/depth"
	"github.com/tributary-cdk/tributary/internal/twin/uuid"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// ServeHTTP serves the operations Invoke, GetFunction, GetFunctionConfiguration and
// ListFunctions of the Lambda API. For another request it returns an error that names
// the request's method and path.
//
// Source: https://docs.aws.amazon.com/lambda/latest/api/welcome.html
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	mux := http.NewServeMux()
	const functions = "/2015-03-31/functions"
	mux.HandleFunc("POST "+functions+"/{name}/invocations", s.serveInvoke)
	mux.HandleFunc("GET "+functions+"/{name}", s.serveJSON(s.getFunction))
	mux.HandleFunc("GET "+functions+"/{name}/configuration", s.serveJSON(s.getConfiguration))
	mux.HandleFunc("GET "+functions, s.serveJSON(s.listFunctions))
	mux.HandleFunc("GET "+functions+"/{$}", s.serveJSON(s.listFunctions))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		wire.WriteJSONError(w, r, &wire.Error{
			Status: http.StatusNotFound, Code: "UnknownOperationException",
			Message: "the local twin's lambda has no " + r.Method + " " + r.URL.Path,
		})
	})
	mux.ServeHTTP(w, r)
}

// serveJSON returns a handler that responds with the JSON of what get returns.
func (s *Service) serveJSON(get func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		out, err := get(r)
		if err != nil {
			wire.WriteJSONError(w, r, wire.AsError(err))
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(out) // fails only if the client has disconnected
	}
}

func (s *Service) serveInvoke(w http.ResponseWriter, r *http.Request) {
	f, err := s.find(r.PathValue("name"))
	if err != nil {
		wire.WriteJSONError(w, r, wire.AsError(err))
		return
	}
	payload, err := wire.ReadBody(r)
	if err == nil {
		err = checkSize(r, payload)
	}
	if err != nil {
		wire.WriteJSONError(w, r, wire.BodyError(err))
		return
	}
	if len(payload) == 0 {
		payload = []byte("{}")
	}
	if depth.JSON(payload) != nil || !json.Valid(payload) {
		wire.WriteJSONError(w, r, wire.Errorf("InvalidRequestContentException", "Could not parse request body into json"))
		return
	}
	switch kind := r.Header.Get("X-Amz-Invocation-Type"); kind {
	case "", "RequestResponse":
		s.invokeAndRespond(w, r, f, payload)
	case "Event":
		s.invokeInBackground(f.Name, payload)
		w.WriteHeader(http.StatusAccepted)
	case "DryRun":
		w.WriteHeader(http.StatusNoContent)
	default:
		wire.WriteJSONError(w, r, wire.Errorf("InvalidParameterValueException", "InvocationType: needs RequestResponse, Event or DryRun, got %q", kind))
	}
}

// checkSize returns an error if the payload is too large for the request's invocation
// type.
func checkSize(r *http.Request, payload []byte) error {
	most := maxPayload
	if r.Header.Get("X-Amz-Invocation-Type") == "Event" {
		most = maxEvent
	}
	if len(payload) <= most {
		return nil
	}
	return &wire.Error{
		Status: http.StatusRequestEntityTooLarge, Code: "RequestTooLargeException",
		Message: fmt.Sprintf("Request must be smaller than %d bytes for the InvokeFunction operation", most),
	}
}

// invokeAndRespond invokes a function and responds with the result.
func (s *Service) invokeAndRespond(w http.ResponseWriter, r *http.Request, f *function, payload []byte) {
	out, err := s.run(r.Context(), f, uuid.New(), payload)
	var failed *FunctionError
	switch {
	case errors.As(err, &failed):
		w.Header().Set("X-Amz-Function-Error", "Unhandled")
		out = failed.Payload
	case err != nil:
		wire.WriteJSONError(w, r, wire.AsError(err))
		return
	}
	if r.Header.Get("X-Amz-Log-Type") == "Tail" {
		tail := strings.Join(f.log.tail(), "\n")
		w.Header().Set("X-Amz-Log-Result", base64.StdEncoding.EncodeToString([]byte(tail[max(0, len(tail)-4096):])))
	}
	w.Header().Set("X-Amz-Executed-Version", "$LATEST")
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(out) //nolint:gosec // JSON, as the content type says; fails only if the client has disconnected
}

// invokeInBackground starts an asynchronous invocation. Close ends it.
func (s *Service) invokeInBackground(name string, payload []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		return
	}
	s.background.Go(func() {
		if err := s.Invoke(s.ctx, name, payload); err != nil {
			s.Logger.Warn("asynchronous invocation failed without a further retry", "function", name, "error", err)
		}
	})
}

type functionOutput struct {
	FunctionName, Runtime, Role, Handler           string
	FunctionARN                                    string `json:"FunctionArn"`
	Description, LastModified, CodeSha256, Version string
	State, LastUpdateStatus, PackageType           string
	CodeSize                                       int64
	Timeout, MemorySize                            int
	Architectures                                  []string
	Environment                                    *environmentOutput `json:",omitempty"`
}

type environmentOutput struct{ Variables map[string]string }

func (s *Service) output(f *function) functionOutput {
	out := functionOutput{
		FunctionName: f.Name, FunctionARN: f.arn, Runtime: f.Runtime, Role: f.Role, Handler: f.Handler,
		Description: f.Description, LastModified: f.updated.Format("2006-01-02T15:04:05.000+0000"),
		CodeSha256: f.sha256, Version: "$LATEST", State: "Active", LastUpdateStatus: "Successful", PackageType: "Zip",
		CodeSize: f.size, Timeout: int(f.Timeout / time.Second), MemorySize: f.MemorySize,
		Architectures: []string{f.Architecture},
	}
	if len(f.Environment) > 0 {
		out.Environment = &environmentOutput{f.Environment}
	}
	return out
}

func (s *Service) getConfiguration(r *http.Request) (any, error) {
	f, err := s.find(r.PathValue("name"))
	if err != nil {
		return nil, err
	}
	return s.output(f), nil
}

func (s *Service) getFunction(r *http.Request) (any, error) {
	f, err := s.find(r.PathValue("name"))
	if err != nil {
		return nil, err
	}
	return map[string]any{"Configuration": s.output(f)}, nil
}

func (s *Service) listFunctions(*http.Request) (any, error) {
	out := []functionOutput{}
	for _, name := range s.Names() {
		if f, err := s.find(name); err == nil { // an error means that it was deleted meanwhile
			out = append(out, s.output(f))
		}
	}
	return map[string]any{"Functions": out}, nil
}
