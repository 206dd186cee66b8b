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

// keys are credentials that are new each time they are asked for, which they are
// again only when they were given up.
func keys() *aws.CredentialsCache {
	n := 0
	return aws.NewCredentialsCache(aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		n++
		return aws.Credentials{AccessKeyID: fmt.Sprintf("KEY%d", n), SecretAccessKey: "secret", SessionToken: "token"}, nil
	}))
}

// request is what a service was asked.
type request struct {
	Target, Type, Key string
	Body              map[string]any
}

// answering answers each request with the next of some texts, of which the ones
// with an error code have a status for it, and keeps what was asked.
func answering(t *testing.T, answers ...string) (url string, asked func() []request) {
	t.Helper()
	var mu sync.Mutex
	var list []request
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		text, _ := io.ReadAll(r.Body)
		_, key, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
		asked := request{Target: r.Header.Get("X-Amz-Target"), Type: r.Header.Get("Content-Type")}
		asked.Key, _, _ = strings.Cut(key, "/")
		_ = json.Unmarshal(text, &asked.Body)
		answer := answers[len(list)]
		list = append(list, asked)
		if strings.Contains(answer, "__type") {
			w.WriteHeader(http.StatusBadRequest)
		}
		_, _ = io.WriteString(w, answer)
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
	url, asked := answering(t,
		`{"FailedPutCount":1,"RequestResponses":[{"RecordId":"1"},{"ErrorCode":"ServiceUnavailableException","ErrorMessage":"slow down"}]}`,
		`{"FailedPutCount":0,"RequestResponses":[{"RecordId":"2"}]}`)
	sink := produce.NewFirehose(produce.Endpoint{URL: url, Region: "eu-west-1", Credentials: keys()}, `a"b`)
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
	if diff := cmp.Diff(want, asked()); diff != "" {
		t.Error(diff)
	}
	if a := p.Accounts(); a.Accepted != 2 || a.Throttled() != 1 {
		t.Errorf("%+v", a)
	}
}

func TestCredentialsThatExpireAreRenewed(t *testing.T) {
	t.Parallel()
	url, asked := answering(t,
		`{"__type":"com.amazonaws#ExpiredTokenException","message":"The security token included in the request is expired"}`,
		`{"FailedRecordCount":0,"Records":[{"SequenceNumber":"1","ShardId":"s"}]}`)
	sink := produce.NewKinesis(produce.Endpoint{URL: url, Region: "eu-west-1", Credentials: keys()}, "s")
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
	if diff := cmp.Diff(want, asked()); diff != "" {
		t.Error(diff)
	}
	if got := p.Accounts(); got.Unsure != 0 || got.Refused["ExpiredTokenException"] != 1 {
		t.Errorf("%+v, want one refused for sure", got)
	}
}

func TestRunsThatNeverCanSucceedEndAtOnce(t *testing.T) {
	t.Parallel()
	none := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{}, errors.New("no credentials found")
	})
	tests := map[string]struct {
		credentials aws.CredentialsProvider
		want        string
	}{
		"no credentials": {none, "put records into stream s: credentials: no credentials found"},
		"nobody there":   {keys(), `put records into stream s: Post "http://127.0.0.1:1": dial tcp 127.0.0.1:1: connect: connection refused`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sink := produce.NewKinesis(produce.Endpoint{URL: "http://127.0.0.1:1", Region: "eu-west-1", Credentials: test.credentials}, "s")
			p, err := produce.New(sink, &counter{end: 1}, produce.Options{To: "stream s"})
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(p.Run(t.Context())); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			if a := p.Accounts(); a.Calls != 1 || a.Unsure != 0 {
				t.Errorf("%+v, want one call", a)
			}
		})
	}
}
