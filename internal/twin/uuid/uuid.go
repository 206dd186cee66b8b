// Package uuid generates the UUIDs that the twin's services use as ids.
package uuid

import (
	"bytes"
	cryptorand "crypto/rand"
	"crypto/sha256"
	"io"
	"strings"

	"github.com/aws/smithy-go/rand"
)

// New returns a random UUID.
func New() string { return read(cryptorand.Reader) }

// FromParts returns a UUID that is derived from parts. Equal parts give equal UUIDs.
func FromParts(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return read(bytes.NewReader(sum[:]))
}

func read(source io.Reader) string {
	id, err := rand.NewUUID(source).GetUUID()
	if err != nil {
		panic(err) // cannot happen: crypto/rand never fails, and a hash is longer than a UUID
	}
	return id
}
