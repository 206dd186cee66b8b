package produce_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/produce"
)

// newCredentials returns credentials that are cached. Each time the cache is
// invalidated, it gets a different access key.
func newCredentials() *aws.CredentialsCache {
	n := 0
	return aws.NewCredentialsCache(aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		n++
		return aws.Credentials{AccessKeyID: fmt.Sprintf("KEY%d", n), SecretAccessKey: "secret", SessionToken: "token"}, nil
	}))
}

// request is a request that the test server got.
type request struct {
	Target, Type, Key string
	Body              map[string]any
}

// serveResponses starts a server that responds to each request with the next of the
// bodies. The status of a body with "__type", which is an error, is 400. The function
// requests returns the requests so far.
func serveResponses(t *testing.T, bodies ...string) (url string, requests func() []request) {
	t.Helper()
	var mu sync.Mutex
	var list []request
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		text, _ := io.ReadAll(r.Body)
		_, key, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
		got := request{Target: r.Header.Get("X-Amz-Target"), Type: r.Header.Get("Content-Type")}
		got.Key, _, _ = strings.Cut(key, "/")
		_ = json.Unmarshal(text, &got.Body)
		body := bodies[len(list)]
		list = append(list, got)
		if strings.Contains(body, "__type") {
			w.WriteHeader(http.StatusBadRequest)
		}
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return server.URL, func() []request {
		mu.Lock()
		defer mu.Unlock()
		return list
	}
}

func TestFirehose(t *testing.T) {
	t.Parallel()
	url, requests := serveResponses(t,
		`{"FailedPutCount":1,"RequestResponses":[{"RecordId":"1"},{"ErrorCode":"ServiceUnavailableException","ErrorMessage":"slow down"}]}`,
		`{"FailedPutCount":0,"RequestResponses":[{"RecordId":"2"}]}`)
	sink := produce.NewFirehose(produce.Endpoint{URL: url, Region: "eu-west-1", Credentials: newCredentials()}, `a"b`)
	p, err := produce.New(sink, &counter{end: 2}, produce.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []request{
		{"Firehose_20150804.PutRecordBatch", "application/x-amz-json-1.1", "KEY1", map[string]any{"DeliveryStreamName": `a"b`, "Records": []any{map[string]any{"Data": "MA=="}, map[string]any{"Data": "MQ=="}}}},
		{"Firehose_20150804.PutRecordBatch", "application/x-amz-json-1.1", "KEY1", map[string]any{"DeliveryStreamName": `a"b`, "Records": []any{map[string]any{"Data": "MQ=="}}}},
	}
	if diff := cmp.Diff(want, requests()); diff != "" {
		t.Error(diff)
	}
	if got := p.Counts(); got.Accepted != 2 || got.Throttled() != 1 {
		t.Errorf("%+v, want 2 records accepted and 1 throttled", got)
	}
}

func TestExpiredCredentialsAreRenewed(t *testing.T) {
	t.Parallel()
	url, requests := serveResponses(t,
		`{"__type":"com.amazonaws#ExpiredTokenException","message":"The security token included in the request is expired"}`,
		`{"FailedRecordCount":0,"Records":[{"SequenceNumber":"1","ShardId":"s"}]}`)
	sink := produce.NewKinesis(produce.Endpoint{URL: url, Region: "eu-west-1", Credentials: newCredentials()}, "s")
	p, err := produce.New(sink, &counter{end: 1}, produce.Options{Key: fixedKey(`é"`)})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	body := map[string]any{"StreamName": "s", "Records": []any{map[string]any{"Data": "MA==", "PartitionKey": `é"`}}}
	want := []request{
		{"Kinesis_20131202.PutRecords", "application/x-amz-json-1.1", "KEY1", body},
		{"Kinesis_20131202.PutRecords", "application/x-amz-json-1.1", "KEY2", body},
	}
	if diff := cmp.Diff(want, requests()); diff != "" {
		t.Error(diff)
	}
	if got := p.Counts(); got.PossibleDuplicates != 0 || got.Refused["ExpiredTokenException"] != 1 {
		t.Errorf("%+v, want one refused record and no possible duplicate", got)
	}
}

func TestPermanentErrorsEndTheRunAtOnce(t *testing.T) {
	t.Parallel()
	none := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{}, errors.New("no credentials found")
	})
	tests := map[string]struct {
		credentials aws.CredentialsProvider
		want        string
	}{
		"no credentials": {none, "put records into stream s: retrieve credentials: no credentials found"},
		"no listener":    {newCredentials(), `put records into stream s: Post "http://127.0.0.1:1": dial tcp 127.0.0.1:1: connect: connection refused`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sink := produce.NewKinesis(produce.Endpoint{URL: "http://127.0.0.1:1", Region: "eu-west-1", Credentials: test.credentials}, "s")
			p, err := produce.New(sink, &counter{end: 1}, produce.Options{Destination: "stream s"})
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(p.Run(t.Context())); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			if got := p.Counts(); got.Calls != 1 || got.PossibleDuplicates != 0 {
				t.Errorf("%+v, want one call and no possible duplicate", got)
			}
		})
	}
}
