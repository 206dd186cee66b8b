package kinesis_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// refused returns the response for an error.
func refused(code, message string) in { return in{"__type": code, "message": message} }

func TestRefusals(t *testing.T) {
	t.Parallel()
	entries := func(n int) []in {
		list := make([]in, n)
		for i := range list {
			list[i] = in{"Data": []byte("x"), "PartitionKey": "k"}
		}
		return list
	}
	const shard = "shardId-000000000000"
	tests := map[string]struct {
		operation string
		input     in
		want      in
	}{
		"unknown operation": {
			"SplitShard",
			in{},
			refused("UnknownOperationException", `the local twin's kinesis has no operation "SplitShard"`),
		},
		"unknown parameter": {
			"DescribeStream",
			in{"StreamName": "s", "StreamId": "x"},
			refused("ValidationException", `the local twin's kinesis does not support the parameter "StreamId" of this operation`),
		},
		"number in place of text": {
			"DescribeStream",
			in{"StreamName": 1},
			refused("SerializationException", "/StreamName: needs a value of type string, got a JSON number"),
		},
		"neither name nor ARN": {
			"DescribeStreamSummary",
			in{},
			refused("ValidationException", "Either StreamName or StreamARN should be provided."),
		},
		"absent stream": {
			"DescribeStream",
			in{"StreamName": "gone"},
			refused("ResourceNotFoundException", "Stream gone under account 000000000000 not found."),
		},
		"stream of another account": {
			"ListShards",
			in{"StreamARN": "arn:aws:kinesis:us-east-1:111111111111:stream/s"},
			refused("ResourceNotFoundException", "Stream arn:aws:kinesis:us-east-1:111111111111:stream/s not found."),
		},
		"existing stream": {
			"CreateStream",
			in{"StreamName": "s", "ShardCount": 1},
			refused("ResourceInUseException", "Stream s under account 000000000000 already exists."),
		},
		"several invalid parameters": {
			"CreateStream",
			in{"StreamName": "a b", "ShardCount": 0, "StreamModeDetails": in{"StreamMode": "FAST"}},
			refused("ValidationException", "3 validation errors detected: "+
				"Value 'a b' at 'streamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; "+
				"Value '0' at 'shardCount' failed to satisfy constraint: Member must have value greater than or equal to 1; "+
				"Value 'FAST' at 'streamModeDetails.streamMode' failed to satisfy constraint: Member must satisfy enum value set: [PROVISIONED, ON_DEMAND]"),
		},
		"too many records": {
			"PutRecords",
			in{"StreamName": "s", "Records": entries(501)},
			refused("ValidationException", "1 validation error detected: Value '[501 entries]' at 'records' failed to satisfy constraint: Member must have length less than or equal to 500"),
		},
		"no records": {
			"PutRecords",
			in{"StreamName": "s", "Records": entries(0)},
			refused("ValidationException", "1 validation error detected: Value '[]' at 'records' failed to satisfy constraint: Member must have length greater than or equal to 1"),
		},
		"entry without partition key or data": {
			"PutRecords",
			in{"StreamName": "s", "Records": []in{{}}},
			refused("ValidationException", "2 validation errors detected: "+
				"Value null at 'records.1.member.partitionKey' failed to satisfy constraint: Member must not be null; "+
				"Value null at 'records.1.member.data' failed to satisfy constraint: Member must not be null"),
		},
		"record too large": {
			"PutRecord",
			in{"StreamName": "s", "PartitionKey": "k", "Data": make([]byte, 1<<20+1)},
			refused("ValidationException", "1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=1048577 cap=1048577]' at 'data' failed to satisfy constraint: Member must have length less than or equal to 1048576"),
		},
		"explicit hash key out of range": {
			"PutRecord",
			in{"StreamName": "s", "PartitionKey": "k", "Data": []byte{}, "ExplicitHashKey": "340282366920938463463374607431768211456"},
			refused("InvalidArgumentException", "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was 340282366920938463463374607431768211456"),
		},
		"absent shard": {
			"GetShardIterator",
			in{"StreamName": "s", "ShardId": "shardId-000000000004", "ShardIteratorType": "LATEST"},
			refused("ResourceNotFoundException", "Shard shardId-000000000004 in stream s under account 000000000000 does not exist"),
		},
		"sequence number with LATEST": {
			"GetShardIterator",
			in{"StreamName": "s", "ShardId": shard, "ShardIteratorType": "LATEST", "StartingSequenceNumber": "1"},
			refused("InvalidArgumentException", "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified LATEST and also a StartingSequenceNumber."),
		},
		"sequence number of no shard": {
			"GetShardIterator",
			in{"StreamName": "s", "ShardId": shard, "ShardIteratorType": "AT_SEQUENCE_NUMBER", "StartingSequenceNumber": "1"},
			refused("InvalidArgumentException", "StartingSequenceNumber 1 used in GetShardIterator on shard shardId-000000000000 in stream s under account 000000000000 is invalid."),
		},
		"timestamp in the future": {
			"GetShardIterator",
			in{"StreamName": "s", "ShardId": shard, "ShardIteratorType": "AT_TIMESTAMP", "Timestamp": start.Unix() + 1},
			refused("InvalidArgumentException", "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: 1795373834000, currentTimestampInMillis: 1795373833250"),
		},
		"invalid iterator": {
			"GetRecords",
			in{"ShardIterator": "AAAA"},
			refused("InvalidArgumentException", "Invalid ShardIterator."),
		},
		"shorter retention by the operation for longer retention": {
			"IncreaseStreamRetentionPeriod",
			in{"StreamName": "s", "RetentionPeriodHours": 23},
			refused("InvalidArgumentException", "Requested retention period (23 hours) for stream s can not be shorter than existing retention period (24 hours). Use DecreaseRetentionPeriod API."),
		},
	}
	_, _, handler := newStream(t)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, call(t, handler, test.operation, test.input)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
