package signature

import (
	"strconv"
	"testing"
)

func TestSigningKeysDontFillTheMemory(t *testing.T) {
	t.Parallel()
	k := signingKeys{kept: map[signingScope][]byte{}}
	for i := range 3 * maxSigningKeys {
		s := signingScope{"id", "20261101", strconv.Itoa(i), "sts"}
		k.put(s, []byte{1})
		if _, ok := k.get(s); !ok {
			t.Fatalf("key %d isn't kept", i)
		}
	}
	if len(k.kept) > maxSigningKeys {
		t.Errorf("got %d keys, want at most %d", len(k.kept), maxSigningKeys)
	}
}

func TestAKeyThatVerifiedNothingIsNotKept(t *testing.T) {
	t.Parallel()
	v := New(nil, nil)
	c := claim{accessKeyID: "id", day: "20261101", region: "a region that nobody has", service: "sts", signature: []byte("no signature")}
	if v.matches(c, Key{Secret: "s3cret"}, "canonical") {
		t.Error("it matches")
	}
	if len(v.cache.kept) != 0 {
		t.Errorf("got %v, want nothing", v.cache.kept)
	}
}
