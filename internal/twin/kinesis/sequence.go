package kinesis

import (
	"fmt"
	"strconv"
)

// A sequence number has 56 decimal digits, as those of Kinesis have. Ours are
// "49", the millisecond its stream was created at, the shard's index, and the
// record's position in the shard from 1 on: so they rise within a shard, compare
// as strings, and tell where they come from.
const (
	sequenceLead     = "49"
	createdDigits    = 13
	indexDigits      = 6
	positionDigits   = 35
	prefixLength     = len(sequenceLead) + createdDigits + indexDigits
	sequenceNumberAt = prefixLength + positionDigits - 19 // no int64 has more than 19 digits
)

// sequencePrefix is what all sequence numbers of one shard begin with.
func sequencePrefix(createdMilli int64, index int) string {
	return fmt.Sprintf("%s%0*d%0*d", sequenceLead, createdDigits, createdMilli, indexDigits, index)
}

// sequenceNumber returns the number of the record at position.
func sequenceNumber(prefix string, position int64) string {
	number := make([]byte, prefixLength+positionDigits)
	copy(number, prefix)
	for i := len(number) - 1; i >= prefixLength; i-- {
		number[i] = byte('0' + position%10)
		position /= 10
	}
	return string(number)
}

// positionOf returns the position which a sequence number holds, or false if it
// isn't one of the shard whose numbers begin with prefix.
func positionOf(prefix, number string) (int64, bool) {
	if len(number) != prefixLength+positionDigits || number[:prefixLength] != prefix {
		return 0, false
	}
	for _, digit := range number[prefixLength:sequenceNumberAt] {
		if digit != '0' {
			return 0, false
		}
	}
	position, err := strconv.ParseUint(number[sequenceNumberAt:], 10, 63)
	return int64(position), err == nil
}
