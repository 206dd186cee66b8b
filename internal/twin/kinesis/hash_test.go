package kinesis

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRingContainsEveryHashKeyOnce(t *testing.T) {
	t.Parallel()
	for _, shards := range []int{1, 2, 3, 4, 7, 100} {
		t.Run(fmt.Sprintf("%d shards", shards), func(t *testing.T) {
			t.Parallel()
			r := newRing(shards)
			next := new(big.Int)
			for i := range shards {
				if got := r[i].String(); got != next.String() {
					t.Errorf("shard %d starts at %s, want %s", i, got, next)
				}
				for _, edge := range []hashKey{r[i], r.last(i)} {
					if got := r.shard(edge); got != i {
						t.Errorf("key %s: got shard %d, want %d", edge, got, i)
					}
				}
				next.SetString(r.last(i).String(), 10)
				next.Add(next, big.NewInt(1))
			}
			if want := new(big.Int).Lsh(big.NewInt(1), 128); next.Cmp(want) != 0 {
				t.Errorf("key after the last range: got %s, want %s", next, want)
			}
		})
	}
}

// TestHashKeys checks the ranges of a stream of four shards against those on AWS, and a
// partition key's hash key against the output of the command md5sum.
func TestHashKeys(t *testing.T) {
	t.Parallel()
	r := newRing(4)
	got := []string{r[1].String(), r.last(0).String(), r.last(3).String(), hashOf("user").String()}
	md5OfUser, _ := new(big.Int).SetString("ee11cbb19052e40b07aac0ca060c23ee", 16)
	want := []string{
		"85070591730234615865843651857942052864",
		"85070591730234615865843651857942052863",
		"340282366920938463463374607431768211455",
		md5OfUser.String(),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestParseHashKey(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"0": true,
		"340282366920938463463374607431768211455": true,
		"340282366920938463463374607431768211456": false,
		"-1":  false,
		"0x1": false,
		"":    false,
	} {
		key, ok := parseHashKey(text)
		if ok != want || ok && key.String() != text {
			t.Errorf("parseHashKey(%q) = %s, %v, want %v", text, key, ok, want)
		}
	}
}

func TestSequenceNumbers(t *testing.T) {
	t.Parallel()
	prefix := sequencePrefix(1795373833250, 3)
	previous := ""
	for _, position := range []int64{0, 1, 9, 10, 499, 1 << 40, 1<<63 - 1} {
		number := sequenceNumber(prefix, position)
		if len(number) != 56 || number <= previous {
			t.Errorf("position %d: got %q, want 56 digits and a number greater than %q", position, number, previous)
		}
		if got, ok := positionOf(prefix, number); got != position || !ok {
			t.Errorf("positionOf(%q) = %d, %v, want %d", number, got, ok, position)
		}
		previous = number
	}
	foreign := sequenceNumber(sequencePrefix(1795373833250, 4), 1)
	for _, bad := range []string{"", "12", foreign, prefix + "1" + foreign[prefixLength+1:]} {
		if got, ok := positionOf(prefix, bad); ok {
			t.Errorf("positionOf(%q) = %d, true; want false", bad, got)
		}
	}
}
