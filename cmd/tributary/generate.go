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

// generateCmd is "tributary generate".
type generateCmd struct {
	Stream   string `default:"${lab_stream}" help:"Kinesis stream to put the records into (default: ${default})." placeholder:"NAME" group:"Where to:"`
	Firehose string `help:"Firehose stream to put the records into, instead." placeholder:"NAME" group:"Where to:"`
	Out      string `help:"File to write the records to, instead; - writes standard output." placeholder:"FILE" group:"Where to:"`

	sourceFlags `group:"What:"`
	paceFlags   `group:"How fast:"`

	KeyField    string `help:"Field of the record that is its partition key, such as user.id. Without it, random numbers." placeholder:"PATH" group:"How:"`
	KeyTemplate string `help:"Template of the partition keys." placeholder:"TEXT" group:"How:"`
	Ordered     bool   `help:"Deliver the records of each partition key in order." group:"How:"`
	InFlight    int    `default:"8" help:"How many batches are under way at most (default: ${default})." group:"How:"`
	DryRun      bool   `help:"Print three records, and put none." group:"How:"`
	Output      string `default:"text" enum:"text,json" help:"How to print the accounts in the end: ${enum}." group:"How:"`
}

// Validate returns everything that is wrong with the flags, joined.
func (c *generateCmd) Validate() error {
	var errs []error
	if c.Stream == "" {
		errs = append(errs, errors.New("--stream: must not be empty"))
	}
	if c.Firehose != "" && c.Out != "" {
		errs = append(errs, errors.New("--firehose, --out: write one of them"))
	}
	if c.KeyField != "" && c.KeyTemplate != "" {
		errs = append(errs, errors.New("--key-field, --key-template: write one of them"))
	}
	if c.InFlight < 1 {
		errs = append(errs, fmt.Errorf("--in-flight: 1 or more, got %d", c.InFlight))
	}
	return errors.Join(append(errs, c.sourceFlags.check(), c.paceFlags.check(c.Replay != ""))...)
}

// dryRecords is how many records --dry-run prints.
const dryRecords = 3

// Run puts records, or prints some.
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
		options.Total, options.Pace, options.Start, options.Duration, options.InFlight = dryRecords, nil, time.Time{}, 0, 1
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
	// Records on standard output leave no place there for the accounts.
	accounts := call.Stdout
	if c.Out == "-" {
		accounts = call.Stderr
	}
	return errors.Join(c.put(ctx, sink, source, options, seed, accounts, call.Stderr), closeSink())
}

// options returns how to send a source's records.
func (c *generateCmd) options(source *source, seed uint64) (produce.Options, error) {
	options := produce.Options{Destination: c.to(), Ordered: c.Ordered, InFlight: c.InFlight, Key: produce.RandomKey(seed)}
	if c.Out != "" {
		options.InFlight = 1 // a file has an order
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

// put puts records, shows progress on stderr, and prints the accounts in the end,
// whatever that end is.
func (c *generateCmd) put(ctx context.Context, sink produce.Sink, source produce.Source, options produce.Options, seed uint64, stdout, stderr io.Writer) error {
	producer, err := produce.New(sink, source, options)
	if err != nil {
		return err
	}
	start := time.Now()
	meter := &meter{started: start, at: start, total: options.Total, duration: options.Duration}
	if !options.Start.IsZero() {
		meter.duration = 0 // it is of the records' time
	}
	stop := showProgress(stderr, func() string { return meter.line(time.Now(), producer.Counts()) })
	err = producer.Run(ctx)
	stop()
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		err = errors.New("interrupted")
	}
	if err != nil {
		err = remedied(err)
	}
	return errors.Join(err, c.report(stdout, report{c.name(), seed, time.Since(start).Seconds(), producer.Counts()}))
}
