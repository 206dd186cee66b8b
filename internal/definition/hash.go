package definition

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// Alterable reports whether [Definition.Alter] can change the definition with hash a into
// the one with hash b. The first 32 characters of a hash cover what can't be altered, and
// the last 32 cover the whole definition.
func Alterable(a, b string) bool { return len(a) == 64 && len(b) == 64 && a[:32] == b[:32] }

// join returns a definition's hash. fixed is the hash of what can't be altered, and
// everything is the hash of the whole definition.
func join(fixed, everything string) string { return fixed[:32] + everything[:32] }

func hash(parts ...any) string {
	text, err := json.Marshal(parts)
	if err != nil {
		panic(err) // strings, booleans and slices of them can always be encoded
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
