// Package uuid makes the UUIDs by which the twin's services name what they have made.
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

// Of returns a UUID that follows from the parts: equal parts give equal UUIDs.
func Of(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return read(bytes.NewReader(sum[:]))
}

func read(source io.Reader) string {
	id, err := rand.NewUUID(source).GetUUID()
	if err != nil {
		panic(err) // crypto/rand never fails, and a sum is longer than a UUID: a bug
	}
	return id
}
