package produce

import "context"

// Firehose is a [Sink] that puts records into a Firehose stream. Firehose has no
// partition keys, so it ignores those of the records.
type Firehose struct {
	service *service
	prefix  []byte // of a request body, before the first record
}

// NewFirehose returns a Firehose for the stream with this name.
func NewFirehose(e Endpoint, stream string) *Firehose {
	prefix := append([]byte(`{"DeliveryStreamName":`), quoteJSON(stream)...)
	return &Firehose{newService(e, "firehose", "Firehose_20150804.PutRecordBatch"), append(prefix, `,"Records":[`...)}
}

// Limits returns the limits of PutRecordBatch.
//
// Source: https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
func (f *Firehose) Limits() Limits {
	return Limits{Records: 500, Bytes: 4 << 20, RecordBytes: 1000 << 10}
}

// Put calls PutRecordBatch.
func (f *Firehose) Put(ctx context.Context, b *Batch, indexes []int) ([]Refusal, error) {
	return f.service.send(ctx, indexes, "FailedPutCount", func(dst []byte) []byte {
		dst = append(dst, f.prefix...)
		for n, i := range indexes {
			if n > 0 {
				dst = append(dst, ',')
			}
			dst = append(appendBase64(append(dst, `{"Data":"`...), b.Data(i)), `"}`...)
		}
		return append(dst, "]}"...)
	})
}
