package produce

import (
	"bytes"
	"io"
	"net/http"
)

// HTTPClient is what the AWS SDK sends requests with.
type HTTPClient interface {
	Do(*http.Request) (*http.Response, error)
}

// WholeBody is an HTTPClient that hands the next one each request's body as a
// copy of its own. The SDK closes the body that it made as soon as an answer
// begins to arrive; when net/http is not quite done with that body, it takes the
// connection down with it, and the answer is lost. A PutRecords that was carried
// out would then be sent again, and each of its records be in the stream twice:
// once in some thousand calls to a server as near as the local twin.
type WholeBody struct{ Next HTTPClient }

// Do sends r.
func (w WholeBody) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	return w.Next.Do(r)
}
