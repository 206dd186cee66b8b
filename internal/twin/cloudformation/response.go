package cloudformation

import (
	"crypto/rand"
	"io"
	"net/http"
	"path"
)

// ResponsePath is the path below which custom resources answer.
const ResponsePath = "/cloudformation-response/"

// expect opens a one-time response URL. What is PUT there goes to answers,
// which must hold one; forget closes the URL.
func (c *customResources) expect(answers chan<- []byte) (url string, forget func()) {
	token := rand.Text()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting[token] = answers
	return c.responseURL + token, func() { c.take(token) }
}

// take returns the channel that waits under token, once; else nil.
func (c *customResources) take(token string) chan<- []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	answers := c.waiting[token]
	delete(c.waiting, token)
	return answers
}

// ServeHTTP takes one answer for each response URL, whatever it says: it is
// the stack that judges it. A URL that has been used, or that nobody waits at
// any more, answers 403, as a presigned URL does that has expired.
func (c *customResources) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPut {
		http.Error(w, "a custom resource's answer is PUT", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxResponseBytes+1))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	answers := c.take(path.Base(r.URL.Path))
	if answers == nil {
		http.Error(w, "nobody waits for this answer", http.StatusForbidden)
		return
	}
	answers <- body
	w.WriteHeader(http.StatusOK)
}
