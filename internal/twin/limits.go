package twin

import (
	"net/http"
	"strings"

	"github.com/tributary-cdk/tributary/internal/twin/cloudformation"
	"github.com/tributary-cdk/tributary/internal/twin/kinesis"
	"github.com/tributary-cdk/tributary/internal/twin/lambda"
	"github.com/tributary-cdk/tributary/internal/twin/limit"
	"github.com/tributary-cdk/tributary/internal/twin/redshiftdata"
	"github.com/tributary-cdk/tributary/internal/twin/s3"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// The most bytes in the body of a request to the control API, and of a request to a
// service without a limit of its own. AWS documents no limit for requests to STS, Systems
// Manager and Redshift. The values are larger than any request needs.
const (
	maxControlBody = 4 << 10
	maxOtherBody   = 1 << 20
)

// limited returns the twin's HTTP server. It enforces the limits and passes requests to
// next.
func limited(next http.Handler) *http.Server {
	return limit.New(limit.Options{
		Bounds: limit.Default(), Next: next, MaxHeld: maxHeld,
		// A function's long poll of the Runtime API must not wait for requests that wait
		// for the function. The limit of connections applies to it, too.
		Exempt: func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, ControlPath) },
		Busy: func(w http.ResponseWriter, r *http.Request) {
			writeError(w, r, guessProtocol(r), &wire.Error{
				Status: http.StatusServiceUnavailable, Code: "ServiceUnavailable",
				Message: "too many concurrent requests to the local twin; please reduce your request rate",
			})
		},
	})
}

// maxHeld returns the most bytes of a body that is read into memory. The limit depends on
// the operation in the request's headers and path. Bodies of S3 objects are not read into
// memory. A client can get a larger limit by sending a wrong operation, but the limit of
// all bodies together applies, too.
func maxHeld(r *http.Request) int64 {
	service, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	switch {
	case strings.HasPrefix(r.URL.Path, ControlPath):
		return maxControlBody
	case service == "Kinesis_20131202":
		return kinesis.MaxBody(operation)
	case service == "RedshiftData":
		return redshiftdata.MaxBody(operation)
	case service != "":
		return maxOtherBody
	case strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded"):
		return cloudformation.MaxBody // the largest limit of the services with the Query protocol
	case strings.HasSuffix(r.URL.Path, "/invocations"):
		return lambda.MaxBody
	}
	return s3.MaxXML
}
