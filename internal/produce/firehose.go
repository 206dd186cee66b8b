package produce

import "context"

// Firehose is a Firehose stream as a [Sink]. It has no partition keys.
type Firehose struct {
	service *service
	opening []byte // of a request's body
}

// NewFirehose returns the Firehose stream of a name.
func NewFirehose(e Endpoint, stream string) *Firehose {
	opening := append([]byte(`{"DeliveryStreamName":`), quoted(stream)...)
	return &Firehose{newService(e, "firehose", "Firehose_20150804.PutRecordBatch"), append(opening, `,"Records":[`...)}
}

// Limits returns what PutRecordBatch takes.
//
// Source: https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
func (f *Firehose) Limits() Limits {
	return Limits{Records: 500, Bytes: 4 << 20, RecordBytes: 1000 << 10}
}

// Put calls PutRecordBatch.
func (f *Firehose) Put(ctx context.Context, b *Batch, which []int) ([]Refusal, error) {
	return f.service.send(ctx, which, "FailedPutCount", func(dst []byte) []byte {
		dst = append(dst, f.opening...)
		for n, i := range which {
			if n > 0 {
				dst = append(dst, ',')
			}
			dst = append(appendBase64(append(dst, `{"Data":"`...), b.Data(i)), `"}`...)
		}
		return append(dst, "]}"...)
	})
}
