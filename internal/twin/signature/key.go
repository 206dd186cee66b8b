package signature

import (
	"crypto/hmac"
	"crypto/sha256"
	"sync"
)

// signingScope is what a signing key is derived for.
type signingScope struct{ accessKeyID, day, region, service string }

// derive returns the key that signs in a scope.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#calculate-signature
func derive(secret string, s signingScope) []byte {
	key := mac([]byte("AWS4"+secret), s.day)
	for _, part := range []string{s.region, s.service, terminator} {
		key = mac(key, part)
	}
	return key
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	_, _ = h.Write([]byte(text)) // a hash never fails
	return h.Sum(nil)
}

// maxSigningKeys is how many signing keys are kept. A twin sees about ten: its
// owner's and its functions', for some services.
const maxSigningKeys = 256

// signingKeys keeps signing keys that verified a request. Others aren't kept, so
// that requests which nobody signed can't fill the memory.
type signingKeys struct {
	mu   sync.RWMutex
	kept map[signingScope][]byte
}

func (k *signingKeys) get(s signingScope) ([]byte, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	key, ok := k.kept[s]
	return key, ok
}

func (k *signingKeys) put(s signingScope, key []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.kept) >= maxSigningKeys {
		clear(k.kept)
	}
	k.kept[s] = key
}
