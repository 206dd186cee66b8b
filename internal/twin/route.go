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

// ControlPath is the prefix of paths that don't belong to a service of AWS: the control
// API, the Lambda Runtime API and the response URLs of custom resources.
const ControlPath = "/_tributary/"

// service is the handler of one of AWS's services.
type service struct {
	http.Handler
	protocol signature.Protocol
}

// router passes a request with a path below ControlPath to control, and another request
// to the service for which it is signed.
type router struct {
	verifier *signature.Verifier
	services map[string]service // by the service's name in the credential scope
	control  http.Handler
}

// ServeHTTP verifies a request's signature and passes the request to its service. It does
// not verify requests below ControlPath, which control does.
func (t *router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, ControlPath) {
		t.control.ServeHTTP(w, r)
		return
	}
	signed, scope, err := t.verifier.Verify(r)
	s, known := t.services[scope.Service]
	if !known {
		s.protocol = guessProtocol(r)
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

// refused converts an error of the signature's verification to an error response.
func refused(err error, protocol signature.Protocol) *wire.Error {
	if refusal := new(signature.Refusal); errors.As(err, &refusal) {
		return refusal.For(protocol)
	}
	return wire.BodyError(err)
}

// guessProtocol returns the protocol of a request whose service is unknown.
func guessProtocol(r *http.Request) signature.Protocol {
	kind := r.Header.Get("Content-Type")
	switch {
	case strings.HasPrefix(kind, "application/x-amz-json-") || r.Header.Get("X-Amz-Target") != "":
		return signature.JSON
	case strings.HasPrefix(kind, "application/x-www-form-urlencoded"):
		return signature.Query
	}
	return signature.RESTXML
}

// clientsOnly returns a handler that passes on requests that a web page can't have sent,
// and refuses others.
func clientsOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := refuseWebPage(r); err != nil {
			writeError(w, r, guessProtocol(r), err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// refuseWebPage returns an error for a request that a web page may have sent: a request
// with an Origin, which AWS's clients don't send; a request whose Sec-Fetch-Site says that
// a web page sent it; and a request with another host than this machine. A web page can
// send the latter if the DNS name of its own host is rebound to 127.0.0.1.
//
// Source: https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
func refuseWebPage(r *http.Request) *wire.Error {
	if origin := r.Header.Get("Origin"); origin != "" {
		return forbidden("the local twin refuses requests from web pages (origin %q)", origin)
	}
	for _, site := range r.Header.Values("Sec-Fetch-Site") {
		if site != "none" {
			return forbidden("the local twin refuses requests from web pages (Sec-Fetch-Site %q)", site)
		}
	}
	if !isLoopback(r.Host) {
		return forbidden("the local twin refuses requests for the host %q; use http://127.0.0.1 or http://localhost", r.Host)
	}
	return nil
}

func forbidden(format string, args ...any) *wire.Error {
	return &wire.Error{Status: http.StatusForbidden, Code: "AccessDenied", Message: fmt.Sprintf(format, args...)}
}

// isLoopback reports whether a Host header contains a loopback address, localhost, or a
// name below localhost, which DNS servers must not resolve. Clients of S3 put a bucket
// before localhost.
//
// Source: https://www.rfc-editor.org/rfc/rfc6761#section-6.3
func isLoopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if addr, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return addr.IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// writeError writes an error response of a protocol.
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
	_ = xml.NewEncoder(w).Encode(body{Type: "Sender", Code: e.Code, Message: e.Message}) // fails only if the client has disconnected
}
