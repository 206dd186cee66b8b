package twin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/cloudformation"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// control serves what is the twin's own, below ControlPath: its status, its
// functions' logs, its end, and the paths by which functions talk to Lambda
// and to CloudFormation.
func (s *Server) control() http.Handler {
	base := strings.TrimSuffix(ControlPath, "/")
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+ControlPath+"status", s.serveStatus)
	mux.HandleFunc("GET "+ControlPath+"logs/{function}", s.serveLog)
	mux.HandleFunc("POST "+ControlPath+"shutdown", s.serveShutdown)
	mux.Handle(ControlPath+"lambda/", http.StripPrefix(base+"/lambda", s.functions.Runtime()))
	mux.Handle(base+cloudformation.ResponsePath, http.StripPrefix(base, s.cloudformation.ResponseHandler()))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		wire.WriteJSONError(w, r, notFound("the local twin has no %s %s", r.Method, r.URL.Path))
	})
	return mux
}

func (s *Server) serveStatus(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(s.Status()) // the client has gone: nobody is left to tell
}

// serveLog answers with the last lines of a function's log, as text.
func (s *Server) serveLog(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("function")
	lines, ok := s.functions.Log(name)
	if !ok {
		known := s.functions.Logs()
		slices.Sort(known)
		wire.WriteJSONError(w, r, notFound("no function %q has run; known are %q", name, known))
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	for _, line := range lines {
		_, _ = fmt.Fprintln(w, line) //nolint:gosec // plain text, as the content type says; a client that has gone needs none
	}
}

// serveShutdown lets Done tell that a client wants the twin to end.
func (s *Server) serveShutdown(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusAccepted)
	s.requestShutdown()
}

func (s *Server) requestShutdown() { s.once.Do(func() { close(s.shutdown) }) }

func notFound(format string, args ...any) *wire.Error {
	return &wire.Error{Status: http.StatusNotFound, Code: "NotFound", Message: fmt.Sprintf(format, args...)}
}
