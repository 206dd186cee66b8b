package signature

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// Key is the key of an access key ID.
type Key struct {
	Secret string // secret key
	Token  string // session token; empty for a key without a session
}

// Keys contains the keys that may sign requests.
type Keys interface {
	// Key returns the key of an access key ID. It returns false if the ID does not exist.
	Key(accessKeyID string) (Key, bool)
}

// Scope contains the access key ID with which a request was signed, and the region and
// the service for which it was signed.
type Scope struct{ AccessKeyID, Region, Service string }

// Verifier verifies requests. See [New].
type Verifier struct {
	keys  Keys
	now   func() time.Time
	cache signingKeys
}

// New returns a Verifier that takes keys from keys and the time from now.
func New(keys Keys, now func() time.Time) *Verifier {
	return &Verifier{keys: keys, now: now, cache: signingKeys{keys: map[signingScope][]byte{}}}
}

// Verify verifies the signature of a request. It returns the request to pass to the
// service: [Signer] returns the access key ID from its context. If the service is not
// S3, Verify has read the body, which [wire.ReadBody] returns again. The error is a
// *Refusal, or an error of reading the body. With an error, the Scope is what the
// request claims, which may be empty.
func (v *Verifier) Verify(r *http.Request) (*http.Request, Scope, error) {
	c, err := claimOf(r)
	if err != nil {
		return nil, c.scope(), err
	}
	key, err := v.keyOf(c)
	if err != nil {
		return nil, c.scope(), err
	}
	if err := c.checkSignedHeaders(r.Header); err != nil {
		return nil, c.scope(), err
	}
	payload, err := c.payload(r)
	if err != nil {
		return nil, c.scope(), err
	}
	canonical, err := c.canonicalRequest(r, payload)
	if err != nil {
		return nil, c.scope(), err
	}
	if !v.matches(c, key, canonical) {
		return nil, c.scope(), mismatch()
	}
	return r.WithContext(context.WithValue(r.Context(), signerKey{}, c.accessKeyID)), c.scope(), nil
}

// keyOf returns the key of a claim. It returns a refusal if the access key ID is unknown,
// or if the session token or the time is wrong.
func (v *Verifier) keyOf(c claim) (Key, error) {
	key, ok := v.keys.Key(c.accessKeyID)
	if !ok {
		return Key{}, refuse(UnknownKey, "")
	}
	if subtle.ConstantTimeCompare([]byte(c.token), []byte(key.Token)) != 1 {
		return Key{}, refuse(WrongToken, "")
	}
	return key, c.checkTime(v.now())
}

// matches reports whether a claim's signature is the right one for a canonical request.
func (v *Verifier) matches(c claim, key Key, canonical string) bool {
	sum := sha256.Sum256([]byte(canonical))
	toSign := algorithm + "\n" + c.date + "\n" + c.day + "/" + c.region + "/" + c.service + "/" + terminator + "\n" + hex.EncodeToString(sum[:])
	scope := signingScope{c.accessKeyID, c.day, c.region, c.service}
	signingKey, cached := v.cache.get(scope)
	if !cached {
		signingKey = derive(key.Secret, scope)
	}
	same := hmac.Equal(c.signature, mac(signingKey, toSign))
	if same && !cached {
		v.cache.put(scope, signingKey)
	}
	return same
}

// payload returns the value for the body in the canonical request: the body's hash or,
// for S3, the value that the client declares.
func (c claim) payload(r *http.Request) (string, error) {
	if c.service == s3 {
		return c.declaredPayload(r.Header)
	}
	body, err := wire.ReadBody(r)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:]), nil
}

// signerKey is the context key of the access key ID.
type signerKey struct{}

// Signer returns the access key ID with which the request of ctx was signed, or "" if
// the request was not verified.
func Signer(ctx context.Context) string {
	id, _ := ctx.Value(signerKey{}).(string)
	return id
}

// WithSigner returns a context like that of a request that a [Verifier] has verified. It
// is for tests of services.
func WithSigner(ctx context.Context, accessKeyID string) context.Context {
	return context.WithValue(ctx, signerKey{}, accessKeyID)
}

// checkSignedHeaders returns a refusal if the host or an X-Amz header is not signed,
// since these headers select the service's operation. S3 accepts an unsigned
// x-amz-content-sha256, since its value is in the canonical request anyway.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
func (c claim) checkSignedHeaders(header http.Header) error {
	if !c.signs("host") && !c.signs(":authority") {
		return refuse(Mismatch, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
	}
	for name := range header {
		lower := strings.ToLower(name)
		if strings.HasPrefix(lower, "x-amz-") && lower != "x-amz-content-sha256" && !c.signs(lower) {
			return refuse(HeaderNotSigned, "There were headers present in the request which were not signed: "+lower)
		}
	}
	return nil
}
