package produce

import (
	"bytes"
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

// Endpoint says where a service is and who calls it.
type Endpoint struct {
	// URL is the service's address.
	URL string
	// Region is what calls are signed for.
	Region string
	// Credentials are asked before each call, so that they may be renewed.
	Credentials aws.CredentialsProvider
	// Client sends the calls. Nil means a new one that keeps its connections.
	Client *http.Client
}

// service calls one operation of an AWS service that speaks JSON 1.1.
type service struct {
	Endpoint
	name             string // in signatures
	target           string // the operation, as its header has it
	signer           *v4.Signer
	signed, answered atomic.Bool // once at least
	bodies           sync.Pool   // of *body
}

// callTimeout is how long a call may take.
const callTimeout = 30 * time.Second

func newService(e Endpoint, name, target string) *service {
	if e.Client == nil {
		e.Client = &http.Client{Timeout: callTimeout, Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 256, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true,
		}}
	}
	return &service{Endpoint: e, name: name, target: target, signer: v4.NewSigner(), bodies: sync.Pool{New: func() any { return new(body) }}}
}

// body is a request's body, and what was answered. Its memory is used again when
// both whoever made it and the HTTP client, which may go on reading after the
// answer, are done with it.
type body struct {
	text   []byte
	answer bytes.Buffer
	unread bytes.Reader
	closed chan struct{}
	once   sync.Once
}

// Read reads the text.
func (b *body) Read(p []byte) (int, error) { return b.unread.Read(p) }

// Close is what the HTTP client calls when it reads no more.
func (b *body) Close() error {
	b.once.Do(func() { close(b.closed) })
	return nil
}

func (b *body) reset() {
	b.text = b.text[:0]
	b.answer.Reset()
	b.closed, b.once = make(chan struct{}), sync.Once{}
}

// send makes a body, sends it, and reads what became of some records from the
// answer, in which a field counts the refused.
func (s *service) send(ctx context.Context, which []int, count string, appendBody func([]byte) []byte) ([]Refusal, error) {
	b, _ := s.bodies.Get().(*body)
	b.reset()
	b.text = appendBody(b.text)
	var refused []Refusal
	err := s.call(ctx, b)
	if err == nil {
		refused, err = readAnswer(b.answer.Bytes(), which, count)
	}
	select {
	case <-b.closed:
		s.bodies.Put(b)
	default: // it may still be read
	}
	return refused, err
}

// call sends a body and reads the answer. The error is a *CallError where the
// service refused.
func (s *service) call(ctx context.Context, b *body) error {
	request, err := s.request(ctx, b)
	if err != nil {
		return err
	}
	response, err := s.Client.Do(request)
	if err != nil && isUnreachable(err) && !s.answered.Load() { // and never was there
		return forGood{err}
	}
	if err != nil {
		return err
	}
	s.answered.Store(true)
	defer func() { _ = response.Body.Close() }()
	if _, err := b.answer.ReadFrom(response.Body); err != nil {
		return fmt.Errorf("answer broken off: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		refused := newCallError(response, b.answer.Bytes())
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
		return nil, forGood{err}
	}
	request.ContentLength = int64(len(b.text))
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	request.Header.Set("X-Amz-Target", s.target)
	credentials, err := s.Credentials.Retrieve(ctx)
	if err != nil {
		if !s.signed.Load() { // and never could be; later, they may come back
			err = forGood{err}
		}
		return nil, fmt.Errorf("credentials: %w", err)
	}
	s.signed.Store(true)
	sum := sha256.Sum256(b.text)
	err = s.signer.SignHTTP(ctx, credentials, request, hex.EncodeToString(sum[:]), s.name, s.Region, time.Now())
	return request, err
}

// forgetCredentials has the next call ask for new ones.
func (s *service) forgetCredentials() {
	if cache, ok := s.Credentials.(interface{ Invalidate() }); ok {
		cache.Invalidate()
	}
}

// newCallError reads an error as AWS's JSON protocol has it.
//
// Source: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html#operation-error-serialization
func newCallError(response *http.Response, text []byte) *CallError {
	var said struct {
		Type    string `json:"__type"`
		Code    string `json:"code"`
		Message string `json:"message"`
		Capital string `json:"Message"`
	}
	_ = json.Unmarshal(text, &said) // what isn't JSON has no code
	code := response.Header.Get("X-Amzn-Errortype")
	for _, c := range []string{said.Type, said.Code, fmt.Sprintf("status %d", response.StatusCode)} {
		if code == "" {
			code = c
		}
	}
	code, _, _ = strings.Cut(code, ":")
	code = code[strings.LastIndexByte(code, '#')+1:]
	if said.Message == "" {
		said.Message = said.Capital
	}
	return &CallError{Status: response.StatusCode, Code: code, Message: said.Message}
}
