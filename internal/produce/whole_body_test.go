package produce_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/tributary-cdk/tributary/internal/produce"
)

// closing is a body that fails when it is read after it was closed, as the
// SDK's does.
type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Read(p []byte) (int, error) {
	if c.closed {
		return 0, errors.New("read of a closed body")
	}
	return c.Reader.Read(p)
}

func (c *closing) Close() error {
	c.closed = true
	return nil
}

type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }

func TestWholeBodyOutlivesTheSDKs(t *testing.T) {
	t.Parallel()
	body := &closing{Reader: strings.NewReader("records")}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1", body)
	if err != nil {
		t.Fatal(err)
	}
	var got []byte
	client := produce.WholeBody{Next: doer(func(r *http.Request) (*http.Response, error) {
		_ = body.Close() // as the SDK does while the transport still reads
		got, err = io.ReadAll(r.Body)
		return &http.Response{}, err
	})}
	if _, err := client.Do(r); err != nil || string(got) != "records" {
		t.Errorf("want %q, got %q, %v", "records", got, err)
	}
}
