package kinesis_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tributary-cdk/tributary/internal/twin/kinesis"
)

// serve serves a store's API on a loopback port. It returns the URL and a client of the
// AWS SDK for it.
func serve(t testing.TB, store *kinesis.Store) (string, *sdk.Client) {
	t.Helper()
	server := httptest.NewServer(store.Handler(region, account))
	t.Cleanup(server.Close)
	client := sdk.New(sdk.Options{
		Region:       region,
		BaseEndpoint: &server.URL,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "TEST", SecretAccessKey: "test"}, nil
		}),
	})
	return server.URL, client
}

// TestSDK creates, writes, reads and deletes a stream with the AWS SDK.
func TestSDK(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	_, client := serve(t, kinesis.New(newClock().Now))
	name := aws.String("ev_stream_data")
	_, err := client.CreateStream(ctx, &sdk.CreateStreamInput{
		StreamName: name, StreamModeDetails: &types.StreamModeDetails{StreamMode: types.StreamModeOnDemand},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := sdk.NewStreamExistsWaiter(client).Wait(ctx, &sdk.DescribeStreamInput{StreamName: name}, time.Minute); err != nil {
		t.Fatal(err)
	}
	put, err := client.PutRecords(ctx, &sdk.PutRecordsInput{StreamName: name, Records: []types.PutRecordsRequestEntry{
		{Data: []byte(`{"a":1}`), PartitionKey: aws.String("a"), ExplicitHashKey: aws.String("0")},
		{Data: []byte{}, PartitionKey: aws.String("é")},
	}})
	if err != nil || aws.ToInt32(put.FailedRecordCount) != 0 {
		t.Fatal(put, err)
	}
	var got []types.Record
	shards, err := client.ListShards(ctx, &sdk.ListShardsInput{StreamName: name})
	if err != nil {
		t.Fatal(err)
	}
	for _, shard := range shards.Shards {
		got = append(got, readShard(ctx, t, client, name, shard.ShardId)...)
	}
	slices.SortFunc(got, func(a, b types.Record) int { return strings.Compare(*a.PartitionKey, *b.PartitionKey) })
	want := []types.Record{
		{
			Data: []byte(`{"a":1}`), PartitionKey: aws.String("a"), EncryptionType: types.EncryptionTypeNone,
			ApproximateArrivalTimestamp: aws.Time(start), SequenceNumber: put.Records[0].SequenceNumber,
		},
		{
			Data: []byte{}, PartitionKey: aws.String("é"), EncryptionType: types.EncryptionTypeNone,
			ApproximateArrivalTimestamp: aws.Time(start), SequenceNumber: put.Records[1].SequenceNumber,
		},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(types.Record{})); diff != "" {
		t.Error(diff)
	}
	if _, err := client.DeleteStream(ctx, &sdk.DeleteStreamInput{StreamName: name}); err != nil {
		t.Fatal(err)
	}
	_, err = client.DescribeStreamSummary(ctx, &sdk.DescribeStreamSummaryInput{StreamName: name})
	var gone *types.ResourceNotFoundException
	if !errors.As(err, &gone) {
		t.Errorf("describe the deleted stream: got %v, want a ResourceNotFoundException", err)
	}
}

// readShard returns all records of a shard.
func readShard(ctx context.Context, t *testing.T, client *sdk.Client, stream, shard *string) []types.Record {
	t.Helper()
	at, err := client.GetShardIterator(ctx, &sdk.GetShardIteratorInput{
		StreamName: stream, ShardId: shard, ShardIteratorType: types.ShardIteratorTypeTrimHorizon,
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := client.GetRecords(ctx, &sdk.GetRecordsInput{ShardIterator: at.ShardIterator})
	if err != nil || got.NextShardIterator == nil {
		t.Fatal(got, err)
	}
	return got.Records
}

var long = flag.Bool("long", false, "run the AWS CLI, which takes some seconds")

// TestCLI writes and reads a record with the AWS CLI. It needs the flag -long and the
// AWS CLI.
func TestCLI(t *testing.T) {
	t.Parallel()
	if !*long {
		t.Skip("takes some seconds: add -long, as make ci-long does")
	}
	path, err := exec.LookPath("aws")
	if err != nil {
		t.Skip("needs the AWS CLI")
	}
	store := kinesis.New(newClock().Now)
	if err := store.CreateStream("s", kinesis.Config{Shards: 1}); err != nil {
		t.Fatal(err)
	}
	address, _ := serve(t, store)
	run := func(args ...string) string {
		cmd := exec.CommandContext(t.Context(), path, append([]string{"kinesis", "--endpoint-url", address, "--output", "text"}, args...)...)
		cmd.Env = []string{"AWS_ACCESS_KEY_ID=TEST", "AWS_SECRET_ACCESS_KEY=test", "AWS_DEFAULT_REGION=" + region, "HOME=" + t.TempDir(), "PATH=/usr/bin:/bin"}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("aws kinesis %s: %v\n%s", args[0], err, out)
		}
		return strings.TrimSpace(string(out))
	}
	data := filepath.Join(t.TempDir(), "hello")
	if err := os.WriteFile(data, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	const number = "49179537383325000000000000000000000000000000000000000001"
	got := []string{
		run("put-record", "--stream-name", "s", "--partition-key", "k", "--data", "fileb://"+data, "--query", "SequenceNumber"),
		run("list-shards", "--stream-name", "s", "--query", "Shards[].ShardId"),
	}
	iterator := run("get-shard-iterator", "--stream-name", "s", "--shard-id", got[1], "--shard-iterator-type", "TRIM_HORIZON")
	got = append(got, run("get-records", "--shard-iterator", iterator, "--query", "Records[].[SequenceNumber,PartitionKey,Data]"))
	want := []string{number, "shardId-000000000000", number + "\tk\taGVsbG8="}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// BenchmarkPutRecords sends batches of 500 records of 286 bytes through the AWS
// SDK, over HTTP.
func BenchmarkPutRecords(b *testing.B) {
	store := kinesis.New(nil)
	if err := store.CreateStream("s", kinesis.Config{}); err != nil {
		b.Fatal(err)
	}
	_, client := serve(b, store)
	input := &sdk.PutRecordsInput{StreamName: aws.String("s"), Records: make([]types.PutRecordsRequestEntry, 500)}
	data := make([]byte, 286)
	for i := range input.Records {
		input.Records[i] = types.PutRecordsRequestEntry{Data: data, PartitionKey: aws.String(fmt.Sprint(i * 7919))}
	}
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := client.PutRecords(b.Context(), input); err != nil {
				b.Error(err)
			}
			if store.Streams()[0].Records > 1e6 {
				_ = store.DeleteStream("s")
				_ = store.CreateStream("s", kinesis.Config{})
			}
		}
	})
	b.ReportMetric(500*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkRead reads a shard of 100,000 records from its start, in pages of 10,000.
func BenchmarkRead(b *testing.B) {
	store := kinesis.New(nil)
	if err := store.CreateStream("s", kinesis.Config{Shards: 1}); err != nil {
		b.Fatal(err)
	}
	_, client := serve(b, store)
	input := &sdk.PutRecordsInput{StreamName: aws.String("s"), Records: make([]types.PutRecordsRequestEntry, 500)}
	for i := range input.Records {
		input.Records[i] = types.PutRecordsRequestEntry{Data: make([]byte, 286), PartitionKey: aws.String(fmt.Sprint(i))}
	}
	for range 200 {
		if _, err := client.PutRecords(b.Context(), input); err != nil {
			b.Fatal(err)
		}
	}
	read := 0
	for b.Loop() {
		after := ""
		for {
			records, err := store.Read("s", "shardId-000000000000", after, 10000)
			if err != nil {
				b.Fatal(err)
			}
			if len(records) == 0 {
				break
			}
			read += len(records)
			after = records[len(records)-1].SequenceNumber
		}
	}
	b.ReportMetric(float64(read)/b.Elapsed().Seconds(), "records/s")
}
