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

// controlService is the service in the credential scope of requests to the control API.
const controlService = "tributary"

// control returns the handler of all paths below ControlPath. The owner signs requests
// for the twin's status, for functions' logs and for the twin's shutdown. AWS's clients
// don't sign requests to the Lambda Runtime API and to the response URLs of custom
// resources. The paths of those contain a random token instead.
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

// ownersOnly returns a handler that passes on the requests that the twin's owner has
// signed for the control API, and refuses others.
func ownersOnly(verifier *signature.Verifier, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		signed, scope, err := verifier.Verify(r)
		switch {
		case err != nil:
			wire.WriteJSONError(w, r, refused(err, signature.RESTJSON))
		case scope.AccessKeyID != AccessKeyID || scope.Service != controlService:
			wire.WriteJSONError(w, r, forbidden("only the local twin's owner may use %s, with requests that are signed for the service %q", ControlPath, controlService))
		default:
			next.ServeHTTP(w, signed)
		}
	})
}

func (s *Server) serveStatus(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(s.Status()) // fails only if the client has disconnected
}

// serveLog responds with the last lines of a function's log, as text.
func (s *Server) serveLog(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("function")
	lines, ok := s.functions.Log(name)
	if !ok {
		names := s.functions.Logs()
		slices.Sort(names)
		if len(names) == 0 {
			wire.WriteJSONError(w, r, notFound("no function has run on the local twin, so %q has no log", name))
			return
		}
		wire.WriteJSONError(w, r, notFound("function %q has not run, so it has no log; functions with a log: %q", name, names))
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	for _, line := range lines {
		_, _ = fmt.Fprintln(w, line) //nolint:gosec // plain text, as the content type says; fails only if the client has disconnected
	}
}

// serveShutdown closes the channel of Done. The process that started the twin then closes
// the twin.
func (s *Server) serveShutdown(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusAccepted)
	s.requestShutdown()
}

func (s *Server) requestShutdown() { s.once.Do(func() { close(s.shutdown) }) }

func notFound(format string, args ...any) *wire.Error {
	return &wire.Error{Status: http.StatusNotFound, Code: "NotFound", Message: fmt.Sprintf(format, args...)}
}
