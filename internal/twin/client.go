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

// ErrNotRunning says that nothing listens where a twin was looked for.
var ErrNotRunning = errors.New("the local twin is not running")

// ErrAnotherTwin says that a twin answers, but one with another secret key.
var ErrAnotherTwin = errors.New("another local twin answers")

// emptyHash is the SHA-256 of no body.
const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// Client asks a running twin about itself, as its owner.
type Client struct {
	// URL is the twin's, such as "http://127.0.0.1:4700".
	URL string
	// Secret is the twin's secret key. It signs the requests and is not sent.
	Secret string
}

// Status returns the twin's status. The error is ErrNotRunning if nothing listens at
// the URL, ErrAnotherTwin if a twin with another secret key does, and another one if
// it is no twin.
func (c Client) Status(ctx context.Context) (Status, error) {
	var out Status
	body, err := c.do(ctx, http.MethodGet, "status")
	if err != nil {
		return out, err
	}
	if err := json.Unmarshal(body, &out); err != nil || out.PID == 0 {
		return out, fmt.Errorf("%s answers, but it is not the local twin", c.URL)
	}
	return out, nil
}

// Log returns the last lines that a function wrote.
func (c Client) Log(ctx context.Context, function string) (string, error) {
	body, err := c.do(ctx, http.MethodGet, "logs/"+url.PathEscape(function))
	return string(body), err
}

// Shutdown asks the twin to end. It returns before the twin has ended.
func (c Client) Shutdown(ctx context.Context) error {
	_, err := c.do(ctx, http.MethodPost, "shutdown")
	return err
}

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
	return nil, fmt.Errorf("%s%s%s: %s; it is not the local twin", c.URL, ControlPath, path, resp.Status)
}
