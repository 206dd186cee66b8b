package kinesis_test

import (
	"bytes"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin/kinesis"
)

const cborType = "application/x-amz-cbor-1.1"

// Bodies of requests that the AWS SDK for Java 2.52.0 sent, in hexadecimal.
const (
	javaCreateStream     = "bf6a53747265616d4e616d6561736a5368617264436f756e74026454616773bf616b6176ffff"
	javaPutRecords       = "bf675265636f7264739fbf64446174614568656c6c6f6c506172746974696f6e4b657962706bffbf6444617461430001026f4578706c69636974486173684b657961306c506172746974696f6e4b657962c3a9ffff6a53747265616d4e616d656173ff"
	javaGetShardIterator = "bf6a53747265616d4e616d656173675368617264496474736861726449642d3030303030303030303030307153686172644974657261746f72547970656c41545f54494d455354414d506954696d657374616d70c11b000001a2049e9c22ff"
	javaListStreams      = "bfff"
)

// recorded returns the bytes of a recorded request body.
func recorded(t *testing.T, text string) []byte {
	t.Helper()
	data, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// callCBOR sends one request, decodes the response into answer and returns the status.
func callCBOR(t *testing.T, handler http.Handler, operation string, body []byte, answer any) int {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", bytes.NewReader(body))
	r.Header.Set("X-Amz-Target", "Kinesis_20131202."+operation)
	r.Header.Set("Content-Type", cborType)
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	if got := w.Header().Get("Content-Type"); got != cborType {
		t.Errorf("%s: content type %q, want %q", operation, got, cborType)
	}
	if err := cbor.Unmarshal(w.Body.Bytes(), answer); err != nil {
		t.Fatalf("%s: %x: %v", operation, w.Body, err)
	}
	return w.Code
}

// TestJava creates a stream, and writes and reads records, by requests of the SDK for
// Java.
func TestJava(t *testing.T) {
	t.Parallel()
	store := kinesis.New(newClock().Now)
	handler := store.Handler(region, account)
	var created struct{}
	if status := callCBOR(t, handler, "CreateStream", recorded(t, javaCreateStream), &created); status != http.StatusOK {
		t.Fatalf("CreateStream: status %d", status)
	}
	var put struct {
		FailedRecordCount int
		Records           []struct {
			ShardID        string `json:"ShardId"`
			SequenceNumber string
		}
	}
	callCBOR(t, handler, "PutRecords", recorded(t, javaPutRecords), &put)
	var iterator struct{ ShardIterator string }
	callCBOR(t, handler, "GetShardIterator", recorded(t, javaGetShardIterator), &iterator)
	request, err := cbor.Marshal(iterator)
	if err != nil {
		t.Fatal(err)
	}
	type record struct {
		SequenceNumber, PartitionKey, EncryptionType string
		Data                                         []byte
		ApproximateArrivalTimestamp                  cbor.Tag
	}
	type answer struct {
		MillisBehindLatest int64
		Records            []record
	}
	var got answer
	callCBOR(t, handler, "GetRecords", request, &got)
	arrived := cbor.Tag{Number: 1, Content: uint64(1795373833250)} // milliseconds since 1970
	want := answer{Records: []record{
		{put.Records[0].SequenceNumber, "pk", "NONE", []byte("hello"), arrived},
		{put.Records[1].SequenceNumber, "é", "NONE", []byte{0, 1, 2}, arrived},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("GetRecords (-want +got):\n%s", diff)
	}
	var list struct{ StreamNames []string }
	callCBOR(t, handler, "ListStreams", recorded(t, javaListStreams), &list)
	if diff := cmp.Diff([]string{"s"}, list.StreamNames); diff != "" {
		t.Error(diff)
	}
}

func TestCBORRefusals(t *testing.T) {
	t.Parallel()
	_, _, handler := newStream(t)
	encoded := func(value any) []byte {
		data, err := cbor.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	type epochInput struct {
		StreamName, ShardIteratorType string
		ShardID                       string `json:"ShardId"`
		Timestamp                     any
	}
	at := func(timestamp any) []byte {
		return encoded(epochInput{"s", "AT_TIMESTAMP", "shardId-000000000000", timestamp})
	}
	tests := map[string]struct {
		operation  string
		body       []byte
		code, want string
	}{
		"an absent stream":                 {"DescribeStream", encoded(in{"StreamName": "gone"}), "ResourceNotFoundException", "Stream gone under account 000000000000 not found."},
		"an unknown parameter":             {"DescribeStream", encoded(in{"StreamName": "s", "StreamId": "x"}), "ValidationException", `the local twin's kinesis does not support the parameter "StreamId" of this operation`},
		"an unknown parameter of a record": {"PutRecords", encoded(in{"StreamName": "s", "Records": []in{{"Data": []byte("x"), "PartitionKey": "k", "Key": 1}}}), "ValidationException", `the local twin's kinesis does not support the parameter "Key" of this operation`},
		"text in place of bytes":           {"PutRecord", encoded(in{"StreamName": "s", "PartitionKey": "k", "Data": "eA=="}), "SerializationException", "cbor: cannot unmarshal UTF-8 text string into Go struct field kinesis.putRecordInput.Data of type []uint8"},
		"an incomplete body":               {"DescribeStream", []byte{0xbf, 0x61}, "SerializationException", "unexpected EOF"},
		"a length greater than the body":   {"DescribeStream", []byte{0x5a, 0xff, 0xff, 0xff, 0xff}, "SerializationException", "unexpected EOF"},
		"nesting too deep":                 {"DescribeStream", bytes.Repeat([]byte{0x81}, 200), "SerializationException", "cbor: exceeded max nested level 128"},
		"a key twice":                      {"DescribeStream", []byte("\xa2\x6aStreamName\x61s\x6aStreamName\x61t"), "SerializationException", `cbor: found duplicate map key "StreamName" at map element index 1`},
		"a time without a tag":             {"GetShardIterator", at(1795373833250), "SerializationException", "needs a time with tag 1, got 1b000001a2049e9c22"},
		"a fraction of a millisecond":      {"GetShardIterator", at(cbor.Tag{Number: 1, Content: 1.5}), "SerializationException", "needs a time in milliseconds since 1970: cbor: cannot unmarshal primitives into Go value of type int64"},
		"a time that is text":              {"GetShardIterator", at(cbor.Tag{Number: 1, Content: "now"}), "SerializationException", "cbor: tag number 1 must be followed by integer or floating-point number, got UTF-8 text string"},
		"an unknown operation":             {"SplitShard", []byte{0xa0}, "UnknownOperationException", `the local twin's kinesis has no operation "SplitShard"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got map[string]string
			status := callCBOR(t, handler, tt.operation, tt.body, &got)
			want := map[string]string{"__type": tt.code, "message": tt.want}
			if diff := cmp.Diff(want, got); diff != "" || status != http.StatusBadRequest {
				t.Errorf("status %d (-want +got):\n%s", status, diff)
			}
		})
	}
}

// TestDeepJSON checks that JSON that nests too deeply is refused. The error is not one
// of the decoder, so the body was not decoded.
func TestDeepJSON(t *testing.T) {
	t.Parallel()
	_, _, handler := newStream(t)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(`{"Tags":`+strings.Repeat("[", 10<<10)))
	r.Header.Set("X-Amz-Target", "Kinesis_20131202.AddTagsToStream")
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	const want = `{"__type":"SerializationException","message":"JSON nests deeper than 128 levels"}` + "\n"
	if got := w.Body.String(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
