package ddlhandler

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/cfn"
)

// Response is the answer to a [cfn.Event]. Unlike [cfn.Response], it names the attributes
// that a resource can have.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
type Response struct {
	Status             cfn.StatusType
	Reason             string `json:",omitempty"` // required where Status is FAILED
	PhysicalResourceID string `json:"PhysicalResourceId"`
	StackID            string `json:"StackId"`
	RequestID          string `json:"RequestId"`
	LogicalResourceID  string `json:"LogicalResourceId"`
	// Data are the resource's attributes, which a template reads by Fn::GetAtt.
	Data *Data `json:",omitempty"`
}

// Data are a view's attributes.
type Data struct {
	// KeptTable is the schema and the name of the table in which the update has kept
	// the rows of the view that it replaced: public.v_until_20261122t120000.
	KeptTable string
}

// Responder tells CloudFormation how a request ended.
type Responder interface {
	// Respond puts r at url. An error means that it did not arrive.
	Respond(ctx context.Context, url string, r Response) error
}

// HTTPResponder puts responses at the presigned URLs that CloudFormation sends.
type HTTPResponder struct {
	Endpoint string                                           // AWS_ENDPOINT_URL as the function has it; the local twin's, or ""
	Sleep    func(ctx context.Context, d time.Duration) error // waits between two tries
}

// client follows no redirect, which would carry the response elsewhere, and so
// sends no Referer. It uses no proxy: the URL is all that a sender needs.
var client = &http.Client{
	Transport:     &http.Transport{TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: 30 * time.Second, ForceAttemptHTTP2: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// maxResponseBytes is the longest response that CloudFormation reads.
const maxResponseBytes = 4096

// Respond puts r at address, its Reason cut so that all of it fits. An address
// that cannot be reached or answers 5xx is tried again until ctx ends. Nothing is
// sent to an address that is neither Amazon S3's nor the local twin's.
func (h HTTPResponder) Respond(ctx context.Context, address string, r Response) error {
	if err := checkURL(address, h.Endpoint); err != nil {
		return err
	}
	body, err := encode(r)
	if err != nil {
		return err
	}
	for wait := 200 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		status, err := h.put(ctx, address, body)
		switch {
		case err == nil && status < 300:
			return nil
		case err == nil && status < 500:
			return fmt.Errorf("cloudformation refused the response with status %d", status)
		case err == nil:
			err = fmt.Errorf("status %d", status)
		}
		if h.Sleep(ctx, wait) != nil {
			return fmt.Errorf("the response did not reach cloudformation: %w", err)
		}
	}
}

func (h HTTPResponder) put(ctx context.Context, address string, body []byte) (int, error) {
	// The URL was signed for an empty content type.
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, address, bytes.NewReader(body))
	if err != nil {
		return 0, fmt.Errorf("the response URL is not one")
	}
	resp, err := client.Do(req)
	if err != nil {
		if e, ok := err.(*url.Error); ok { //nolint:errorlint // documented to be one; it would print the signed URL
			err = e.Err
		}
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<16)) // lets the connection be used again
	return resp.StatusCode, nil
}

// encode returns r as JSON of at most maxResponseBytes.
func encode(r Response) ([]byte, error) {
	for {
		body, err := json.Marshal(r)
		if err != nil || len(body) <= maxResponseBytes {
			return body, err
		}
		if r.Reason == "" {
			return nil, fmt.Errorf("a response of %d bytes, without a reason, is longer than %d", len(body), maxResponseBytes)
		}
		r.Reason = cut(r.Reason, len(r.Reason)-max(1, (len(body)-maxResponseBytes)/6)) // a byte takes up to six in JSON
	}
}

// cut returns the first n bytes of s, or fewer rather than half a character.
func cut(s string, n int) string {
	n = max(n, 0)
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
