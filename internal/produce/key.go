package produce

import (
	"math/rand/v2"
	"strconv"
	"time"
)

// Key generates partition keys.
type Key interface {
	// Append appends the partition key of a record to dst. at is the record's time. The
	// error says why the record has no partition key.
	Append(dst, record []byte, at time.Time) ([]byte, error)
}

// RandomKey returns a Key like the Kinesis Data Generator's: random numbers of up to ten
// digits. Equal seeds give equal keys.
func RandomKey(seed uint64) Key {
	return randomKey{rand.New(rand.NewPCG(seed, 1))} //nolint:gosec // partition keys needn't be secret
}

type randomKey struct{ rng *rand.Rand }

func (k randomKey) Append(dst, _ []byte, _ time.Time) ([]byte, error) {
	return strconv.AppendUint(dst, k.rng.Uint64N(1e10), 10), nil
}

// SourceKey returns a Key that takes its partition keys from a source, such as a
// template. It removes one newline at the end of each.
func SourceKey(source Source) Key { return sourceKey{source} }

type sourceKey struct{ source Source }

func (k sourceKey) Append(dst, _ []byte, at time.Time) ([]byte, error) {
	start := len(dst)
	dst, err := k.source.Append(dst, at)
	if n := len(dst); err == nil && n > start && dst[n-1] == '\n' {
		dst = dst[:n-1]
	}
	return dst, err
}

// maxKeyLength is the maximum length of a partition key, in characters.
//
// Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecordsRequestEntry.html
const maxKeyLength = 256
