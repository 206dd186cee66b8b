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

// Key is what belongs to an access key id.
type Key struct {
	Secret string
	Token  string // of a session; empty for a key without one
}

// Keys finds the key that belongs to an access key id.
type Keys interface {
	Key(accessKeyID string) (Key, bool)
}

// Scope says who signed a request, and for which region and service.
type Scope struct{ AccessKeyID, Region, Service string }

// Verifier verifies requests. See [New].
type Verifier struct {
	keys  Keys
	now   func() time.Time
	cache signingKeys
}

// New returns a Verifier that knows keys, and the time.
func New(keys Keys, now func() time.Time) *Verifier {
	return &Verifier{keys: keys, now: now, cache: signingKeys{kept: map[signingScope][]byte{}}}
}

// Verify returns r for the service that it was signed for: its context knows the
// signer, and its body can be read by [wire.ReadBody], except for S3's, which has
// not been read. The error is a *Refusal, or says why the body can't be read. A
// refused request's Scope is the one that it claims, if it claims any.
func (v *Verifier) Verify(r *http.Request) (*http.Request, Scope, error) {
	c, err := claimOf(r)
	if err != nil {
		return nil, c.scope(), err
	}
	key, err := v.admit(c)
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

// admit returns the key that a claim names, if its token and its time are right.
func (v *Verifier) admit(c claim) (Key, error) {
	key, ok := v.keys.Key(c.accessKeyID)
	if !ok {
		return Key{}, refuse(UnknownKey, "")
	}
	if subtle.ConstantTimeCompare([]byte(c.token), []byte(key.Token)) != 1 {
		return Key{}, refuse(WrongToken, "")
	}
	return key, c.checkTime(v.now())
}

// matches reports whether a claim's signature is that of a canonical request.
func (v *Verifier) matches(c claim, key Key, canonical string) bool {
	sum := sha256.Sum256([]byte(canonical))
	toSign := algorithm + "\n" + c.date + "\n" + c.day + "/" + c.region + "/" + c.service + "/" + terminator + "\n" + hex.EncodeToString(sum[:])
	scope := signingScope{c.accessKeyID, c.day, c.region, c.service}
	signingKey, kept := v.cache.get(scope)
	if !kept {
		signingKey = derive(key.Secret, scope)
	}
	same := hmac.Equal(c.signature, mac(signingKey, toSign))
	if same && !kept {
		v.cache.put(scope, signingKey)
	}
	return same
}

// payload returns what the canonical request has for the body: its hash or, of
// S3, what the client says.
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

// signerKey is where a context holds the access key id that signed.
type signerKey struct{}

// Signer returns the access key id with which the request of ctx was signed, and
// "" if none was verified.
func Signer(ctx context.Context) string {
	id, _ := ctx.Value(signerKey{}).(string)
	return id
}

// WithSigner returns a context of a request that was signed with an access key id:
// for tests of what stands behind a [Verifier].
func WithSigner(ctx context.Context, accessKeyID string) context.Context {
	return context.WithValue(ctx, signerKey{}, accessKeyID)
}

// checkSignedHeaders refuses a request whose host or whose X-Amz headers aren't
// signed: they say what is asked. S3's payload hash is in the canonical request
// anyway, so that S3 lets it be unsigned.
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
