package kinesis

import (
	"bytes"
	"crypto/md5" //nolint:gosec // Kinesis maps partition keys by MD5; nothing is protected by it
	"math/big"
	"sort"
)

// hashKey is a 128-bit hash key. The first byte is the most significant one.
type hashKey [16]byte

// hashOf returns the hash key of a partition key, which is the MD5 hash of the
// partition key.
//
// Source: https://docs.aws.amazon.com/streams/latest/dev/key-concepts.html
func hashOf(partitionKey string) hashKey {
	return md5.Sum([]byte(partitionKey)) //nolint:gosec // see the import
}

// parseHashKey returns the hash key that a decimal number represents. It returns false
// if the text is not a number from 0 to 2^128-1.
func parseHashKey(decimal string) (hashKey, bool) {
	n, ok := new(big.Int).SetString(decimal, 10)
	if !ok || n.Sign() < 0 || n.BitLen() > 128 {
		return hashKey{}, false
	}
	return hashKeyOf(n), true
}

// hashKeyOf returns the hash key of a number from 0 to 2^128-1.
func hashKeyOf(n *big.Int) hashKey {
	var key hashKey
	n.FillBytes(key[:])
	return key
}

// String returns the key as a decimal number.
func (k hashKey) String() string { return new(big.Int).SetBytes(k[:]).String() }

// before returns k-1. For zero it returns 2^128-1.
func (k hashKey) before() hashKey {
	for i := len(k) - 1; i >= 0; i-- {
		k[i]--
		if k[i] != 0xff {
			break
		}
	}
	return k
}

// ring divides the hash keys into ranges of equal size, one for each shard. The range of
// shard i begins with the key ring[i].
type ring []hashKey

// newRing returns the ring of a stream with the given number of shards.
func newRing(shards int) ring {
	step := new(big.Int).Lsh(big.NewInt(1), 128)
	step.Div(step, big.NewInt(int64(shards)))
	r := make(ring, shards)
	for i := range r {
		r[i] = hashKeyOf(new(big.Int).Mul(step, big.NewInt(int64(i))))
	}
	return r
}

// shard returns the index of the shard whose range contains k.
func (r ring) shard(k hashKey) int {
	return sort.Search(len(r), func(i int) bool { return bytes.Compare(r[i][:], k[:]) > 0 }) - 1
}

// last returns the last key in the range of shard i.
func (r ring) last(i int) hashKey {
	if i == len(r)-1 {
		return hashKey{}.before()
	}
	return r[i+1].before()
}
