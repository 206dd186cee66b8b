package twin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"syscall"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// ErrNotRunning is returned if no process listens at the twin's URL.
var ErrNotRunning = errors.New("the local twin is not running")

// ErrAnotherTwin is returned, wrapped, if the twin at the URL has another secret key.
var ErrAnotherTwin = errors.New("another local twin is running")

// emptyHash is the SHA-256 hash of an empty body.
const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// Client is a client of a twin's control API, below [ControlPath].
type Client struct {
	// URL is the twin's URL, such as "http://127.0.0.1:4700".
	URL string
	// Secret is the twin's secret key, which signs the requests. It is not sent.
	Secret string
}

// Status returns the twin's status. It returns ErrNotRunning if no process listens at the
// URL; ErrAnotherTwin, wrapped, if a twin with another secret key does; and another error
// if another program does.
func (c Client) Status(ctx context.Context) (Status, error) {
	var out Status
	body, err := c.do(ctx, http.MethodGet, "status")
	if err != nil {
		return out, err
	}
	if err := json.Unmarshal(body, &out); err != nil || out.PID == 0 {
		return out, fmt.Errorf("%s: a program other than the local twin listens there", c.URL)
	}
	return out, nil
}

// Log returns the last lines of a function's log.
func (c Client) Log(ctx context.Context, function string) (string, error) {
	body, err := c.do(ctx, http.MethodGet, "logs/"+url.PathEscape(function))
	return string(body), err
}

// Shutdown makes the twin end. It returns before the twin has ended.
func (c Client) Shutdown(ctx context.Context) error {
	_, err := c.do(ctx, http.MethodPost, "shutdown")
	return err
}

// do sends a signed request to a path below ControlPath and returns the response's body.
func (c Client) do(ctx context.Context, method, path string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.URL+ControlPath+path, nil)
	if err != nil {
		return nil, err
	}
	credentials, err := ownersKey(c.Secret).Retrieve(ctx)
	if err != nil {
		return nil, err
	}
	if err := v4.NewSigner().SignHTTP(ctx, credentials, r, emptyHash, controlService, DefaultRegion, time.Now()); err != nil {
		return nil, err
	}
	transport := &http.Transport{DisableKeepAlives: true} // no proxy: the twin is on this machine
	resp, err := (&http.Client{Transport: transport}).Do(r)
	if errors.Is(err, syscall.ECONNREFUSED) {
		return nil, ErrNotRunning
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode < 300 {
		return body, nil
	}
	var refusal struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
	}
	switch isRefusal := json.Unmarshal(body, &refusal) == nil && refusal.Message != ""; {
	case isRefusal && refusal.Type == "InvalidSignatureException":
		return nil, fmt.Errorf("%w on %s, which was started with another --state", ErrAnotherTwin, c.URL)
	case isRefusal:
		return nil, errors.New(refusal.Message)
	}
	return nil, fmt.Errorf("%s%s%s: %s: a program other than the local twin listens there", c.URL, ControlPath, path, resp.Status)
}
