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

// What a body in memory may have where no service says otherwise, in bytes: the
// twin's own choice, more than any request needs. AWS's documentation gives no
// limit of requests to STS, Systems Manager and Redshift.
const (
	maxControlBody = 4 << 10
	maxOtherBody   = 1 << 20
)

// limited returns the server of everything, within the limits.
func limited(next http.Handler) *http.Server {
	return limit.New(limit.Options{
		Bounds: limit.Default(), Next: next, MaxHeld: maxHeld,
		// A function's long poll for work must not wait for those who wait for the
		// function. The connections bound these, too.
		Exempt: func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, ControlPath) },
		Busy: func(w http.ResponseWriter, r *http.Request) {
			writeError(w, r, guess(r), &wire.Error{
				Status: http.StatusServiceUnavailable, Code: "ServiceUnavailable",
				Message: "the local twin serves as many requests at once as it can; please reduce your request rate",
			})
		},
	})
}

// maxHeld returns how large the body of a request may be in memory, by what it
// asks for. S3's objects aren't held in memory. A client that says wrongly what it
// asks for gains nothing: all bodies together are bounded, too.
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
		return cloudformation.MaxBody // the largest of the services that speak the Query protocol
	case strings.HasSuffix(r.URL.Path, "/invocations"):
		return lambda.MaxBody
	}
	return s3.MaxXML
}
