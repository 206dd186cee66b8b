package s3

import (
	"cmp"
	"encoding/xml"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

const namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

// operation serves one operation of S3. Bucket and key are those of the request.
type operation func(s *Store, w http.ResponseWriter, r *http.Request, bucket, key string) error

// operations returns the supported operations, by the name that operationName returns.
func operations() map[string]operation {
	return map[string]operation{
		"GET service":                    (*Store).listBuckets,
		"PUT bucket":                     (*Store).putBucket,
		"HEAD bucket":                    (*Store).headBucket,
		"DELETE bucket":                  (*Store).deleteBucket,
		"GET bucket?location":            (*Store).getBucketLocation,
		"GET bucket?encryption":          (*Store).getBucketEncryption,
		"GET bucket?list-type":           (*Store).listObjectsV2,
		"POST bucket?delete":             (*Store).deleteObjects,
		"GET object":                     (*Store).getObject,
		"HEAD object":                    (*Store).getObject,
		"PUT object":                     (*Store).putObject,
		"DELETE object":                  (*Store).deleteObject,
		"POST object?uploads":            (*Store).createMultipartUpload,
		"PUT object?partNumber&uploadId": (*Store).uploadPart,
		"POST object?uploadId":           (*Store).completeMultipartUpload,
		"DELETE object?uploadId":         (*Store).abortMultipartUpload,
	}
}

// modifiers returns the query parameters that do not select an operation, except those
// of presigned URLs (X-Amz-…).
func modifiers() []string {
	return []string{
		"x-id", "prefix", "delimiter", "max-keys", "continuation-token", "start-after",
		"encoding-type", "fetch-owner",
	}
}

// unsupported returns the headers that the twin refuses, since it does not implement
// their effect.
func unsupported() []string {
	return []string{
		"X-Amz-Copy-Source", "X-Amz-Tagging", "X-Amz-Website-Redirect-Location", "X-Amz-Object-Lock-Mode",
		"X-Amz-Object-Lock-Legal-Hold", "X-Amz-Server-Side-Encryption-Customer-Algorithm", "If-Match",
	}
}

// ServeHTTP serves one S3 request. For an operation or a header that the twin does not
// support, the error is NotImplemented and names it.
func (s *Store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	bucket, key := address(r)
	err := s.serve(w, r, bucket, key)
	if err != nil {
		WriteError(w, r, wire.AsError(err))
	}
}

func (s *Store) serve(w http.ResponseWriter, r *http.Request, bucket, key string) error {
	name := operationName(r, bucket, key)
	op, ok := operations()[name]
	if !ok {
		return notImplemented("operation %q", name)
	}
	for _, header := range unsupported() {
		if r.Method != http.MethodGet && r.Method != http.MethodHead && r.Header.Get(header) != "" {
			return notImplemented("header %q in %q", header, name)
		}
	}
	if owner := r.Header.Get("X-Amz-Expected-Bucket-Owner"); owner != "" && owner != s.account {
		return &wire.Error{Status: http.StatusForbidden, Code: "AccessDenied", Message: "Access Denied"}
	}
	return op(s, w, r, bucket, key)
}

// operationName returns the name of a request's operation: the method, what the path
// addresses, and the query parameters that select the operation, such as
// "PUT object?partNumber&uploadId".
func operationName(r *http.Request, bucket, key string) string {
	name := r.Method + " object"
	switch {
	case bucket == "":
		name = r.Method + " service"
	case key == "":
		name = r.Method + " bucket"
	}
	var selectors []string
	for parameter := range r.URL.Query() {
		if !slices.Contains(modifiers(), parameter) && !strings.HasPrefix(parameter, "X-Amz-") {
			selectors = append(selectors, parameter)
		}
	}
	if len(selectors) == 0 {
		return name
	}
	slices.Sort(selectors)
	return name + "?" + strings.Join(selectors, "&")
}

// address returns the bucket and the key of a request. Either may be empty. If the host
// name contains a bucket, the path is the key; else the path contains both.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
func address(r *http.Request) (bucket, key string) {
	path := strings.TrimPrefix(r.URL.Path, "/")
	if bucket := hostBucket(r.Host); bucket != "" {
		return bucket, path
	}
	bucket, key, _ = strings.Cut(path, "/")
	return bucket, key
}

// hostBucket returns the bucket in a host name: the part before ".localhost",
// ".s3.localhost" or ".s3.<region>.amazonaws.com". It returns "" for other host names and
// for IP addresses.
func hostBucket(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return ""
	}
	if before, after, ok := strings.Cut(host, ".s3."); ok && after != "" {
		return before
	}
	if strings.HasPrefix(host, "s3.") || strings.HasPrefix(host, "s3-") {
		return ""
	}
	before, ok := strings.CutSuffix(host, ".localhost")
	if !ok || before == "s3" {
		return ""
	}
	return before
}

// Locate returns the bucket and the key of an object's URL, on AWS or on the twin.
func Locate(objectURL string) (bucket, key string, err error) {
	u, err := url.Parse(objectURL)
	if err != nil {
		return "", "", err
	}
	bucket, key = address(&http.Request{Host: u.Host, URL: u})
	if u.Scheme != "http" && u.Scheme != "https" || bucket == "" || key == "" {
		return "", "", wire.Errorf("ValidationError", "S3 error: %q is not the URL of an object", objectURL)
	}
	return bucket, key, nil
}

func notImplemented(format string, args ...any) *wire.Error {
	e := wire.Errorf("NotImplemented", "the local twin's s3 does not support the "+format, args...)
	e.Status = http.StatusNotImplemented
	return e
}

type errorResponse struct {
	XMLName   xml.Name `xml:"Error"`
	Code      string   `xml:"Code"`
	Message   string   `xml:"Message"`
	Resource  string   `xml:"Resource"`
	RequestID string   `xml:"RequestId"`
}

// WriteError writes an error response of S3 in XML. The response to a HEAD request has no
// body.
func WriteError(w http.ResponseWriter, r *http.Request, e *wire.Error) {
	status := cmp.Or(e.Status, http.StatusBadRequest)
	if r.Method == http.MethodHead {
		w.WriteHeader(status)
		return
	}
	writeXML(w, status, errorResponse{Code: e.Code, Message: e.Message, Resource: r.URL.Path, RequestID: random(8)})
}

func writeXML(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(xml.Header)) // fails only if the client has disconnected
	_ = xml.NewEncoder(w).Encode(body) // fails only if the client has disconnected
}
