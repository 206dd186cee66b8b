package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"syscall"
	"time"

	"github.com/tributary-cdk/tributary/internal/lab"
	"github.com/tributary-cdk/tributary/internal/produce"
	"github.com/tributary-cdk/tributary/internal/record"
)

const (
	// turnRecords is how many records a turn of one side processes.
	turnRecords = 50_000
	// turnsPerRun is how many turns of each side there are for each run of the flag -runs.
	// A turn takes some milliseconds, so many turns cost little and give a stable median.
	turnsPerRun = 8
)

// limits compares rendering and signing with limits that are measured in turn with them:
// the least work that gives the same bytes. Both sides are measured in CPU time, so the
// ratios don't depend on the machine's speed or on its other load.
func limits(ctx context.Context, runs int) ([]row, error) {
	template, err := record.Parse(lab.RecordTemplate)
	if err != nil {
		return nil, err
	}
	hard, err := newHardcoded(1)
	if err != nil {
		return nil, err
	}
	if err := hard.check(); err != nil {
		return nil, err
	}
	turns := turnsPerRun * runs
	rendering, err := alternate(turns, renderTurn(record.NewGenerator(template, 1)), renderTurn(hard))
	if err != nil {
		return nil, err
	}
	rendered, err := renderBatch(template)
	if err != nil {
		return nil, err
	}
	signing, err := alternate(turns, signTurn(ctx, rendered), hashTurn(rendered))
	if err != nil {
		return nil, err
	}
	return []row{
		limitRow("lab records rendered, compared with the limit", "the lab's record hard-coded", rendering, 0.6),
		limitRow("lab records encoded and signed, compared with the limit", "base64 and SHA-256 of the same bytes", signing, 0.8),
	}, nil
}

func limitRow(name, limit string, c comparison, goal float64) row {
	return row{
		name: name, figure: c.ours, unit: "records/CPU s", against: fmt.Sprintf("%s: %.4g", limit, c.theirs),
		ratio: c.ratio, goal: goal, goalText: fmt.Sprintf("≥%g", goal), least: true,
	}
}

// comparison is how many records each side processes per second of CPU time. All three
// numbers are medians; ratio is the median of the ratios of turns.
type comparison struct{ ours, theirs, ratio float64 }

// alternate runs turns of both sides, one after the other. A turn processes turnRecords
// records.
func alternate(turns int, ours, theirs func() error) (comparison, error) {
	sides := []func() error{ours, theirs}
	var rates [2][]float64
	var ratios []float64
	for i := range turns + 1 {
		var rate [2]float64
		for _, side := range [][]int{{0, 1}, {1, 0}}[i%2] { // each side comes first in every second pair
			began, err := cpuTime()
			if err != nil {
				return comparison{}, err
			}
			if err := sides[side](); err != nil {
				return comparison{}, err
			}
			ended, err := cpuTime()
			if err != nil {
				return comparison{}, err
			}
			rate[side] = turnRecords / (ended - began).Seconds()
		}
		if i == 0 {
			continue // the first turns fill caches
		}
		rates[0], rates[1] = append(rates[0], rate[0]), append(rates[1], rate[1])
		ratios = append(ratios, rate[0]/rate[1])
	}
	return comparison{median(rates[0]), median(rates[1]), median(ratios)}, nil
}

// cpuTime returns the CPU time that this process has used.
func cpuTime() (time.Duration, error) {
	var usage syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()), err
}

// renderTurn returns a turn that renders records, 500 at a time like a producer.
func renderTurn(source produce.Source) func() error {
	var buffer []byte
	return func() error {
		for n := 0; n < turnRecords; n++ {
			if n%batchRecords == 0 {
				buffer = buffer[:0]
			}
			var err error
			if buffer, err = source.Append(buffer, time.Unix(int64(n/batchRecords), 0)); err != nil {
				return err
			}
		}
		return nil
	}
}

// renderBatch returns the records of one batch.
func renderBatch(template *record.Template) ([][]byte, error) {
	g := record.NewGenerator(template, 1)
	records := make([][]byte, batchRecords)
	for i := range records {
		var err error
		if records[i], err = g.Append(nil, time.Now()); err != nil {
			return nil, err
		}
	}
	return records, nil
}

// repeated is a source that returns the same records again and again.
type repeated struct {
	records [][]byte
	next    int
}

// Append appends the next record to dst.
func (r *repeated) Append(dst []byte, _ time.Time) ([]byte, error) {
	record := r.records[r.next]
	r.next = (r.next + 1) % len(r.records)
	return append(dst, record...), nil
}

// signTurn returns a turn in which a producer sends records to a fake Kinesis.
func signTurn(ctx context.Context, records [][]byte) func() error {
	sink := newFakeKinesis()
	return func() error {
		producer, err := produce.New(sink, &repeated{records: records}, produce.Options{Total: turnRecords})
		if err != nil {
			return err
		}
		return producer.Run(ctx)
	}
}

// hashTurn returns a turn that does what every producer must do: it encodes records in
// base64 and computes the SHA-256 hash of each request body.
func hashTurn(records [][]byte) func() error {
	var body []byte
	return func() error {
		for range turnRecords / len(records) {
			body = body[:0]
			for _, r := range records {
				body = append(body, `{"Data":"`...)
				body = base64.StdEncoding.AppendEncode(body, r)
				body = append(body, `","PartitionKey":"1234567890"},`...)
			}
			sha256.Sum256(body)
		}
		return nil
	}
}
