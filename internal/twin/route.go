package twin

import (
	"encoding/xml"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/s3"
	"github.com/tributary-cdk/tributary/internal/twin/signature"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// ControlPath begins the paths of what is the twin's own and not AWS's.
const ControlPath = "/_tributary/"

// service is one of AWS's services, as the twin answers it.
type service struct {
	http.Handler
	protocol signature.Protocol
}

// router finds who answers a request: below ControlPath the twin itself, else the
// service that the request is signed for.
type router struct {
	verifier *signature.Verifier
	services map[string]service // by the name in the credential scope
	control  http.Handler       // below ControlPath
}

// ServeHTTP verifies a request's signature and hands the request to its service.
// What lies below ControlPath is verified there.
func (t *router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, ControlPath) {
		t.control.ServeHTTP(w, r)
		return
	}
	signed, scope, err := t.verifier.Verify(r)
	s, known := t.services[scope.Service]
	if !known {
		s.protocol = guess(r)
	}
	switch rpc := s.protocol == signature.JSON || s.protocol == signature.Query; {
	case err != nil:
		writeError(w, r, s.protocol, refused(err, s.protocol))
	case !known:
		target, _, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		writeError(w, r, s.protocol, wire.Errorf("UnknownService", "the local twin has no service %q (request: %s %s %s); it has %s",
			scope.Service, r.Method, r.URL.Path, target, strings.Join(slices.Sorted(maps.Keys(t.services)), ", ")))
	case rpc && r.Method != http.MethodPost:
		writeError(w, r, s.protocol, &wire.Error{
			Status: http.StatusMethodNotAllowed, Code: "MethodNotAllowed",
			Message: fmt.Sprintf("the local twin's %s takes POST only, got %s", scope.Service, r.Method),
		})
	default:
		s.ServeHTTP(w, signed)
	}
}

// refused words why a request was not let in.
func refused(err error, protocol signature.Protocol) *wire.Error {
	if refusal := new(signature.Refusal); errors.As(err, &refusal) {
		return refusal.For(protocol)
	}
	return wire.BodyError(err)
}

// guess returns the protocol of a request that names no service.
func guess(r *http.Request) signature.Protocol {
	kind := r.Header.Get("Content-Type")
	switch {
	case strings.HasPrefix(kind, "application/x-amz-json-") || r.Header.Get("X-Amz-Target") != "":
		return signature.JSON
	case strings.HasPrefix(kind, "application/x-www-form-urlencoded"):
		return signature.Query
	}
	return signature.RESTXML
}

// clientsOnly lets requests through that a web page can't have made.
func clientsOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := refuse(r); err != nil {
			writeError(w, r, guess(r), err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// refuse returns an error for requests that may come from a web page: those
// with an Origin, which AWS's clients don't send, those that a browser says to
// come from a page, and those for a host that isn't this machine, as a page gets
// it by rebinding its own name.
//
// Source: https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
func refuse(r *http.Request) *wire.Error {
	if origin := r.Header.Get("Origin"); origin != "" {
		return forbidden("the local twin answers no web pages (origin %q)", origin)
	}
	for _, site := range r.Header.Values("Sec-Fetch-Site") {
		if site != "none" {
			return forbidden("the local twin answers no web pages (Sec-Fetch-Site %q)", site)
		}
	}
	if !loopback(r.Host) {
		return forbidden("the local twin is not %q; use http://127.0.0.1 or http://localhost", r.Host)
	}
	return nil
}

func forbidden(format string, args ...any) *wire.Error {
	return &wire.Error{Status: http.StatusForbidden, Code: "AccessDenied", Message: fmt.Sprintf(format, args...)}
}

// loopback reports whether a Host header names this machine: an address of the
// loopback, localhost, or, for buckets, a name below localhost, which no name
// server may give out.
//
// Source: https://www.rfc-editor.org/rfc/rfc6761#section-6.3
func loopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if addr, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return addr.IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// writeError answers as clients of that protocol read it.
func writeError(w http.ResponseWriter, r *http.Request, protocol signature.Protocol, e *wire.Error) {
	switch protocol {
	case signature.RESTXML:
		s3.WriteError(w, r, e)
		return
	case signature.JSON, signature.RESTJSON:
		wire.WriteJSONError(w, r, e)
		return
	}
	type body struct {
		XMLName xml.Name `xml:"ErrorResponse"`
		Type    string   `xml:"Error>Type"`
		Code    string   `xml:"Error>Code"`
		Message string   `xml:"Error>Message"`
	}
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(e.Status)
	_ = xml.NewEncoder(w).Encode(body{Type: "Sender", Code: e.Code, Message: e.Message}) // the client has gone: nobody is left to tell
}
