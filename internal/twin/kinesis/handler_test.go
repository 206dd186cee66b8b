package kinesis_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin/kinesis"
)

const (
	region  = "us-east-1"
	account = "000000000000"
	arn     = "arn:aws:kinesis:us-east-1:000000000000:stream/s"
)

// call sends one request and returns the decoded JSON of the response.
func call(t *testing.T, handler http.Handler, operation string, input any) map[string]any {
	t.Helper()
	body, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	return callJSON(t, handler, operation, string(body))
}

// callJSON is call for a body that is JSON already.
func callJSON(t *testing.T, handler http.Handler, operation, body string) map[string]any {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set("X-Amz-Target", "Kinesis_20131202."+operation)
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	var answer map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatalf("%s: %q: %v", operation, w.Body, err)
	}
	return answer
}

// newStream returns a store with the on-demand stream "s", the store's clock and its
// handler.
func newStream(t *testing.T) (*kinesis.Store, *fakeClock, http.Handler) {
	t.Helper()
	clock := newClock()
	store := kinesis.New(clock.Now)
	if err := store.CreateStream("s", kinesis.Config{}); err != nil {
		t.Fatal(err)
	}
	return store, clock, store.Handler(region, account)
}

type in = map[string]any

func TestPutRecordsSizeLimit(t *testing.T) {
	t.Parallel()
	_, _, handler := newStream(t)
	// A record of 1 MiB: a partition key of one byte, and zeros as data.
	record := `{"PartitionKey":"k","Data":"` + base64.StdEncoding.EncodeToString(make([]byte, 1<<20-1)) + `"}`
	records := func(keyOfLast string) string {
		last := strings.Replace(record, `"k"`, `"`+keyOfLast+`"`, 1)
		return `{"StreamName":"s","Records":[` + strings.Repeat(record+",", 9) + last + "]}"
	}
	if got := callJSON(t, handler, "PutRecords", records("k")); got["FailedRecordCount"] != 0.0 {
		t.Errorf("data and keys of exactly 10 MiB: got %v, want success", got)
	}
	want := refused("InvalidArgumentException", "Records size exceeds 10 MB limit")
	if diff := cmp.Diff(want, callJSON(t, handler, "PutRecords", records("kk"))); diff != "" {
		t.Errorf("one byte more (-want +got):\n%s", diff)
	}
}

