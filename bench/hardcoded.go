package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/tributary-cdk/tributary/internal/lab"
	"github.com/tributary-cdk/tributary/internal/record"
)

// hardcoded renders the records of lab.RecordTemplate. It returns the same bytes as a
// record.Generator, but the template is translated into Go code by hand. Its speed is
// the limit with which the speed of the generator is compared.
type hardcoded struct {
	seed, next, state uint64

	at   time.Time // the time whose text is in date
	date [32]byte  // the value of connectionTime, padded

	words                              [wordCount]word
	clusters, prices, stations, spaces []uint64 // each from shortText
}

// word is a text of up to 63 bytes. The last byte is its length.
type word [64]byte

const (
	wordCount = 4096 // number of values of random.word
	maxRecord = 512  // maximum length of a record with the padding of its last text

	keyID      = `{    "_id": "`
	keyCluster = `",    "clusterID": "`
	keyTime    = `",    "connectionTime": "`
	keyPrice   = `",    "kWhDelivered": "`
	keyStation = `",    "stationID": "`
	keySpace   = `",    "spaceID": "`
	keyUser    = `",    "timezone": "America/Los_Angeles",    "userID": "`
	recordEnd  = "\"}\n"
)

// These are constant texts of a record. They are padded, so that a copy takes few
// instructions.
var (
	paddedCluster = pad(keyCluster)
	paddedTime    = pad(keyTime)
	paddedPrice   = pad(keyPrice)
	paddedStation = pad(keyStation)
	paddedSpace   = pad(keySpace)
	paddedUser    = [2][32]byte{pad(keyUser[:32]), pad(keyUser[32:])}
)

func pad(text string) (padded [32]byte) {
	copy(padded[:], text)
	return padded
}

// newHardcoded returns a renderer whose first record is record 0 of a seed.
func newHardcoded(seed uint64) (*hardcoded, error) {
	numbers := func(from, to int, suffix string) (texts []uint64) {
		for n := from; n <= to; n++ {
			texts = append(texts, shortText(strconv.Itoa(n)+suffix))
		}
		return texts
	}
	h := &hardcoded{
		seed: seed, clusters: numbers(1, 50, ""), prices: numbers(0, 1000, ".00"), stations: numbers(1, 467, ""), spaces: numbers(1, 20, ""),
	}
	return h, h.learnWords()
}

// learnWords renders random.word with the generator, until it knows the word for each
// random number.
func (h *hardcoded) learnWords() error {
	template, err := record.Parse("{{random.word}}")
	if err != nil {
		return err
	}
	g, numbers := record.NewGenerator(template, 0), hardcoded{}
	known := 0
	for range 100 * wordCount {
		text, err := g.Append(nil, time.Time{})
		if err != nil {
			return err
		}
		numbers.start()
		w := &h.words[numbers.below(wordCount)]
		if w[63] == 0 {
			known++
		}
		if text = bytes.TrimSpace(text); len(text) == 0 || len(text) > 63 {
			return fmt.Errorf("word %q: needs 1 to 63 bytes", text)
		}
		copy(w[:], text)
		w[63] = byte(len(text))
	}
	if known != wordCount {
		return fmt.Errorf("random.word: needs %d values, found %d", wordCount, known)
	}
	return nil
}

// check returns an error if h and the generator don't render the same records.
func (h *hardcoded) check() error {
	template, err := record.Parse(lab.RecordTemplate)
	if err != nil {
		return err
	}
	g, now := record.NewGenerator(template, h.seed), time.Now()
	var want, got []byte
	for range 10_000 {
		if want, err = g.Append(want[:0], now); err != nil {
			return err
		}
		if got, err = h.Append(got[:0], now); err != nil {
			return err
		}
		if !bytes.Equal(want, got) {
			return fmt.Errorf("hard-coded renderer: needs %q, got %q", want, got)
		}
	}
	return nil
}

// Append appends the next record to dst. at is the record's time.
func (h *hardcoded) Append(dst []byte, at time.Time) ([]byte, error) {
	if at != h.at {
		h.at, h.date = at, pad(at.Format(time.DateTime))
	}
	h.start()
	start := len(dst)
	if cap(dst)-start < maxRecord {
		dst = slices.Grow(dst, maxRecord)
	}
	b := (*[maxRecord]byte)(dst[start : start+maxRecord])
	const cluster = len(keyID) + 36
	copy(b[:], keyID)
	putUUID((*[36]byte)(b[len(keyID):]), h.random(), h.random())
	*(*[32]byte)(b[cluster:]) = paddedCluster
	p := putShort(b, cluster+len(keyCluster), h.clusters[h.below(50)])
	*(*[32]byte)(b[p:]) = paddedTime
	p += len(keyTime)
	*(*[32]byte)(b[p:]) = h.date
	p += len(time.DateTime)
	*(*[32]byte)(b[p:]) = paddedPrice
	p = putShort(b, p+len(keyPrice), h.prices[h.below(1001)])
	*(*[32]byte)(b[p:]) = paddedStation
	p = putShort(b, p+len(keyStation), h.stations[h.below(467)])
	*(*[32]byte)(b[p:]) = paddedSpace
	p += len(keySpace)
	w := &h.words[h.below(wordCount)]
	*(*[32]byte)(b[p:]) = *(*[32]byte)(w[:])
	if w[63] > 32 {
		*(*[32]byte)(b[p+32:]) = *(*[32]byte)(w[32:])
	}
	p += int(w[63])
	b[p] = '-'
	p = putShort(b, p+1, h.spaces[h.below(20)])
	*(*[32]byte)(b[p:]) = paddedUser[0]
	*(*[32]byte)(b[p+32:]) = paddedUser[1]
	p = putNumber(b, p+len(keyUser), uint32(1000+h.below(499_001)))
	p += copy(b[p:], recordEnd)
	return dst[:start+p], nil
}

// shortText returns a text of up to 7 bytes in an integer. Its length is in the highest
// byte.
func shortText(text string) uint64 {
	var b [8]byte
	b[7] = byte(copy(b[:7], text))
	return binary.LittleEndian.Uint64(b[:])
}

// putShort writes a text from shortText at b[p:] and returns its end.
func putShort(b *[maxRecord]byte, p int, text uint64) int {
	binary.LittleEndian.PutUint64(b[p:], text)
	return p + int(text>>56)
}
