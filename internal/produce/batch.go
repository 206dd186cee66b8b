package produce

// Limits are what a [Sink] takes in one call.
type Limits struct {
	// Records is how many.
	Records int
	// Bytes is how many bytes, partition keys included. 0 means no limit.
	Bytes int
	// RecordBytes is how long a record may be, partition key included. 0 means no
	// limit.
	RecordBytes int
}

// Batch is records for one call, in order, with their partition keys. Their memory
// is the batch's.
type Batch struct {
	bytes   []byte // of each record its data, and then its key
	entries []entry
}

// entry says where a record is in its batch.
type entry struct{ start, key, end int }

// Len returns how many records there are.
func (b *Batch) Len() int { return len(b.entries) }

// Data returns record i's data, which is the batch's.
func (b *Batch) Data(i int) []byte { return b.bytes[b.entries[i].start:b.entries[i].key] }

// Key returns record i's partition key, which is the batch's.
func (b *Batch) Key(i int) []byte { return b.bytes[b.entries[i].key:b.entries[i].end] }

// size returns how many bytes of data some of the records have.
func (b *Batch) size(which []int) int {
	sum := 0
	for _, i := range which {
		sum += b.entries[i].key - b.entries[i].start
	}
	return sum
}

// add copies a record into the batch, or returns false when it doesn't fit any
// more.
func (b *Batch) add(data, key []byte, l Limits) bool {
	if len(b.entries) == l.Records || l.Bytes > 0 && len(b.bytes)+len(data)+len(key) > l.Bytes {
		return false
	}
	start := len(b.bytes)
	b.bytes = append(append(b.bytes, data...), key...)
	b.entries = append(b.entries, entry{start, start + len(data), len(b.bytes)})
	return true
}

func (b *Batch) reset() { b.bytes, b.entries = b.bytes[:0], b.entries[:0] }
