package definition

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// Alterable reports whether Alter leads from the definition of one hash to that of the
// other. A hash is 32 characters for what can't be altered, and 32 for everything.
func Alterable(a, b string) bool { return len(a) == 64 && len(b) == 64 && a[:32] == b[:32] }

// join makes a definition's hash of the two halves.
func join(fixed, everything string) string { return fixed[:32] + everything[:32] }

func hash(parts ...any) string {
	text, err := json.Marshal(parts)
	if err != nil {
		panic(err) // strings, booleans and slices of them always encode
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
