package cloudformation

import (
	"crypto/rand"
	"io"
	"net/http"
	"path"
)

// ResponsePath is the prefix of the paths to which custom resources send their
// responses.
const ResponsePath = "/cloudformation-response/"

// newResponseURL returns a new response URL, which accepts one response. The body of the
// response is sent to answers, which must have a buffer of at least one element. forget
// invalidates the URL.
func (c *customResources) newResponseURL(answers chan<- []byte) (url string, forget func()) {
	token := rand.Text()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting[token] = answers
	return c.responseURL + token, func() { c.takeWaiter(token) }
}

// takeWaiter returns the channel that waits for the response with token, and invalidates
// the token. It returns nil if the token is not valid.
func (c *customResources) takeWaiter(token string) chan<- []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	answers := c.waiting[token]
	delete(c.waiting, token)
	return answers
}

// ServeHTTP accepts one response for each response URL. It does not check the response;
// the operation that waits for it does. For a URL that was used before or is no longer
// valid, the status is 403, like that of an expired presigned URL.
func (c *customResources) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPut {
		http.Error(w, "send a custom resource's response with the method PUT", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxResponseBytes+1))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	answers := c.takeWaiter(path.Base(r.URL.Path))
	if answers == nil {
		http.Error(w, "this response URL was used already, has expired, or never existed", http.StatusForbidden)
		return
	}
	answers <- body
	w.WriteHeader(http.StatusOK)
}
