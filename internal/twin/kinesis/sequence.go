package kinesis

import (
	"fmt"
	"strconv"
)

// A sequence number has 56 decimal digits, as on AWS. The twin's sequence numbers
// consist of "49", the time at which the stream was created, in milliseconds since
// 1970, the shard's index, and the record's position in the shard, which starts with 1.
// So they increase within a shard, in the order of strings too, and identify the stream
// and the shard.
const (
	sequenceLead   = "49"
	createdDigits  = 13
	indexDigits    = 6
	positionDigits = 35
	prefixLength   = len(sequenceLead) + createdDigits + indexDigits
	positionAt     = prefixLength + positionDigits - 19 // index of the last 19 digits, the most that an int64 has
)

// sequencePrefix returns the digits with which all sequence numbers of a shard begin.
func sequencePrefix(createdMilli int64, index int) string {
	return fmt.Sprintf("%s%0*d%0*d", sequenceLead, createdDigits, createdMilli, indexDigits, index)
}

// sequenceNumber returns the sequence number of the record at a position of the shard
// with the given prefix.
func sequenceNumber(prefix string, position int64) string {
	number := make([]byte, prefixLength+positionDigits)
	copy(number, prefix)
	for i := len(number) - 1; i >= prefixLength; i-- {
		number[i] = byte('0' + position%10)
		position /= 10
	}
	return string(number)
}

// positionOf returns the position that a sequence number contains. It returns false if
// the number is invalid or has another prefix.
func positionOf(prefix, number string) (int64, bool) {
	if len(number) != prefixLength+positionDigits || number[:prefixLength] != prefix {
		return 0, false
	}
	for _, digit := range number[prefixLength:positionAt] {
		if digit != '0' {
			return 0, false
		}
	}
	position, err := strconv.ParseUint(number[positionAt:], 10, 63)
	return int64(position), err == nil
}
