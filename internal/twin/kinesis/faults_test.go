package kinesis_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin/kinesis"
	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

func TestFaults(t *testing.T) {
	t.Parallel()
	store, _, _ := newStream(t)
	broken := &wire.Error{Status: 500, Code: "InternalFailure", Message: "broken"}
	fail := func(operation string) error {
		if operation == "PutRecord" {
			return broken
		}
		return nil
	}
	one := in{"StreamName": "s", "PartitionKey": "k", "Data": []byte("x")}
	batch := in{"StreamName": "s", "Records": []in{{"PartitionKey": "k", "Data": []byte("x")}, {"PartitionKey": "k", "Data": []byte("y")}}}
	odd := false // the latest entry passed to Refuse has an odd number
	tests := []struct {
		name      string
		faults    kinesis.Faults
		operation string
		input     in
		want      in
		records   int64 // number of records in the stream after the request
	}{
		{"error before the operation", kinesis.Faults{Before: fail}, "PutRecord", one, refused("InternalFailure", "broken"), 0},
		{"error after the operation", kinesis.Faults{After: fail}, "PutRecord", one, refused("InternalFailure", "broken"), 1},
		{
			"every other entry refused",
			kinesis.Faults{Refuse: func(_, _ string) bool { odd = !odd; return odd }},
			"PutRecords", batch,
			in{"EncryptionType": "NONE", "FailedRecordCount": 1.0, "Records": []any{
				in{"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "Rate exceeded for shard shardId-000000000002 in stream s under account 000000000000."},
				in{"ShardId": "shardId-000000000002", "SequenceNumber": "49179537383325000000200000000000000000000000000000000002"},
			}},
			2,
		},
	}
	for _, test := range tests { //nolint:paralleltest // the tests count the records of one stream
		t.Run(test.name, func(t *testing.T) {
			handler := store.FaultyHandler(region, account, test.faults)
			if diff := cmp.Diff(test.want, call(t, handler, test.operation, test.input)); diff != "" {
				t.Error(diff)
			}
			if got := store.Streams()[0].Records; got != test.records {
				t.Errorf("%d records, want %d", got, test.records)
			}
		})
	}
}
