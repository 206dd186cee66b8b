package produce

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// constantSource is a source whose records are all the same.
type constantSource []byte

func (s constantSource) Append(dst []byte, _ time.Time) ([]byte, error) {
	return append(dst, s...), nil
}

// constantResponse is an http.RoundTripper that returns the same response body for every
// request.
type constantResponse []byte

func (c constantResponse) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(bytes.NewReader(c))}, r.Body.Close()
}

// BenchmarkSigned encodes and signs records that have the size of the lab's records.
func BenchmarkSigned(b *testing.B) {
	response := constantResponse(`{"FailedRecordCount":0,"Records":[` + strings.Repeat(`{"SequenceNumber":"49671246667567228643283430150187087031587582147302752258","ShardId":"shardId-000000000000"},`, 499) + `{"SequenceNumber":"1"}]}`)
	sink := NewKinesis(Endpoint{
		URL: "https://kinesis.us-east-1.amazonaws.com", Region: "us-east-1", Client: &http.Client{Transport: response},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "key", SecretAccessKey: "secret"}, nil
		}),
	}, "s")
	total := int64(0)
	for b.Loop() {
		p, err := New(sink, constantSource(make([]byte, 260)), Options{Total: 100000})
		if err != nil {
			b.Fatal(err)
		}
		if err := p.Run(b.Context()); err != nil {
			b.Fatal(err)
		}
		total += 100000
	}
	b.ReportMetric(float64(total)/b.Elapsed().Seconds(), "records/s")
}
