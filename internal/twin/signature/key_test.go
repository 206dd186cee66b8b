package signature

import (
	"strconv"
	"testing"
)

func TestSigningKeysAreLimited(t *testing.T) {
	t.Parallel()
	k := signingKeys{keys: map[signingScope][]byte{}}
	for i := range 3 * maxSigningKeys {
		s := signingScope{"id", "20261101", strconv.Itoa(i), "sts"}
		k.put(s, []byte{1})
		if _, ok := k.get(s); !ok {
			t.Fatalf("key %d is not in the cache", i)
		}
	}
	if len(k.keys) > maxSigningKeys {
		t.Errorf("got %d keys, want at most %d", len(k.keys), maxSigningKeys)
	}
}

func TestKeyOfAWrongSignatureIsNotCached(t *testing.T) {
	t.Parallel()
	v := New(nil, nil)
	c := claim{accessKeyID: "id", day: "20261101", region: "an unused region", service: "sts", signature: []byte("wrong")}
	if v.matches(c, Key{Secret: "s3cret"}, "canonical") {
		t.Error("a wrong signature matches")
	}
	if len(v.cache.keys) != 0 {
		t.Errorf("got cached keys %v, want none", v.cache.keys)
	}
}
