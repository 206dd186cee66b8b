package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tributary-cdk/tributary/internal/lab"
	"github.com/tributary-cdk/tributary/internal/produce"
)

// newFakeKinesis returns a sink that encodes and signs records as for Kinesis. Its HTTP
// client sends nothing, and responds that all records were accepted.
func newFakeKinesis() produce.Sink {
	const result = `{"SequenceNumber":"49671246667567228643283430150187087031587582147302752258","ShardId":"shardId-000000000000"}`
	full := `{"FailedRecordCount":0,"Records":[` + strings.Repeat(result+",", batchRecords-1) + result + `]}`
	return produce.NewKinesis(produce.Endpoint{
		URL: "https://kinesis.us-east-1.amazonaws.com", Region: "us-east-1", Client: &http.Client{Transport: fakeTransport(full)},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "key", SecretAccessKey: "secret"}, nil
		}),
	}, lab.StreamName)
}

// fakeTransport is an http.RoundTripper. It is the response to a PutRecords call of
// batchRecords records.
type fakeTransport []byte

// RoundTrip returns the response to a PutRecords call. It doesn't read the body of a full
// batch.
func (f fakeTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	text := []byte(f)
	if r.ContentLength < 100*batchRecords { // the last call has fewer records
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		n := bytes.Count(body, []byte(`"PartitionKey"`))
		text = []byte(`{"FailedRecordCount":0,"Records":[` + strings.TrimSuffix(strings.Repeat(`{"SequenceNumber":"1"},`, n), ",") + `]}`)
	}
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(bytes.NewReader(text))}, r.Body.Close()
}
