package ddlhandler

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/cfn"
)

// Response is the response to a [cfn.Event]. Unlike [cfn.Response], it declares the
// attributes that a resource can have.
//
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
type Response struct {
	Status             cfn.StatusType
	Reason             string `json:",omitempty"` // required if Status is FAILED
	PhysicalResourceID string `json:"PhysicalResourceId"`
	StackID            string `json:"StackId"`
	RequestID          string `json:"RequestId"`
	LogicalResourceID  string `json:"LogicalResourceId"`
	// Data contains the resource's attributes, which a template reads with Fn::GetAtt.
	Data *Data `json:",omitempty"`
}

// Data contains the attributes of a view's resource.
type Data struct {
	// KeptTable is the schema and the name of the table that contains the rows of the view
	// that the update replaced. For example: public.v_until_20261122t120000.
	KeptTable string
}

// Responder sends responses to CloudFormation.
type Responder interface {
	// Respond sends r to url by an HTTP PUT. It returns an error if r did not arrive.
	Respond(ctx context.Context, url string, r Response) error
}

// HTTPResponder sends responses to the presigned URLs that CloudFormation's events contain.
type HTTPResponder struct {
	// Endpoint is the function's AWS_ENDPOINT_URL: the URL of the local twin, or "" in AWS.
	Endpoint string
	// Sleep waits between two attempts.
	Sleep func(ctx context.Context, d time.Duration) error
}

// client follows no redirect, because that would send the response to another host. So it
// also sends no Referer header. It uses no proxy, because whoever sees the URL can send a
// response.
var client = &http.Client{
	Transport:     &http.Transport{TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: 30 * time.Second, ForceAttemptHTTP2: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// maxResponseBytes is the size of the longest response that CloudFormation accepts.
const maxResponseBytes = 4096

// Respond sends r to address, with its Reason cut so that the response is not too long. If
// the address cannot be reached or returns status 5xx, Respond tries again until ctx ends.
// It sends nothing to an address that belongs neither to Amazon S3 nor to the local twin.
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
	// The URL is signed for a request without a Content-Type header.
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, address, bytes.NewReader(body))
	if err != nil {
		return 0, errors.New("ResponseURL is not a valid URL")
	}
	resp, err := client.Do(req)
	if err != nil {
		if e, ok := err.(*url.Error); ok { //nolint:errorlint // Do documents this type; its text contains the signed URL
			err = e.Err
		}
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<16)) // so that the connection can be reused
	return resp.StatusCode, nil
}

// encode returns r as JSON of at most maxResponseBytes, with its Reason cut as necessary.
func encode(r Response) ([]byte, error) {
	for {
		body, err := json.Marshal(r)
		if err != nil || len(body) <= maxResponseBytes {
			return body, err
		}
		if r.Reason == "" {
			return nil, fmt.Errorf("the response has %d bytes without a reason; CloudFormation accepts at most %d", len(body), maxResponseBytes)
		}
		surplus := max(1, (len(body)-maxResponseBytes)/6) // JSON encodes a byte in up to six
		r.Reason = strings.ToValidUTF8(r.Reason[:max(0, len(r.Reason)-surplus)], "")
	}
}
