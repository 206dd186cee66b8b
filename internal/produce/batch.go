package produce

import "github.com/aws/aws-sdk-go-v2/service/kinesis/types"

// Limits of one PutRecords.
//
// Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
const (
	maxEntries      = 500
	maxRequestBytes = 10 << 20 // data and partition keys
)

// batch gathers records for one PutRecords. The entries' memory is the batch's.
type batch struct {
	entries []types.PutRecordsRequestEntry
	keys    []string
	data    []byte
	size    int // data and keys
}

func newBatch() *batch {
	return &batch{
		entries: make([]types.PutRecordsRequestEntry, 0, maxEntries),
		keys:    make([]string, 0, maxEntries), // never grows: entries point into it
	}
}

// add copies a record into the batch, or returns false when it doesn't fit any
// more.
func (b *batch) add(record []byte, key string) bool {
	size := len(record) + len(key)
	if len(b.entries) == maxEntries || b.size+size > maxRequestBytes {
		return false
	}
	start := len(b.data)
	b.data = append(b.data, record...)
	b.keys = append(b.keys, key)
	b.entries = append(b.entries, types.PutRecordsRequestEntry{
		Data:         b.data[start:len(b.data):len(b.data)],
		PartitionKey: &b.keys[len(b.keys)-1],
	})
	b.size += size
	return true
}

func (b *batch) reset() {
	clear(b.entries[:cap(b.entries)])
	b.entries, b.keys, b.data, b.size = b.entries[:0], b.keys[:0], b.data[:0], 0
}
