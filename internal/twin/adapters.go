package twin

import (
	"fmt"

	"github.com/tributary-cdk/tributary/internal/cloudformation/template"
	"github.com/tributary-cdk/tributary/internal/twin/kinesis"
	"github.com/tributary-cdk/tributary/internal/twin/resource"
	"github.com/tributary-cdk/tributary/internal/twin/s3"
	"github.com/tributary-cdk/tributary/internal/twin/sqlengine"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// streams adapts a Kinesis store to the interface with which the SQL engine reads
// streams.
type streams struct{ *kinesis.Store }

// Read returns up to limit records of a shard after a sequence number.
func (s streams) Read(stream, shard, after string, limit int) ([]sqlengine.Record, error) {
	records, err := s.Store.Read(stream, shard, after, limit)
	out := make([]sqlengine.Record, len(records))
	for i, r := range records {
		out[i] = sqlengine.Record{SequenceNumber: r.SequenceNumber, PartitionKey: r.PartitionKey, Data: r.Data, Arrived: r.Arrived}
	}
	return out, err
}

// objects adapts an S3 store to the interface with which package resource reads
// functions' code.
type objects struct{ *s3.Store }

// Open opens an object.
func (o objects) Open(bucket, key string) (resource.Object, error) { return o.Store.Open(bucket, key) }

// fetchTemplate returns the template at a URL of an object.
func fetchTemplate(objects *s3.Store, url string) ([]byte, error) {
	bucket, key, err := s3.Locate(url)
	if err != nil {
		return nil, err
	}
	body, err := objects.Read(bucket, key, template.MaxURLBytes)
	if err != nil {
		return nil, wire.Errorf("ValidationError", "S3 error: %v", fmt.Errorf("%s: %w", url, err))
	}
	return body, nil
}
