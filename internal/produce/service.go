package produce

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// Endpoint is the address of an AWS service, with the region and the credentials for
// requests.
type Endpoint struct {
	// URL is the address of the service.
	URL string
	// Region is the region in the signature of requests.
	Region string
	// Credentials provide the credentials. They are retrieved before each call, so they
	// may change.
	Credentials aws.CredentialsProvider
	// Client sends the requests. Nil means a new client that reuses connections.
	Client *http.Client
}

// service calls one operation of an AWS service by the protocol AWS JSON 1.1.
type service struct {
	Endpoint
	name   string // the service's name in signatures
	target string // the operation, as in the header X-Amz-Target
	signer *v4.Signer

	hadCredentials atomic.Bool // whether credentials were ever retrieved
	hadResponse    atomic.Bool // whether the service has ever responded

	bodies sync.Pool // of *body
}

// callTimeout is the timeout of a call.
const callTimeout = 30 * time.Second

func newService(e Endpoint, name, target string) *service {
	if e.Client == nil {
		e.Client = &http.Client{Timeout: callTimeout, Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 256, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true,
		}}
	}
	return &service{Endpoint: e, name: name, target: target, signer: v4.NewSigner(), bodies: sync.Pool{New: func() any { return new(body) }}}
}

// body is a request body and the response body. It can be used for another request only
// after the HTTP client has closed it, because the client may still read the request
// body when it has returned the response.
type body struct {
	text     []byte // the request body
	response bytes.Buffer
	unread   bytes.Reader // the rest of text
	closed   chan struct{}
	once     sync.Once
}

// Read reads the request body.
func (b *body) Read(p []byte) (int, error) { return b.unread.Read(p) }

// Close is called by the HTTP client when it has finished reading the request body.
func (b *body) Close() error {
	b.once.Do(func() { close(b.closed) })
	return nil
}

func (b *body) reset() {
	b.text = b.text[:0]
	b.response.Reset()
	b.closed, b.once = make(chan struct{}), sync.Once{}
}

// send sends the request body that appendBody writes, and returns the refused records.
// indexes are the batch indexes of the records in the body. failedCountField is the
// field of the response that counts the refused records.
func (s *service) send(ctx context.Context, indexes []int, failedCountField string, appendBody func([]byte) []byte) ([]Refusal, error) {
	b, _ := s.bodies.Get().(*body)
	b.reset()
	b.text = appendBody(b.text)
	var refused []Refusal
	err := s.call(ctx, b)
	if err == nil {
		refused, err = readResponse(b.response.Bytes(), indexes, failedCountField)
	}
	select {
	case <-b.closed:
		s.bodies.Put(b)
	default: // the HTTP client may still read b
	}
	return refused, err
}

// call sends a request and reads the response. The error is a *CallError if the status
// of the response is not 200.
func (s *service) call(ctx context.Context, b *body) error {
	request, err := s.request(ctx, b)
	if err != nil {
		return err
	}
	response, err := s.Client.Do(request)
	if err != nil && isUnreachable(err) && !s.hadResponse.Load() { // the address is probably wrong
		return permanentError{err}
	}
	if err != nil {
		return err
	}
	s.hadResponse.Store(true)
	defer func() { _ = response.Body.Close() }()
	if _, err := b.response.ReadFrom(response.Body); err != nil {
		return fmt.Errorf("read response: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		refused := newCallError(response, b.response.Bytes())
		if strings.HasPrefix(refused.Code, "ExpiredToken") {
			s.forgetCredentials()
		}
		return refused
	}
	return nil
}

// request returns a signed request.
func (s *service) request(ctx context.Context, b *body) (*http.Request, error) {
	b.unread.Reset(b.text)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL, b)
	if err != nil {
		return nil, permanentError{err}
	}
	request.ContentLength = int64(len(b.text))
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	request.Header.Set("X-Amz-Target", s.target)
	credentials, err := s.Credentials.Retrieve(ctx)
	if err != nil {
		if !s.hadCredentials.Load() { // there are none; if there were, the provider may recover
			err = permanentError{err}
		}
		return nil, fmt.Errorf("retrieve credentials: %w", err)
	}
	s.hadCredentials.Store(true)
	sum := sha256.Sum256(b.text)
	err = s.signer.SignHTTP(ctx, credentials, request, hex.EncodeToString(sum[:]), s.name, s.Region, time.Now())
	return request, err
}

// forgetCredentials makes the next call retrieve new credentials.
func (s *service) forgetCredentials() {
	if cache, ok := s.Credentials.(interface{ Invalidate() }); ok {
		cache.Invalidate()
	}
}

// newCallError returns the error of a response by AWS's JSON protocol.
//
// Source: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html#operation-error-serialization
func newCallError(response *http.Response, text []byte) *CallError {
	var body struct {
		Type    string `json:"__type"`
		Code    string `json:"code"`
		Message string `json:"message"`
		Capital string `json:"Message"`
	}
	_ = json.Unmarshal(text, &body) // if it isn't JSON, the code below is the status
	code := response.Header.Get("X-Amzn-Errortype")
	for _, c := range []string{body.Type, body.Code, fmt.Sprintf("status %d", response.StatusCode)} {
		if code == "" {
			code = c
		}
	}
	code, _, _ = strings.Cut(code, ":")
	code = code[strings.LastIndexByte(code, '#')+1:]
	return &CallError{Status: response.StatusCode, Code: code, Message: cmp.Or(body.Message, body.Capital)}
}
