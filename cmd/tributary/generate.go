package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"github.com/tributary-cdk/tributary/internal/produce"
	"github.com/tributary-cdk/tributary/internal/record"
)

// generateCmd is "tributary generate".
type generateCmd struct {
	Stream   string        `default:"ev_stream_data" help:"Stream to put the records into (default: ${default})." placeholder:"NAME"`
	Template string        `help:"File with the record template, as the Kinesis Data Generator has it; - reads standard input. Without it, the lab's charging sessions." placeholder:"FILE"`
	Rate     float64       `default:"5" help:"Records per second; 0 means as fast as it can."`
	Total    int64         `help:"How many records to put; 0 means until Ctrl-C or --duration."`
	Duration time.Duration `help:"How long to generate, such as 10m; 0 means until Ctrl-C or --total."`
	Seed     *uint64       `help:"Seed of the random values: equal seeds give equal values. Without it, a new one each time." placeholder:"N"`
	DryRun   bool          `help:"Print three records, and put none."`
	Output   string        `default:"text" enum:"text,json" help:"How to print the accounts in the end: ${enum}."`
}

// dryRecords is how many records --dry-run prints.
const dryRecords = 3

// Validate returns everything that is wrong with the flags, joined.
func (c *generateCmd) Validate() error {
	var errs []error
	if c.Stream == "" {
		errs = append(errs, errors.New("--stream: must not be empty"))
	}
	if !(c.Rate >= 0) {
		errs = append(errs, fmt.Errorf("--rate: 0 or more, got %v", c.Rate))
	}
	if c.Total < 0 {
		errs = append(errs, fmt.Errorf("--total: 0 or more, got %d", c.Total))
	}
	if c.Duration < 0 {
		errs = append(errs, fmt.Errorf("--duration: 0 or more, got %v", c.Duration))
	}
	return errors.Join(errs...)
}

// Run puts records, or prints some.
func (c *generateCmd) Run(ctx context.Context, call *kong.Context) error {
	template, err := c.template(os.Stdin)
	if err != nil {
		return err
	}
	seed := rand.Uint64() //nolint:gosec // sample data needn't be secret
	if c.Seed != nil {
		seed = *c.Seed
	}
	source := record.NewGenerator(template, seed, nil)
	if c.DryRun {
		for range dryRecords {
			if _, err := call.Stdout.Write(source.Append(nil)); err != nil {
				return err
			}
		}
		return nil
	}
	cfg, err := awsConfig(ctx)
	if err != nil {
		return err
	}
	client := kinesis.NewFromConfig(cfg, func(o *kinesis.Options) {
		o.RetryMaxAttempts = 1 // produce retries, and counts
		o.HTTPClient = produce.WholeBody{Next: o.HTTPClient}
	})
	return c.put(ctx, client, source, seed, call.Stdout, call.Stderr)
}

// awsConfig returns the AWS SDK's default configuration, which must have a region.
func awsConfig(ctx context.Context) (aws.Config, error) {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err == nil && cfg.Region == "" {
		err = errors.New("no AWS region: set AWS_REGION, or a region in the AWS profile")
	}
	return cfg, err
}

// template reads and compiles the record template.
func (c *generateCmd) template(stdin io.Reader) (*record.Template, error) {
	var text []byte
	var err error
	switch c.Template {
	case "":
		return record.Parse(record.Lab)
	case "-":
		text, err = io.ReadAll(stdin)
	default:
		text, err = os.ReadFile(c.Template)
	}
	if err != nil {
		return nil, fmt.Errorf("--template: %w", err)
	}
	template, err := record.Parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("--template %q:\n%w", c.Template, err)
	}
	return template, nil
}

// put puts records, shows progress on stderr, and prints the accounts in the end,
// whatever that end is.
func (c *generateCmd) put(ctx context.Context, api produce.API, source produce.Source, seed uint64, stdout, stderr io.Writer) error {
	producer, err := produce.New(api, source, produce.Options{
		Stream: c.Stream, Rate: c.Rate, Total: c.Total, Duration: c.Duration, Seed: seed,
	})
	if err != nil {
		return err
	}
	start := time.Now()
	meter := &meter{started: start, at: start, total: c.Total, duration: c.Duration}
	stop := showProgress(stderr, func() string { return meter.line(time.Now(), producer.Accounts()) })
	err = producer.Run(ctx)
	stop()
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		err = errors.New("interrupted")
	}
	return errors.Join(err, c.report(stdout, report{c.Stream, seed, time.Since(start).Seconds(), producer.Accounts()}))
}

// report is what came of a run.
type report struct {
	Stream  string  `json:"stream"`
	Seed    uint64  `json:"seed"`
	Seconds float64 `json:"seconds"`
	produce.Accounts
}

func (c *generateCmd) report(w io.Writer, r report) error {
	if c.Output == "json" {
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		return encoder.Encode(r)
	}
	_, err := fmt.Fprintln(w, r)
	return err
}

// String returns the accounts as one line.
func (r report) String() string {
	line := fmt.Sprintf("%s: %d generated, %d accepted, %d retried, %d lost in %.1f s (%.0f/s)",
		r.Stream, r.Generated, r.Accepted, r.Retried, r.Lost, r.Seconds, float64(r.Accepted)/max(r.Seconds, 1e-3))
	return strings.Join(append([]string{line}, refusals(r.Refused)...), "; ")
}

// refusals tells how often records were not accepted, and why.
func refusals(refused map[string]int64) []string {
	var list []string
	for _, code := range slices.Sorted(maps.Keys(refused)) {
		list = append(list, fmt.Sprintf("%d times %s", refused[code], code))
	}
	return list
}

// meter tells how a run gets on. The rate is that since the line before.
type meter struct {
	started  time.Time
	total    int64         // 0: no end
	duration time.Duration // 0: no end

	at       time.Time // of the line before
	accepted int64     // then
}

func (m *meter) line(now time.Time, a produce.Accounts) string {
	rate := float64(a.Accepted-m.accepted) / max(now.Sub(m.at).Seconds(), 1e-3)
	m.at, m.accepted = now, a.Accepted
	parts := []string{fmt.Sprintf("%d accepted", a.Accepted), fmt.Sprintf("%.0f/s", rate)}
	if a.Retried > 0 {
		parts = append(parts, fmt.Sprintf("%d retried", a.Retried))
	}
	if left, ok := m.left(now, a.Accepted, rate); ok {
		parts = append(parts, fmt.Sprintf("%v left", left.Round(time.Second)))
	}
	return strings.Join(append(parts, refusals(a.Refused)...), ", ")
}

// left returns how long the run will still take, and false if nobody knows.
func (m *meter) left(now time.Time, accepted int64, rate float64) (time.Duration, bool) {
	var ends []time.Duration
	if m.duration > 0 {
		ends = append(ends, max(0, m.duration-now.Sub(m.started)))
	}
	if m.total > 0 && rate > 0 {
		ends = append(ends, time.Duration(float64(m.total-accepted)/rate*float64(time.Second)))
	}
	if len(ends) == 0 {
		return 0, false
	}
	return slices.MinFunc(ends, cmp.Compare[time.Duration]), true
}
