package signature

import (
	"crypto/hmac"
	"crypto/sha256"
	"sync"
)

// signingScope is the credential scope of a signing key.
type signingScope struct{ accessKeyID, day, region, service string }

// derive returns the signing key for a secret key and a scope.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#calculate-signature
func derive(secret string, s signingScope) []byte {
	key := mac([]byte("AWS4"+secret), s.day)
	for _, part := range []string{s.region, s.service, terminator} {
		key = mac(key, part)
	}
	return key
}

// mac returns the HMAC-SHA256 of a text.
func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	_, _ = h.Write([]byte(text)) // always returns nil
	return h.Sum(nil)
}

// maxSigningKeys is the most signing keys in the cache. A twin needs about ten: for its
// owner and its functions, each for some services.
const maxSigningKeys = 256

// signingKeys is a cache of the signing keys of valid requests. It does not contain the
// keys of other requests, so that those can't fill it.
type signingKeys struct {
	mu   sync.RWMutex
	keys map[signingScope][]byte
}

func (k *signingKeys) get(s signingScope) ([]byte, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	key, ok := k.keys[s]
	return key, ok
}

func (k *signingKeys) put(s signingScope, key []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.keys) >= maxSigningKeys {
		clear(k.keys)
	}
	k.keys[s] = key
}
