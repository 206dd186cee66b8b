package twin

import (
	"encoding/xml"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// ControlPath begins the paths of what is the twin's own and not AWS's.
const ControlPath = "/_tributary/"

// router finds who answers a request.
type router struct {
	services map[string]http.Handler // by the service's name in the credential scope
	control  http.Handler            // below ControlPath
}

// targets maps the first part of X-Amz-Target to services, for requests that
// nobody signed.
func targets() map[string]string {
	return map[string]string{
		"AmazonSSM": "ssm", "Kinesis_20131202": "kinesis", "RedshiftData": "redshift-data", "RedshiftServerless": "redshift-serverless",
	}
}

// ServeHTTP sends a request to its service. Unsigned requests go where
// X-Amz-Target points, or else to s3.
func (t *router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := refuse(r); err != nil {
		writeError(w, r, err)
		return
	}
	if strings.HasPrefix(r.URL.Path, ControlPath) {
		t.control.ServeHTTP(w, r)
		return
	}
	name := wire.ScopeOf(r).Service
	target, _, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	switch {
	case name != "":
	case target != "":
		name = targets()[target]
	default:
		name = "s3"
	}
	service := t.services[name]
	if service == nil {
		writeError(w, r, wire.Errorf("UnknownService", "the local twin has no service %q (asked for %s %s %s); it has %s",
			name, r.Method, r.URL.Path, target, strings.Join(slices.Sorted(maps.Keys(t.services)), ", ")))
		return
	}
	if name != "s3" { // its objects stream
		if _, err := wire.ReadBody(r); err != nil {
			writeError(w, r, wire.BodyError(err))
			return
		}
	}
	service.ServeHTTP(w, r)
}

// refuse returns an error for requests that may come from a web page: those
// with an Origin, which AWS's clients don't send, and those for a host that
// isn't this machine, as a page gets it by rebinding its own name.
func refuse(r *http.Request) *wire.Error {
	if origin := r.Header.Get("Origin"); origin != "" {
		return forbidden("the local twin answers no web pages (origin %q)", origin)
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

// writeError answers as the client can read it: XML to the Query protocol,
// else JSON.
func writeError(w http.ResponseWriter, r *http.Request, e *wire.Error) {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
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