func TestDescribeStream(t *testing.T) {
	t.Parallel()
	_, _, handler := newStream(t)
	got := call(t, handler, "DescribeStream", in{"StreamARN": arn, "Limit": 1})
	want := in{"StreamDescription": in{
		"StreamName": "s", "StreamARN": arn, "StreamStatus": "ACTIVE",
		"StreamModeDetails":    in{"StreamMode": "ON_DEMAND"},
		"RetentionPeriodHours": 24.0, "StreamCreationTimestamp": 1795373833.25,
		"EnhancedMonitoring": []any{in{"ShardLevelMetrics": []any{}}}, "EncryptionType": "NONE",
		"MaxRecordSizeInKiB": 1024.0, "HasMoreShards": true,
		"Shards": []any{in{
			"ShardId":             "shardId-000000000000",
			"HashKeyRange":        in{"StartingHashKey": "0", "EndingHashKey": "85070591730234615865843651857942052863"},
			"SequenceNumberRange": in{"StartingSequenceNumber": "49179537383325000000000000000000000000000000000000000000"},
		}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestListShardsByPages(t *testing.T) {
	t.Parallel()
	_, _, handler := newStream(t)
	request := in{"StreamName": "s", "MaxResults": 3, "ShardFilter": in{"Type": "AT_LATEST"}}
	var got []any
	for request != nil {
		answer := call(t, handler, "ListShards", request)
		for _, shard := range objects(t, answer["Shards"]) {
			got = append(got, shard["ShardId"])
		}
		request = nil
		if token := answer["NextToken"]; token != nil {
			request = in{"NextToken": token}
		}
	}
	want := []any{"shardId-000000000000", "shardId-000000000001", "shardId-000000000002", "shardId-000000000003"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestListStreamsByPages(t *testing.T) {
	t.Parallel()
	store, _, handler := newStream(t)
	for i := range 4 {
		if err := store.CreateStream(fmt.Sprint("t", i), kinesis.Config{}); err != nil {
			t.Fatal(err)
		}
	}
	first := call(t, handler, "ListStreams", in{"Limit": 3})
	rest := call(t, handler, "ListStreams", in{"NextToken": first["NextToken"]})
	got := []any{first["StreamNames"], first["HasMoreStreams"], rest["StreamNames"], rest["HasMoreStreams"]}
	want := []any{[]any{"s", "t0", "t1"}, true, []any{"t2", "t3"}, false}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestConfigurationThroughTheAPI(t *testing.T) {
	t.Parallel()
	_, _, handler := newStream(t)
	for _, change := range []struct {
		operation string
		input     in
	}{
		{"IncreaseStreamRetentionPeriod", in{"StreamName": "s", "RetentionPeriodHours": 72}},
		{"DecreaseStreamRetentionPeriod", in{"StreamName": "s", "RetentionPeriodHours": 48}},
		{"UpdateStreamMode", in{"StreamARN": arn, "StreamModeDetails": in{"StreamMode": "PROVISIONED"}}},
		{"UpdateMaxRecordSize", in{"StreamARN": arn, "MaxRecordSizeInKiB": 2048}},
		{"StartStreamEncryption", in{"StreamName": "s", "EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}},
		{"AddTagsToStream", in{"StreamName": "s", "Tags": in{"a": "1", "b": "2"}}},
		{"TagResource", in{"ResourceARN": arn, "Tags": in{"c": "3"}}},
		{"RemoveTagsFromStream", in{"StreamName": "s", "TagKeys": []string{"a"}}},
	} {
		if diff := cmp.Diff(in{}, call(t, handler, change.operation, change.input)); diff != "" {
			t.Fatalf("%s: %s", change.operation, diff)
		}
	}
	summary := objects(t, []any{call(t, handler, "DescribeStreamSummary", in{"StreamName": "s"})["StreamDescriptionSummary"]})[0]
	got := in{"tags": call(t, handler, "ListTagsForStream", in{"StreamName": "s"})}
	for _, key := range []string{"RetentionPeriodHours", "StreamModeDetails", "MaxRecordSizeInKiB", "EncryptionType", "KeyId", "OpenShardCount"} {
		got[key] = summary[key]
	}
	want := in{
		"RetentionPeriodHours": 48.0, "StreamModeDetails": in{"StreamMode": "PROVISIONED"}, "MaxRecordSizeInKiB": 2048.0,
		"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis", "OpenShardCount": 4.0,
		"tags": in{"Tags": []any{in{"Key": "b", "Value": "2"}, in{"Key": "c", "Value": "3"}}, "HasMoreTags": false},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestIteratorTypes(t *testing.T) {
	t.Parallel()
	clock := newClock()
	store := kinesis.New(clock.Now)
	if err := store.CreateStream("s", kinesis.Config{Shards: 1}); err != nil {
		t.Fatal(err)
	}
	for i := range 4 { // one record per second
		put(t, store, "s", i, 1)
		clock.Move(time.Second)
	}
	records, err := store.Read("s", "shardId-000000000000", "", 0)
	if err != nil {
		t.Fatal(err)
	}
	handler := store.Handler(region, account)
	tests := map[string]struct {
		iterator in
		want     string  // the data of the first two records
		behind   float64 // MillisBehindLatest
	}{
		"TRIM_HORIZON":                       {in{"ShardIteratorType": "TRIM_HORIZON"}, "0 1", 2000},
		"LATEST":                             {in{"ShardIteratorType": "LATEST"}, "", 0},
		"AT_SEQUENCE_NUMBER":                 {in{"ShardIteratorType": "AT_SEQUENCE_NUMBER", "StartingSequenceNumber": records[1].SequenceNumber}, "1 2", 1000},
		"AFTER_SEQUENCE_NUMBER":              {in{"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": records[1].SequenceNumber}, "2 3", 0},
		"AT_TIMESTAMP of a record's arrival": {in{"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": 1795373835.250}, "2 3", 0},
		"AT_TIMESTAMP a millisecond later":   {in{"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": 1795373835.251}, "3", 0},
		"AT_TIMESTAMP before all records":    {in{"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": 0}, "0 1", 2000},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.iterator["StreamName"], test.iterator["ShardId"] = "s", "shardId-000000000000"
			iterator := call(t, handler, "GetShardIterator", test.iterator)["ShardIterator"]
			answer := call(t, handler, "GetRecords", in{"ShardIterator": iterator, "Limit": 2})
			var got []string
			for _, r := range objects(t, answer["Records"]) {
				got = append(got, string(decode(t, r["Data"])))
			}
			if diff := cmp.Diff(test.want, strings.Join(got, " ")); diff != "" {
				t.Error(diff)
			}
			if got := answer["MillisBehindLatest"]; got != test.behind {
				t.Errorf("MillisBehindLatest: got %v, want %v", got, test.behind)
			}
		})
	}
}

// decode returns the bytes of a JSON string in base64.
func decode(t *testing.T, value any) []byte {
	t.Helper()
	text, ok := value.(string)
	data, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil {
		t.Fatalf("got %v, want text in base64: %v", value, err)
	}
	return data
}

// objects returns the objects of a JSON array.
func objects(t *testing.T, value any) []in {
	t.Helper()
	array, ok := value.([]any)
	if !ok {
		t.Fatalf("got %v, want an array", value)
	}
	list := make([]in, len(array))
	for i, element := range array {
		if list[i], ok = element.(in); !ok {
			t.Fatalf("got element %v, want an object", element)
		}
	}
	return list
}

func TestIteratorsExpire(t *testing.T) {
	t.Parallel()
	_, clock, handler := newStream(t)
	iterator := call(t, handler, "GetShardIterator",
		in{"StreamName": "s", "ShardId": "shardId-000000000000", "ShardIteratorType": "TRIM_HORIZON"})["ShardIterator"]
	clock.Move(5 * time.Minute)
	next := call(t, handler, "GetRecords", in{"ShardIterator": iterator})["NextShardIterator"]
	if next == nil {
		t.Fatal("got no next iterator from an iterator that is exactly 5 minutes old")
	}
	clock.Move(time.Millisecond)
	want := refused("ExpiredIteratorException", "Iterator expired. The iterator was created at time Sun Nov 22 18:57:13 UTC 2026 while right now it is Sun Nov 22 19:02:13 UTC 2026 which is further in the future than the tolerated delay of 300000 milliseconds.")
	if diff := cmp.Diff(want, call(t, handler, "GetRecords", in{"ShardIterator": iterator})); diff != "" {
		t.Error(diff)
	}
	if got := call(t, handler, "GetRecords", in{"ShardIterator": next}); got["Records"] == nil {
		t.Errorf("with the next iterator, which has not expired: got %v, want records", got)
	}
}
