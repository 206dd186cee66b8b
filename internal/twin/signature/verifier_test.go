package signature_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go/encoding/httpbinding"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin/signature"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// keys implements signature.Keys.
type keys map[string]signature.Key

// Key returns the key of an access key ID.
func (k keys) Key(id string) (signature.Key, bool) {
	key, ok := k[id]
	return key, ok
}

const (
	secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" // from AWS's documentation
	token  = "FwoGZXIvYXdzE/+token=="
)

var (
	allKeys = keys{"TRIBUTARYLOCAL00000": {Secret: secret}, "ASIASESSION": {Secret: secret, Token: token}}
	owner   = aws.Credentials{AccessKeyID: "TRIBUTARYLOCAL00000", SecretAccessKey: secret}
	session = aws.Credentials{AccessKeyID: "ASIASESSION", SecretAccessKey: secret, SessionToken: token}
	noon    = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
)

// call is a request before it is signed.
type call struct {
	method, url string // empty means POST to "/"
	body        string
	header      map[string]string
	service     string          // empty means kinesis
	by          aws.Credentials // zero means owner
	at          time.Time       // zero means noon
	payload     string          // value of x-amz-content-sha256; empty means the body's hash
	presigned   bool            // the signature is in the query string
	chunked     bool            // the request has no Content-Length
}

// signed returns the call signed by the SDK's signer, as a server receives it.
func (c call) signed(t testing.TB) *http.Request {
	t.Helper()
	if c.method == "" {
		c.method = http.MethodPost
	}
	if c.service == "" {
		c.service = "kinesis"
	}
	if c.by.AccessKeyID == "" {
		c.by = owner
	}
	if c.at.IsZero() {
		c.at = noon
	}
	r, err := http.NewRequestWithContext(t.Context(), c.method, "http://127.0.0.1:4700"+c.url, strings.NewReader(c.body))
	if err != nil {
		t.Fatal(err)
	}
	if c.chunked {
		r.ContentLength = -1
	}
	for name, value := range c.header {
		r.Header.Set(name, value)
	}
	sum := sha256.Sum256([]byte(c.body))
	hash := hex.EncodeToString(sum[:])
	if c.payload != "" {
		hash = c.payload
	}
	forS3 := func(o *v4.SignerOptions) { o.DisableURIPathEscaping = c.service == "s3" }
	if c.presigned {
		signed, _, err := v4.NewSigner().PresignHTTP(t.Context(), c.by, r, hash, c.service, "us-east-1", c.at, forS3)
		if err != nil {
			t.Fatal(err)
		}
		if r.URL, err = r.URL.Parse(signed); err != nil {
			t.Fatal(err)
		}
		return sent(t, r)
	}
	if c.service == "s3" {
		r.Header.Set("X-Amz-Content-Sha256", hash)
	}
	if err := v4.NewSigner().SignHTTP(t.Context(), c.by, r, hash, c.service, "us-east-1", c.at, forS3); err != nil {
		t.Fatal(err)
	}
	return sent(t, r)
}

// sent returns a client's request as a server receives it.
func sent(t testing.TB, r *http.Request) *http.Request {
	t.Helper()
	var line bytes.Buffer
	if err := r.Write(&line); err != nil {
		t.Fatal(err)
	}
	got, err := http.ReadRequest(bufio.NewReader(&line))
	if err != nil {
		t.Fatal(err)
	}
	return got.WithContext(t.Context())
}

func verify(r *http.Request) (*http.Request, signature.Scope, error) {
	return signature.New(allKeys, func() time.Time { return noon }).Verify(r)
}

