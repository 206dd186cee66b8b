package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tributary-cdk/tributary/internal/lab"
	"github.com/tributary-cdk/tributary/internal/produce"
	"github.com/tributary-cdk/tributary/internal/record"
)

const (
	kdg = "npm faker@3.1.0, rendering as KDG does"
	// turn is how long each side runs before it is the other's turn.
	turn = time.Second
	// newStream is what a new on-demand stream takes, in bytes per second.
	//
	// Source: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
	newStream = 4 << 20
	keyLength = 10
)

// records compares making records with the Kinesis Data Generator, on one core: the
// lab's, nested ones of 40 fields, and the lab's as signed requests.
func records(ctx context.Context, runs int) ([]row, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	nested, err := os.ReadFile("bench/testdata/order.template")
	if err != nil {
		return nil, err
	}
	session, err := rendered(ctx, runs, lab.RecordTemplate)
	if err != nil {
		return nil, err
	}
	order, err := rendered(ctx, runs, string(nested))
	if err != nil {
		return nil, err
	}
	wire, err := against(ctx, runs, lab.RecordTemplate, "wire", signed)
	if err != nil {
		return nil, err
	}
	size, allocations, err := weigh(lab.RecordTemplate)
	if err != nil {
		return nil, err
	}
	const unit = "records/s"
	return []row{
		{name: "lab records rendered", figure: session.ours, unit: unit, against: kdg, ratio: session.ratio(), goal: 500, goalText: "≥500", least: true},
		{name: "lab records rendered, at least", figure: session.ours, unit: unit, goal: 10e6, goalText: "≥10 million", least: true, ofFigure: true},
		{name: "lab records rendered, KDG", figure: session.theirs, unit: unit},
		{
			name: "nested records of 40 fields rendered", figure: order.ours, unit: unit, against: kdg, ratio: order.ratio(),
			goal: session.ratio() / 2, goalText: fmt.Sprintf("≥%.3g, half the lab's", session.ratio()/2), least: true,
		},
		{name: "nested records rendered, KDG", figure: order.theirs, unit: unit},
		{name: "lab records rendered, encoded and signed", figure: wire.ours, unit: unit, against: kdg, ratio: wire.ratio(), goal: 80, goalText: "≥80", least: true},
		{name: "lab records signed, at least", figure: wire.ours, unit: unit, goal: 1.5e6, goalText: "≥1.5 million", least: true, ofFigure: true},
		{name: "lab records signed, KDG", figure: wire.theirs, unit: unit},
		{name: "allocations per record", figure: allocations, unit: "allocations", goalText: "0", ofFigure: true},
		{name: "a lab record", figure: size, unit: "bytes"},
		{name: "what a new on-demand stream takes of these", figure: newStream / (size + keyLength), unit: unit},
	}, nil
}

// pair is what two sides did each second, in the median.
type pair struct{ ours, theirs float64 }

func (p pair) ratio() float64 { return p.ours / p.theirs }

func rendered(ctx context.Context, runs int, text string) (pair, error) {
	return against(ctx, runs, text, "render", render)
}

// against runs one of our sides and one of KDG's in turn.
func against(ctx context.Context, runs int, text, theirs string, ours func(context.Context, *record.Template) (float64, error)) (pair, error) {
	template, err := record.Parse(text)
	if err != nil {
		return pair{}, err
	}
	var our, their []float64
	for i := 0; i <= runs; i++ {
		o, err := ours(ctx, template)
		if err != nil {
			return pair{}, err
		}
		t, err := node(ctx, text, theirs)
		if err != nil {
			return pair{}, err
		}
		if i > 0 { // the first warms the caches
			our, their = append(our, o), append(their, t)
		}
	}
	return pair{median(our), median(their)}, nil
}

// node returns how many records KDG's side makes each second.
func node(ctx context.Context, text, what string) (float64, error) {
	cmd := exec.CommandContext(ctx, "node", "bench/node/kdg.mjs", what, fmt.Sprint(turn.Seconds())) //nolint:gosec // of constants
	cmd.Stdin = strings.NewReader(text)
	said, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("bench/node/kdg.mjs %s: %w", what, err)
	}
	return strconv.ParseFloat(strings.TrimSpace(string(said)), 64)
}

// render returns how many records are rendered each second, 500 at the same time as
// a producer does.
func render(_ context.Context, template *record.Template) (float64, error) {
	g := record.NewGenerator(template, 1)
	var buffer []byte
	made, began := 0, time.Now()
	for now := began; now.Sub(began) < turn; now = time.Now() {
		buffer = buffer[:0]
		for range 500 {
			var err error
			if buffer, err = g.Append(buffer, now); err != nil {
				return 0, err
			}
		}
		made += 500
	}
	return float64(made) / time.Since(began).Seconds(), nil
}

// signed returns how many records a producer renders, encodes and signs each
// second, for a stream that accepts all at once.
func signed(ctx context.Context, template *record.Template) (float64, error) {
	endpoint := produce.Endpoint{
		URL: "https://kinesis.us-east-1.amazonaws.com", Region: "us-east-1", Client: &http.Client{Transport: accepting()},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "key", SecretAccessKey: "secret"}, nil
		}),
	}
	producer, err := produce.New(produce.NewKinesis(endpoint, lab.StreamName), record.NewGenerator(template, 1), produce.Options{Duration: turn})
	if err != nil {
		return 0, err
	}
	began := time.Now()
	err = producer.Run(ctx)
	return float64(producer.Counts().Accepted) / time.Since(began).Seconds(), err
}

// accepted answers every call as Kinesis does when it accepts 500 records.
type accepted []byte

func accepting() accepted {
	const result = `{"SequenceNumber":"49671246667567228643283430150187087031587582147302752258","ShardId":"shardId-000000000000"}`
	return accepted(`{"FailedRecordCount":0,"Records":[` + strings.Repeat(result+",", 499) + result + `]}`)
}

// RoundTrip answers a call whose body is read already, as far as is measured.
func (a accepted) RoundTrip(r *http.Request) (*http.Response, error) {
	text := []byte(a)
	if size := r.ContentLength; size < 100*500 { // the last call has fewer records
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		n := bytes.Count(body, []byte(`"PartitionKey"`))
		text = []byte(`{"FailedRecordCount":0,"Records":[` + strings.TrimSuffix(strings.Repeat(`{"SequenceNumber":"1"},`, n), ",") + `]}`)
	}
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(bytes.NewReader(text))}, r.Body.Close()
}

// weigh returns how large a record is, and how many allocations it takes.
func weigh(text string) (size, allocations float64, err error) {
	template, err := record.Parse(text)
	if err != nil {
		return 0, 0, err
	}
	g := record.NewGenerator(template, 1)
	var buffer []byte
	const times = 10000
	allocations = testing.AllocsPerRun(times, func() {
		buffer, err = g.Append(buffer[:0], time.Time{})
		size += float64(len(buffer)) / (times + 1)
	})
	return size, allocations, err
}
