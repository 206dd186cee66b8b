package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/lab"
	"github.com/tributary-cdk/tributary/internal/produce"
	"github.com/tributary-cdk/tributary/internal/record"
	"github.com/tributary-cdk/tributary/internal/twin/kinesis"
)

// parseGenerate parses arguments of "tributary generate". The returned context writes
// its output to the returned builder.
func parseGenerate(t *testing.T, args ...string) (*generateCmd, *kong.Context, *strings.Builder, error) {
	t.Helper()
	var grammar struct {
		Generate generateCmd `cmd:""`
	}
	stdout := new(strings.Builder)
	parser, err := kong.New(&grammar, kong.Name("tributary"), vars(), kong.Writers(stdout, stdout))
	if err != nil {
		t.Fatal(err)
	}
	call, err := parser.Parse(append([]string{"generate"}, args...))
	return &grammar.Generate, call, stdout, err
}

func TestGenerateFlags(t *testing.T) {
	t.Parallel()
	seed, nine := uint64(7), 9.0
	tests := map[string]struct {
		args []string
		want generateCmd
		err  string
	}{
		"defaults": {nil, generateCmd{
			Stream: "ev_stream_data", InFlight: 8, Output: "text",
			sourceFlags: sourceFlags{Format: "auto", Speed: 1},
			paceFlags:   paceFlags{Rate: 5, By: "records", RampOver: time.Minute, BurstEvery: time.Minute},
		}, ""},
		"all flags": {
			[]string{
				"--stream=s", "--template=f", "--rate=0.5", "--total=9", "--duration=1m", "--seed=7", "--dry-run", "--output=json", "--by=bytes",
				"--ramp-to=9", "--ramp-over=3s", "--key-field=a.b", "--ordered", "--in-flight=3", "--tz=UTC", "--start=2026-11-22T00:00:00Z",
			},
			generateCmd{
				Stream: "s", DryRun: true, Output: "json", KeyField: "a.b", Ordered: true, InFlight: 3,
				sourceFlags: sourceFlags{Template: "f", Seed: &seed, Format: "auto", Speed: 1},
				paceFlags: paceFlags{
					Rate: 0.5, By: "bytes", RampTo: &nine, RampOver: 3 * time.Second, BurstEvery: time.Minute, Total: 9, Duration: time.Minute,
					TZ: "UTC", Start: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC),
				},
			},
			"",
		},
		"all errors": {
			[]string{
				"--stream=", "--rate=-1", "--total=-2", "--duration=-1s", "--template=a", "--replay=b", "--speed=0", "--burst=1", "--periodic=c",
				"--start=2026-11-22T00:00:00Z", "--tz=Nowhere", "--key-field=a", "--key-template=b", "--firehose=f", "--out=-", "--in-flight=0",
			},
			generateCmd{},
			`generate: --stream: needs a name, got ""
--firehose, --out: give only one of them
--key-field, --key-template: give only one of them
--in-flight: needs 1 or more, got 0
--template, --replay: give only one of them
--speed: needs more than 0, got 0
--rate: needs 0 or more, got -1
--total: needs 0 or more, got -2
--duration: needs 0 or more, got -1s
--ramp-to, --burst, --periodic: give only one of them
--start, --replay: give only one of them; replayed records already contain their dates
--tz: unknown time zone Nowhere`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, _, _, err := parseGenerate(t, test.args...)
			if err != nil {
				if diff := cmp.Diff(test.err, err.Error()); diff != "" {
					t.Error(diff)
				}
				return
			}
			if diff := cmp.Diff(&test.want, got, cmp.AllowUnexported(generateCmd{})); diff != "" || test.err != "" {
				t.Error(diff, test.err)
			}
		})
	}
}

func TestGenerateDryRun(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "template")
	if err := os.WriteFile(file, []byte("{{random.number(9)}},\n{{random.boolean}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, call, stdout, err := parseGenerate(t, "--template="+file, "--seed=1", "--dry-run")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Run(t.Context(), call); err != nil {
		t.Fatal(err)
	}
	if want := regexp.MustCompile(`^(\d,(true|false)\n){3}$`); !want.MatchString(stdout.String()) {
		t.Errorf("got %q, want %s", stdout, want)
	}
}

