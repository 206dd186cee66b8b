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
	sdk "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/produce"
	"github.com/tributary-cdk/tributary/internal/record"
	"github.com/tributary-cdk/tributary/internal/twin/kinesis"
)

// parseGenerate parses the arguments of "tributary generate".
func parseGenerate(t *testing.T, args ...string) (*generateCmd, *kong.Context, *strings.Builder, error) {
	t.Helper()
	var grammar struct {
		Generate generateCmd `cmd:""`
	}
	stdout := new(strings.Builder)
	parser, err := kong.New(&grammar, kong.Name("tributary"), kong.Writers(stdout, stdout))
	if err != nil {
		t.Fatal(err)
	}
	call, err := parser.Parse(append([]string{"generate"}, args...))
	return &grammar.Generate, call, stdout, err
}

func TestGenerateFlags(t *testing.T) {
	t.Parallel()
	seed := uint64(7)
	tests := map[string]struct {
		args []string
		want generateCmd
		err  string
	}{
		"the lab's": {nil, generateCmd{Stream: "ev_stream_data", Rate: 5, Output: "text"}, ""},
		"all": {
			[]string{"--stream=s", "--template=f", "--rate=0.5", "--total=9", "--duration=1m", "--seed=7", "--dry-run", "--output=json"},
			generateCmd{Stream: "s", Template: "f", Rate: 0.5, Total: 9, Duration: time.Minute, Seed: &seed, DryRun: true, Output: "json"},
			"",
		},
		"all wrong at once": {
			[]string{"--stream=", "--rate=-1", "--total=-2", "--duration=-1s"},
			generateCmd{},
			"generate: --stream: must not be empty\n--rate: 0 or more, got -1\n--total: 0 or more, got -2\n--duration: 0 or more, got -1s",
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
			if diff := cmp.Diff(&test.want, got); diff != "" || test.err != "" {
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

func TestGenerateTemplateProblems(t *testing.T) {
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
			_, err := (&generateCmd{Template: test.path}).template(strings.NewReader(test.stdin))
			if diff := cmp.Diff(test.want, fmt.Sprint(err)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// newTwinStream returns a twin's stream "s", and a client for it over HTTP.
func newTwinStream(t *testing.T, faults kinesis.Faults) (*kinesis.Store, *sdk.Client) {
	t.Helper()
	store := kinesis.New(nil)
	if err := store.CreateStream("s", kinesis.Config{}); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(store.FaultyHandler("us-east-1", "000000000000", faults))
	t.Cleanup(server.Close)
	return store, sdk.New(sdk.Options{
		Region: "us-east-1", BaseEndpoint: &server.URL, RetryMaxAttempts: 1,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "TEST", SecretAccessKey: "test"}, nil
		}),
	})
}

func labSource(t *testing.T) produce.Source {
	t.Helper()
	template, err := record.Parse(record.Lab)
	if err != nil {
		t.Fatal(err)
	}
	return record.NewGenerator(template, 1, nil)
}

func TestGeneratePutsTheTotal(t *testing.T) {
	t.Parallel()
	store, client := newTwinStream(t, kinesis.Faults{})
	c := &generateCmd{Stream: "s", Total: 1234, Output: "json"}
	var stdout, stderr strings.Builder
	if err := c.put(t.Context(), client, labSource(t), 42, &stdout, &stderr); err != nil {
		t.Fatal(err)
	}
	var got report
	if err := json.Unmarshal([]byte(stdout.String()), &got); err != nil {
		t.Fatal(err)
	}
	got.Seconds, got.Bytes = 0, 0
	want := report{Stream: "s", Seed: 42, Accounts: produce.Accounts{Generated: 1234, Accepted: 1234, Calls: 3}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := store.Streams()[0].Records; got != 1234 {
		t.Errorf("%d records in the stream, want 1234", got)
	}
}

func TestGenerateInterruptedReportsWhatItPut(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	var puts atomic.Int64
	store, client := newTwinStream(t, kinesis.Faults{After: func(string) error {
		if puts.Add(1) == 3 {
			interrupt()
		}
		return nil
	}})
	var stdout, stderr strings.Builder
	err := (&generateCmd{Stream: "s", Rate: 50, Output: "json"}).put(ctx, client, labSource(t), 1, &stdout, &stderr)
	if fmt.Sprint(err) != "interrupted" {
		t.Errorf("got %v, want interrupted", err)
	}
	var got report
	if err := json.Unmarshal([]byte(stdout.String()), &got); err != nil {
		t.Fatal(err)
	}
	if got.Generated < 3 || got.Accepted != got.Generated || got.Lost != 0 || store.Streams()[0].Records != got.Accepted {
		t.Errorf("%+v with %d records in the stream, want all that was generated", got, store.Streams()[0].Records)
	}
}

func TestGenerateIntoNoStream(t *testing.T) {
	t.Parallel()
	_, client := newTwinStream(t, kinesis.Faults{})
	var stdout, stderr strings.Builder
	err := (&generateCmd{Stream: "gone", Total: 5}).put(t.Context(), client, labSource(t), 1, &stdout, &stderr)
	if want := "ResourceNotFoundException: Stream gone under account 000000000000 not found."; !strings.HasSuffix(fmt.Sprint(err), want) {
		t.Errorf("got %v, want it to end in %s", err, want)
	}
	if want := "gone: 5 generated, 0 accepted, 0 retried, 5 lost"; !strings.HasPrefix(stdout.String(), want) {
		t.Errorf("got %s, want %s", stdout.String(), want)
	}
}

func TestMeter(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 22, 18, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		meter meter
		want  string
	}{
		"no end":        {meter{}, "500 accepted, 100/s, 7 retried"},
		"total":         {meter{total: 1000}, "500 accepted, 100/s, 7 retried, 5s left"},
		"duration":      {meter{duration: time.Minute}, "500 accepted, 100/s, 7 retried, 55s left"},
		"what is first": {meter{total: 1e6, duration: 7 * time.Second}, "500 accepted, 100/s, 7 retried, 2s left"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := test.meter
			m.started, m.at = start, start
			if got := m.line(start.Add(5*time.Second), produce.Accounts{Accepted: 500, Retried: 7}); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestReportTellsRefusals(t *testing.T) {
	t.Parallel()
	r := report{Stream: "s", Seconds: 2, Accounts: produce.Accounts{
		Generated: 10, Accepted: 9, Lost: 1, Retried: 3,
		Refused: map[string]int64{"no answer": 1, "ProvisionedThroughputExceededException": 3},
	}}
	const want = "s: 10 generated, 9 accepted, 3 retried, 1 lost in 2.0 s (4/s); 3 times ProvisionedThroughputExceededException; 1 times no answer"
	if got := r.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
