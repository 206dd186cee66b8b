package main

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

func streams(ctx context.Context, c aws.Config) error {
	client, stream := kinesis.NewFromConfig(c), aws.String(name)
	if _, err := client.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: stream, ShardCount: aws.Int32(2)}); err != nil {
		return err
	}
	if err := kinesis.NewStreamExistsWaiter(client).Wait(ctx, &kinesis.DescribeStreamInput{StreamName: stream}, patience); err != nil {
		return err
	}
	binary := make([]byte, 256)
	for i := range binary {
		binary[i] = byte(i)
	}
	want := map[string][]byte{"a": []byte(`{"a":1}`), "é": binary, "empty": {}, "large": bytes.Repeat([]byte("x"), 1_000_000)}
	var entries []types.PutRecordsRequestEntry
	for key, data := range want {
		entries = append(entries, types.PutRecordsRequestEntry{PartitionKey: aws.String(key), Data: data})
	}
	put, err := client.PutRecords(ctx, &kinesis.PutRecordsInput{StreamName: stream, Records: entries})
	if err != nil {
		return err
	}
	if err := check("kinesis takes all records", *put.FailedRecordCount, int32(0)); err != nil {
		return err
	}
	got, err := read(ctx, client, stream)
	if err != nil {
		return err
	}
	if err := check("kinesis gives the same records", got, want); err != nil {
		return err
	}
	_, err = client.DescribeStream(ctx, &kinesis.DescribeStreamInput{StreamName: aws.String("gone")})
	if err := check("kinesis names a missing stream", refused(err), "ResourceNotFoundException"); err != nil {
		return err
	}
	_, err = client.DeleteStream(ctx, &kinesis.DeleteStreamInput{StreamName: stream})
	return err
}

// read returns the records of all shards, by partition key.
func read(ctx context.Context, client *kinesis.Client, stream *string) (map[string][]byte, error) {
	shards, err := client.ListShards(ctx, &kinesis.ListShardsInput{StreamName: stream})
	if err != nil {
		return nil, err
	}
	got := map[string][]byte{}
	for _, shard := range shards.Shards {
		at, err := client.GetShardIterator(ctx, &kinesis.GetShardIteratorInput{
			StreamName: stream, ShardId: shard.ShardId, ShardIteratorType: types.ShardIteratorTypeTrimHorizon,
		})
		if err != nil {
			return nil, err
		}
		records, err := client.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: at.ShardIterator})
		if err != nil {
			return nil, err
		}
		for _, r := range records.Records {
			got[*r.PartitionKey] = r.Data
			if age := time.Since(*r.ApproximateArrivalTimestamp); age.Abs() > 5*time.Minute {
				return nil, fmt.Errorf("a record arrived %v ago", age)
			}
		}
	}
	return got, nil
}
