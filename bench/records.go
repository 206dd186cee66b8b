package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tributary-cdk/tributary/internal/lab"
	"github.com/tributary-cdk/tributary/internal/produce"
	"github.com/tributary-cdk/tributary/internal/record"
)

const (
	kdg = "npm faker@3.1.0, rendering like the Kinesis Data Generator"
	// turn is how long each side runs before the other side's turn.
	turn = time.Second
	// batchRecords is how many records a PutRecords call has at most.
	batchRecords = 500
	// newStream is the write capacity of a new on-demand stream, in bytes per second.
	//
	// Source: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
	newStream = 4 << 20
	// keyLength is the usual length of a partition key, in bytes.
	keyLength = 10
)

// records compares the generator with the Kinesis Data Generator on one core, in three
// benchmarks: rendering the lab's records; rendering nested records of 40 fields; and
// rendering, encoding and signing the lab's records. It also compares the generator with
// the speeds that function limits measures, which no generator can exceed.
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
	ofLimits, err := limits(ctx, runs)
	if err != nil {
		return nil, err
	}
	size, allocations, err := recordCost(lab.RecordTemplate)
	if err != nil {
		return nil, err
	}
	const unit = "records/s"
	return append(ofLimits, []row{
		{name: "lab records rendered", figure: session.ours, unit: unit, against: kdg, ratio: session.ratio(), goal: 500, goalText: "≥500", least: true},
		{name: "lab records rendered, by KDG", figure: session.theirs, unit: unit},
		{
			name: "nested records of 40 fields rendered", figure: order.ours, unit: unit, against: kdg, ratio: order.ratio(),
			goal: session.ratio() / 2, goalText: fmt.Sprintf("≥%.3g, half the ratio of the lab's records", session.ratio()/2), least: true,
		},
		{name: "nested records of 40 fields rendered, by KDG", figure: order.theirs, unit: unit},
		{name: "lab records rendered, encoded and signed", figure: wire.ours, unit: unit, against: kdg, ratio: wire.ratio(), goal: 80, goalText: "≥80", least: true},
		{name: "lab records rendered, encoded and signed, by KDG", figure: wire.theirs, unit: unit},
		{name: "allocations per record", figure: allocations, unit: "allocations", goalText: "0", ofFigure: true},
		{name: "size of a lab record", figure: size, unit: "bytes"},
		{name: "capacity of a new on-demand stream for lab records", figure: newStream / (size + keyLength), unit: unit},
	}...), nil
}

// pair is the median rate of each side, in records per second.
type pair struct{ ours, theirs float64 }

func (p pair) ratio() float64 { return p.ours / p.theirs }

func rendered(ctx context.Context, runs int, text string) (pair, error) {
	return against(ctx, runs, text, "render", render)
}

// against runs our side, and KDG's side with a mode of bench/node/kdg.mjs, in turn.
func against(ctx context.Context, runs int, text, mode string, ours func(context.Context, *record.Template) (float64, error)) (pair, error) {
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
		t, err := node(ctx, text, mode)
		if err != nil {
			return pair{}, err
		}
		if i > 0 { // the first run fills caches
			our, their = append(our, o), append(their, t)
		}
	}
	return pair{median(our), median(their)}, nil
}

// node runs KDG's side and returns its rate in records per second.
func node(ctx context.Context, text, mode string) (float64, error) {
	cmd := exec.CommandContext(ctx, "node", "bench/node/kdg.mjs", mode, fmt.Sprint(turn.Seconds())) //nolint:gosec // the arguments are constants
	cmd.Stdin = strings.NewReader(text)
	out, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("bench/node/kdg.mjs %s: %w", mode, err)
	}
	return strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
}

// render renders records for one turn and returns the rate in records per second. Like a
// producer, it renders batchRecords records with the same time.
func render(_ context.Context, template *record.Template) (float64, error) {
	g := record.NewGenerator(template, 1)
	var buffer []byte
	made, began := 0, time.Now()
	for now := began; now.Sub(began) < turn; now = time.Now() {
		buffer = buffer[:0]
		for range batchRecords {
			var err error
			if buffer, err = g.Append(buffer, now); err != nil {
				return 0, err
			}
		}
		made += batchRecords
	}
	return float64(made) / time.Since(began).Seconds(), nil
}

// signed runs a producer, which renders, encodes and signs records, for one turn. It sends
// them to a fake Kinesis. signed returns the rate in records per second.
func signed(ctx context.Context, template *record.Template) (float64, error) {
	producer, err := produce.New(newFakeKinesis(), record.NewGenerator(template, 1), produce.Options{Duration: turn})
	if err != nil {
		return 0, err
	}
	began := time.Now()
	err = producer.Run(ctx)
	return float64(producer.Counts().Accepted) / time.Since(began).Seconds(), err
}

// recordCost returns the average size of a record in bytes, and how many memory
// allocations rendering a record takes.
func recordCost(text string) (size, allocations float64, err error) {
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
