package produce

import (
	"context"
	"encoding/json"
	"unicode/utf8"
)

// Kinesis is a data stream as a [Sink].
type Kinesis struct {
	service *service
	opening []byte // of a request's body
}

// NewKinesis returns the stream of a name.
func NewKinesis(e Endpoint, stream string) *Kinesis {
	opening := append([]byte(`{"StreamName":`), quoted(stream)...)
	return &Kinesis{newService(e, "kinesis", "Kinesis_20131202.PutRecords"), append(opening, `,"Records":[`...)}
}

// Limits returns what PutRecords takes, of records as large as a stream takes them
// unless it is told otherwise.
//
// Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
func (k *Kinesis) Limits() Limits { return Limits{Records: 500, Bytes: 10 << 20, RecordBytes: 1 << 20} }

// Put calls PutRecords.
func (k *Kinesis) Put(ctx context.Context, b *Batch, which []int) ([]Refusal, error) {
	return k.service.send(ctx, which, "FailedRecordCount", func(dst []byte) []byte { return k.appendBody(dst, b, which) })
}

func (k *Kinesis) appendBody(dst []byte, b *Batch, which []int) []byte {
	dst = append(dst, k.opening...)
	for n, i := range which {
		if n > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"Data":"`...)
		dst = appendBase64(dst, b.Data(i))
		dst = append(dst, `","PartitionKey":`...)
		dst = append(appendKey(dst, b.Key(i)), '}')
	}
	return append(dst, "]}"...)
}

// appendKey appends a partition key as JSON.
func appendKey(dst, key []byte) []byte {
	for _, c := range key {
		if c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return append(dst, quoted(string(key))...)
		}
	}
	return append(append(append(dst, '"'), key...), '"')
}

// quoted returns a text as JSON.
func quoted(text string) []byte {
	json, _ := json.Marshal(text) // a string always can be
	return json
}
