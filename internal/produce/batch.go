package produce

// Limits are the limits of one call of a [Sink].
type Limits struct {
	// Records is the maximum number of records.
	Records int
	// Bytes is the maximum total size of data and partition keys. 0 means no limit.
	Bytes int
	// RecordBytes is the maximum size of a record with its partition key. 0 means no
	// limit.
	RecordBytes int
}

// Batch is an ordered list of records, with their partition keys, for one call of a
// [Sink]. It stores copies of them.
type Batch struct {
	bytes   []byte // data and partition key of each record, one record after the other
	entries []entry
}

// entry is the position of a record in [Batch]: its data is bytes[start:key] and its
// partition key is bytes[key:end].
type entry struct{ start, key, end int }

// Len returns the number of records.
func (b *Batch) Len() int { return len(b.entries) }

// Data returns the data of record i, in memory that belongs to the batch.
func (b *Batch) Data(i int) []byte { return b.bytes[b.entries[i].start:b.entries[i].key] }

// Key returns the partition key of record i, in memory that belongs to the batch.
func (b *Batch) Key(i int) []byte { return b.bytes[b.entries[i].key:b.entries[i].end] }

// size returns the total size of the data of the records with these indexes.
func (b *Batch) size(indexes []int) int {
	sum := 0
	for _, i := range indexes {
		sum += b.entries[i].key - b.entries[i].start
	}
	return sum
}

// add copies a record into the batch. It returns false, and adds nothing, if the batch
// would then exceed the limits.
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
