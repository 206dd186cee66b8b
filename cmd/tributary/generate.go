package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"time"

	"github.com/alecthomas/kong"

	"github.com/tributary-cdk/tributary/internal/produce"
)

// generateCmd is the command "tributary generate".
type generateCmd struct {
	Stream   string `default:"${lab_stream}" help:"Kinesis stream to send the records to (default: ${default})." placeholder:"NAME" group:"Destination:"`
	Firehose string `help:"Firehose stream to send the records to, instead of a Kinesis stream." placeholder:"NAME" group:"Destination:"`
	Out      string `help:"File to write the records to, instead of a Kinesis stream; - writes to standard output." placeholder:"FILE" group:"Destination:"`

	sourceFlags `group:"Records:"`
	paceFlags   `group:"Pace:"`

	KeyField    string `help:"Field of the record to use as its partition key, such as user.id. Without this flag, partition keys are random numbers." placeholder:"PATH" group:"Delivery:"`
	KeyTemplate string `help:"Template that generates the partition keys." placeholder:"TEXT" group:"Delivery:"`
	Ordered     bool   `help:"Deliver the records of each partition key in order." group:"Delivery:"`
	InFlight    int    `default:"8" help:"Maximum number of batches to send at the same time (default: ${default})." group:"Delivery:"`
	DryRun      bool   `help:"Print three records and send none." group:"Delivery:"`
	Output      string `default:"text" enum:"text,json" help:"Format of the report at the end: ${enum}." group:"Delivery:"`
}

// Validate returns an error that joins everything that is wrong with the flags.
func (c *generateCmd) Validate() error {
	var errs []error
	if c.Stream == "" {
		errs = append(errs, errors.New("--stream: needs a name, got \"\""))
	}
	if c.Firehose != "" && c.Out != "" {
		errs = append(errs, errors.New("--firehose, --out: give only one of them"))
	}
	if c.KeyField != "" && c.KeyTemplate != "" {
		errs = append(errs, errors.New("--key-field, --key-template: give only one of them"))
	}
	if c.InFlight < 1 {
		errs = append(errs, fmt.Errorf("--in-flight: needs 1 or more, got %d", c.InFlight))
	}
	return errors.Join(append(errs, c.sourceFlags.check(), c.paceFlags.check(c.Replay != ""))...)
}

// dryRunRecords is how many records --dry-run prints.
const dryRunRecords = 3

// Run sends records or, with --dry-run, prints some.
func (c *generateCmd) Run(ctx context.Context, call *kong.Context) error {
	seed := rand.Uint64() //nolint:gosec // sample data needn't be secret
	if c.Seed != nil {
		seed = *c.Seed
	}
	source, err := c.open(ctx, os.Stdin, seed)
	if err != nil {
		return err
	}
	defer source.close()
	options, err := c.options(source, seed)
	if err != nil {
		return err
	}
	if c.DryRun {
		options.Total, options.Pace, options.Start, options.Duration, options.InFlight = dryRunRecords, nil, time.Time{}, 0, 1
		producer, err := produce.New(produce.NewWriter(call.Stdout), source, options)
		if err != nil {
			return err
		}
		return producer.Run(ctx)
	}
	sink, closeSink, err := c.sink(ctx, call.Stdout)
	if err != nil {
		return err
	}
	// If the records go to standard output, the report must go elsewhere.
	reportTo := call.Stdout
	if c.Out == "-" {
		reportTo = call.Stderr
	}
	return errors.Join(c.put(ctx, sink, source, options, seed, reportTo, call.Stderr), closeSink())
}

// options returns the options of a producer for a source.
func (c *generateCmd) options(source *source, seed uint64) (produce.Options, error) {
	options := produce.Options{Destination: c.destination(), Ordered: c.Ordered, InFlight: c.InFlight, Key: produce.RandomKey(seed)}
	if c.Out != "" {
		options.InFlight = 1 // keeps the records in order
	}
	switch {
	case c.KeyField != "":
		options.Key = produce.FieldKey(c.KeyField)
	case c.KeyTemplate != "":
		keys, err := generator("--key-template", c.KeyTemplate, seed+1)
		if err != nil {
			return options, err
		}
		options.Key = produce.SourceKey(keys)
	}
	if err := c.setPace(&options, time.Now(), seed); err != nil {
		return options, err
	}
	if source.pace != nil {
		options.Pace = source.pace
	}
	return options, nil
}

// put sends records and writes progress to stderr. It writes the report to reportTo at the
// end, also if sending failed or was interrupted.
func (c *generateCmd) put(ctx context.Context, sink produce.Sink, source produce.Source, options produce.Options, seed uint64, reportTo, stderr io.Writer) error {
	producer, err := produce.New(sink, source, options)
	if err != nil {
		return err
	}
	start := time.Now()
	meter := &meter{started: start, at: start, total: options.Total, duration: options.Duration}
	if !options.Start.IsZero() {
		meter.duration = 0 // Duration is then a span of the records' times
	}
	stop := showProgress(stderr, func() string { return meter.line(time.Now(), producer.Counts()) })
	err = producer.Run(ctx)
	stop()
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		err = errors.New("interrupted")
	}
	if err != nil {
		err = withRemedy(err)
	}
	return errors.Join(err, c.report(reportTo, report{c.name(), seed, time.Since(start).Seconds(), producer.Counts()}))
}
