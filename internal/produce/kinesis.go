package produce

import (
	"context"
	"encoding/json"
	"unicode/utf8"
)

// Kinesis is a [Sink] that puts records into a Kinesis data stream.
type Kinesis struct {
	service *service
	prefix  []byte // of a request body, before the first record
}

// NewKinesis returns a Kinesis for the stream with this name.
func NewKinesis(e Endpoint, stream string) *Kinesis {
	prefix := append([]byte(`{"StreamName":`), quoteJSON(stream)...)
	return &Kinesis{newService(e, "kinesis", "Kinesis_20131202.PutRecords"), append(prefix, `,"Records":[`...)}
}

// Limits returns the limits of PutRecords, and the default record size limit of a
// stream.
//
// Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
func (k *Kinesis) Limits() Limits { return Limits{Records: 500, Bytes: 10 << 20, RecordBytes: 1 << 20} }

// Put calls PutRecords.
func (k *Kinesis) Put(ctx context.Context, b *Batch, indexes []int) ([]Refusal, error) {
	return k.service.send(ctx, indexes, "FailedRecordCount", func(dst []byte) []byte { return k.appendBody(dst, b, indexes) })
}

func (k *Kinesis) appendBody(dst []byte, b *Batch, indexes []int) []byte {
	dst = append(dst, k.prefix...)
	for n, i := range indexes {
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

// appendKey appends a partition key to dst as a JSON string.
func appendKey(dst, key []byte) []byte {
	for _, c := range key {
		if c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return append(dst, quoteJSON(string(key))...)
		}
	}
	return append(append(append(dst, '"'), key...), '"')
}

// quoteJSON returns text as a JSON string.
func quoteJSON(text string) []byte {
	json, _ := json.Marshal(text) // never fails for a string
	return json
}
