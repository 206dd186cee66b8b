package twin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/cloudformation"
	"github.com/tributary-cdk/tributary/internal/twin/signature"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// controlService is the service that requests to the twin itself are signed for.
const controlService = "tributary"

// control serves what is the twin's own, below ControlPath. Its status, its
// functions' logs and its end are for its owner, who signs the requests. The paths
// by which functions talk to Lambda and to CloudFormation hold a token that nobody
// can guess, since AWS's clients don't sign what they send there.
func (s *Server) control(verifier *signature.Verifier) http.Handler {
	base := strings.TrimSuffix(ControlPath, "/")
	owners := http.NewServeMux()
	owners.HandleFunc("GET "+ControlPath+"status", s.serveStatus)
	owners.HandleFunc("GET "+ControlPath+"logs/{function}", s.serveLog)
	owners.HandleFunc("POST "+ControlPath+"shutdown", s.serveShutdown)
	owners.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		wire.WriteJSONError(w, r, notFound("the local twin has no %s %s", r.Method, r.URL.Path))
	})
	mux := http.NewServeMux()
	mux.Handle(ControlPath+"lambda/", http.StripPrefix(base+"/lambda", s.functions.Runtime()))
	mux.Handle(base+cloudformation.ResponsePath, http.StripPrefix(base, s.cloudformation.ResponseHandler()))
	mux.Handle("/", ownersOnly(verifier, owners))
	return mux
}

// ownersOnly lets requests through that the twin's owner has signed for the twin
// itself.
func ownersOnly(verifier *signature.Verifier, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		signed, scope, err := verifier.Verify(r)
		switch {
		case err != nil:
			wire.WriteJSONError(w, r, refused(err, signature.RESTJSON))
		case scope.AccessKeyID != AccessKeyID || scope.Service != controlService:
			wire.WriteJSONError(w, r, forbidden("%s is for the local twin's owner, signed for the service %q", ControlPath, controlService))
		default:
			next.ServeHTTP(w, signed)
		}
	})
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
		if len(known) == 0 {
			wire.WriteJSONError(w, r, notFound("no function has run on the local twin, so %q has no log", name))
			return
		}
		wire.WriteJSONError(w, r, notFound("function %q has not run, so it has no log; functions with a log: %q", name, known))
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