func TestGenerateReportsTemplateErrors(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		path, stdin, want string
	}{
		"bad template": {"-", "{{random.nubmer}}", "--template \"-\":\nline 1, column 1: unknown function \"random.nubmer\"; did you mean \"random.number\"?"},
		"no file":      {"/nowhere/template", "", "--template: open /nowhere/template: no such file or directory"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := (&sourceFlags{Template: test.path}).open(t.Context(), strings.NewReader(test.stdin), 1)
			if diff := cmp.Diff(test.want, fmt.Sprint(err)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// newTwinStream starts a twin's Kinesis with the stream "s". It returns the twin's store
// and the endpoint.
func newTwinStream(t *testing.T, faults kinesis.Faults) (*kinesis.Store, produce.Endpoint) {
	t.Helper()
	store := kinesis.New(nil)
	if err := store.CreateStream("s", kinesis.Config{}); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(store.FaultyHandler("us-east-1", "000000000000", faults))
	t.Cleanup(server.Close)
	return store, produce.Endpoint{
		URL: server.URL, Region: "us-east-1",
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "TEST", SecretAccessKey: "test"}, nil
		}),
	}
}

func labSource(t *testing.T) produce.Source {
	t.Helper()
	template, err := record.Parse(lab.RecordTemplate)
	if err != nil {
		t.Fatal(err)
	}
	return record.NewGenerator(template, 1)
}

func TestGenerateSendsTheTotal(t *testing.T) {
	t.Parallel()
	store, endpoint := newTwinStream(t, kinesis.Faults{})
	c := &generateCmd{Stream: "s", Output: "json"}
	var stdout, stderr strings.Builder
	if err := c.put(t.Context(), produce.NewKinesis(endpoint, "s"), labSource(t), produce.Options{Total: 1234}, 42, &stdout, &stderr); err != nil {
		t.Fatal(err)
	}
	var got report
	if err := json.Unmarshal([]byte(stdout.String()), &got); err != nil {
		t.Fatal(err)
	}
	got.Seconds, got.Bytes = 0, 0
	want := report{Stream: "s", Seed: 42, Counts: produce.Counts{Generated: 1234, Accepted: 1234, Calls: 3}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := store.Streams()[0].Records; got != 1234 {
		t.Errorf("%d records in the stream, want 1234", got)
	}
}

func TestInterruptedGeneratePrintsTheReport(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	var puts atomic.Int64
	store, endpoint := newTwinStream(t, kinesis.Faults{After: func(string) error {
		if puts.Add(1) == 3 {
			interrupt()
		}
		return nil
	}})
	var stdout, stderr strings.Builder
	err := (&generateCmd{Stream: "s", Output: "json"}).put(ctx, produce.NewKinesis(endpoint, "s"), labSource(t), produce.Options{Pace: produce.Constant(50)}, 1, &stdout, &stderr)
	if fmt.Sprint(err) != "interrupted" {
		t.Errorf("got %v, want interrupted", err)
	}
	var got report
	if err := json.Unmarshal([]byte(stdout.String()), &got); err != nil {
		t.Fatal(err)
	}
	if got.Generated < 3 || got.Accepted != got.Generated || got.Lost != 0 || store.Streams()[0].Records != got.Accepted {
		t.Errorf("%+v with %d records in the stream, want all generated records", got, store.Streams()[0].Records)
	}
}

func TestGenerateWithoutTheStream(t *testing.T) {
	t.Parallel()
	_, endpoint := newTwinStream(t, kinesis.Faults{})
	var stdout, stderr strings.Builder
	err := (&generateCmd{Stream: "gone"}).put(t.Context(), produce.NewKinesis(endpoint, "gone"), labSource(t), produce.Options{Total: 5}, 1, &stdout, &stderr)
	if want := "ResourceNotFoundException: Stream gone under account 000000000000 not found."; !strings.HasSuffix(fmt.Sprint(err), want) {
		t.Errorf("got %v, want it to end in %s", err, want)
	}
	if want := "gone: 5 generated, 0 accepted, 0 retried, 5 lost"; !strings.HasPrefix(stdout.String(), want) {
		t.Errorf("got %s, want %s", stdout.String(), want)
	}
}