func TestSignedRequestsPass(t *testing.T) {
	t.Parallel()
	tests := map[string]call{
		"a JSON call":                     {body: `{"StreamName":"s"}`, header: map[string]string{"X-Amz-Target": "Kinesis_20131202.ListShards"}},
		"a session's call":                {body: "{}", by: session},
		"a body without Content-Length":   {body: "payload", chunked: true},
		"no body":                         {method: "GET"},
		"another service":                 {service: "cloudformation", body: "Action=ListStacks"},
		"an escaped path":                 {service: "lambda", method: "GET", url: "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Afn"},
		"a query":                         {service: "lambda", method: "GET", url: "/f?b=2&a=1&a=0&empty=&%C3%BC=%20%2B"},
		"a header with spaces":            {header: map[string]string{"X-Amz-Note": "  two  and   three "}},
		"signed 15 minutes ago":           {at: noon.Add(-15 * time.Minute)},
		"signed 15 minutes in the future": {at: noon.Add(15 * time.Minute)},
		"an object":                       {service: "s3", method: "PUT", url: "/assets/k.zip", body: "payload"},
		"an object with special characters in its name": {service: "s3", method: "PUT", url: "/assets/a%20b/%C3%BC%2B%26%3D%27%28x%29%2A~.zip", body: "payload"},
		"an object with an escaped slash in its name":   {service: "s3", method: "GET", url: "/assets/a%2Fb"},
		"an object without a hash":                      {service: "s3", method: "PUT", url: "/assets/k", body: "payload", payload: "UNSIGNED-PAYLOAD"},
		"an object in signed chunks":                    {service: "s3", method: "PUT", url: "/assets/k", body: "payload", payload: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"},
		"an object in unsigned chunks":                  {service: "s3", method: "PUT", url: "/assets/k", body: "payload", payload: "STREAMING-UNSIGNED-PAYLOAD-TRAILER"},
		"a presigned URL":                               {service: "s3", method: "GET", url: "/assets/a%20b?X-Amz-Expires=60", presigned: true, payload: "UNSIGNED-PAYLOAD"},
		"a session's presigned URL":                     {service: "s3", method: "PUT", url: "/assets/k?X-Amz-Expires=604800&x-id=PutObject", body: "x", presigned: true, payload: "UNSIGNED-PAYLOAD", by: session},
		"a presigned URL signed an hour ago":            {service: "s3", method: "GET", url: "/assets/k?X-Amz-Expires=3600", presigned: true, payload: "UNSIGNED-PAYLOAD", at: noon.Add(-time.Hour)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, scope, err := verify(tt.signed(t))
			if err != nil {
				t.Fatal(err)
			}
			if tt.service == "" {
				tt.service = "kinesis"
			}
			want := signature.Scope{AccessKeyID: "TRIBUTARYLOCAL00000", Region: "us-east-1", Service: tt.service}
			if tt.by.AccessKeyID != "" {
				want.AccessKeyID = tt.by.AccessKeyID
			}
			if diff := cmp.Diff(want, scope); diff != "" {
				t.Errorf("scope (-want +got):\n%s", diff)
			}
			if signer := signature.Signer(got.Context()); signer != want.AccessKeyID {
				t.Errorf("signer: got %q, want %q", signer, want.AccessKeyID)
			}
			body, err := io.ReadAll(got.Body)
			if err != nil || string(body) != tt.body {
				t.Errorf("body: got %q, %v, want %q", body, err, tt.body)
			}
		})
	}
}

// TestBodyIsReadOnce checks that the service receives the same bytes that were hashed.
func TestBodyIsReadOnce(t *testing.T) {
	t.Parallel()
	r := call{body: "payload"}.signed(t)
	got, _, err := verify(r)
	if err != nil {
		t.Fatal(err)
	}
	first, err := wire.ReadBody(got)
	if err != nil {
		t.Fatal(err)
	}
	second, err := wire.ReadBody(got)
	if err != nil || string(first) != "payload" || &first[0] != &second[0] {
		t.Errorf("got %q and %q, %v, want the same bytes twice", first, second, err)
	}
}

func FuzzSignedRequestsPass(f *testing.F) {
	f.Add("a b/ü", "q+&=", "v;% ", "x  y", []byte("body"))
	f.Add("%2F//..", "", "", "", []byte{})
	f.Fuzz(func(t *testing.T, path, name, value, header string, body []byte) {
		if strings.ContainsFunc(header, func(c rune) bool { return c < ' ' || c > '~' }) {
			t.Skip("not a valid header value")
		}
		for _, service := range []string{"s3", "lambda"} {
			query := ""
			if !strings.HasPrefix(name, "X-Amz-") {
				query = "?" + url.Values{name: {value}}.Encode()
			}
			c := call{service: service, method: "PUT", url: "/" + httpbinding.EscapePath(path, false) + query, body: string(body), header: map[string]string{"X-Amz-Meta": header}}
			if _, _, err := verify(c.signed(t)); err != nil {
				t.Errorf("%s: %v", service, err)
			}
		}
	})
}
