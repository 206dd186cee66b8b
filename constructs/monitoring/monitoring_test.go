package monitoring_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
	"github.com/tributary-cdk/tributary/constructs/monitoring"
	"github.com/tributary-cdk/tributary/constructs/warehouse"
)

var update = flag.Bool("update", false, "write the snapshots")

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	stderr := os.Stderr
	os.Stderr, _ = os.Open(os.DevNull) // Close reports a process that has ended already
	jsii.Close()
	os.Stderr = stderr
	os.Exit(code)
}

// app is a stack with what is to be monitored.
type app struct {
	stack    awscdk.Stack
	cluster  *warehouse.Cluster
	stream   awskinesis.Stream
	provider *ddlprovider.Provider
}

func newApp(t *testing.T) app {
	t.Helper()
	stack := awscdk.NewStack(awscdk.NewApp(&awscdk.AppProps{AnalyticsReporting: jsii.Bool(false)}), jsii.String("Shop"), nil)
	code := t.TempDir()
	if err := os.WriteFile(filepath.Join(code, "bootstrap"), []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return app{
		stack, warehouse.NewCluster(stack, jsii.String("Warehouse"), nil), awskinesis.NewStream(stack, jsii.String("Stream"), nil),
		ddlprovider.New(stack, jsii.String(ddlprovider.ID), &ddlprovider.Props{Code: awslambda.Code_FromAsset(jsii.String(code), nil)}),
	}
}

// resources returns the template's resources that the construct id has made.
func resources(t *testing.T, stack awscdk.Stack, id string) map[string]map[string]any {
	t.Helper()
	text, err := json.Marshal(*assertions.Template_FromStack(stack, nil).ToJSON())
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Resources map[string]map[string]any
	}
	if err := json.Unmarshal(text, &template); err != nil {
		t.Fatal(err)
	}
	own := map[string]map[string]any{}
	for name, r := range template.Resources {
		if strings.HasPrefix(name, id) {
			own[name] = r
		}
	}
	return own
}

// TestSnapshots holds all that the construct defines, by itself and with everything
// on: the dashboard's JSON and every alarm among it.
func TestSnapshots(t *testing.T) {
	tests := map[string]func(a app) *monitoring.Props{
		"bare": func(a app) *monitoring.Props { return &monitoring.Props{Warehouse: a.cluster, Stream: a.stream} },
		"full": func(a app) *monitoring.Props {
			interval := 10 * time.Minute
			return &monitoring.Props{
				Warehouse: a.cluster, Stream: a.stream, Provider: a.provider, ViewNames: []string{"clicks", "shop.orders"}, ViewInterval: &interval,
				Topic: awssns.NewTopic(a.stack, jsii.String("Pager"), nil),
				Thresholds: monitoring.Thresholds{
					IteratorAge: time.Minute, WriteThrottles: 2, ReadThrottles: 3, RefusedRecords: 4, CPU: 55, Disk: 66, FailedDDL: 7,
					Freshness: 8 * time.Minute, LostRecords: 9, FailedRefreshes: 10,
				},
			}
		},
	}
	for name, props := range tests {
		t.Run(name, func(t *testing.T) {
			a := newApp(t)
			monitoring.New(a.stack, jsii.String("Monitoring"), props(a))
			got, err := json.MarshalIndent(resources(t, a.stack, "Monitoring"), "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", name+".json")
			if *update {
				if err := os.WriteFile(file, append(got, '\n'), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimSpace(string(want)), string(got)); diff != "" {
				t.Errorf("template (-want +got):\n%s\nwrite it with -update", diff)
			}
		})
	}
}

// TestViewsAreNotAskedUnlessWanted holds when there is a schedule.
func TestViewsAreNotAskedUnlessWanted(t *testing.T) {
	never := time.Duration(0)
	tests := map[string]struct {
		views    []string
		interval *time.Duration
		rules    float64
	}{
		"a cluster's views": {[]string{"clicks"}, nil, 1},
		"no views":          {nil, nil, 0},
		"switched off":      {[]string{"clicks"}, &never, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			a := newApp(t)
			monitoring.New(a.stack, jsii.String("Monitoring"), &monitoring.Props{
				Warehouse: a.cluster, Stream: a.stream, ViewNames: test.views, ViewInterval: test.interval,
			})
			tpl := assertions.Template_FromStack(a.stack, nil)
			tpl.ResourceCountIs(jsii.String("AWS::Events::Rule"), jsii.Number(test.rules))
			tpl.ResourceCountIs(jsii.String("AWS::Lambda::Function"), jsii.Number(1))
		})
	}
}

// serverless is a warehouse without a cluster.
type serverless struct{ *warehouse.Cluster }

func (s serverless) Target() warehouse.Target {
	t := s.Cluster.Target()
	t.ClusterIdentifier = nil
	return t
}

// TestServerlessIsNotAskedByItself holds that nobody pays for a warehouse that a
// schedule keeps awake without having asked for it.
func TestServerlessIsNotAskedByItself(t *testing.T) {
	a := newApp(t)
	monitoring.New(a.stack, jsii.String("Monitoring"), &monitoring.Props{Warehouse: serverless{a.cluster}, Stream: a.stream, ViewNames: []string{"clicks"}})
	tpl := assertions.Template_FromStack(a.stack, nil)
	tpl.ResourceCountIs(jsii.String("AWS::Events::Rule"), jsii.Number(0))
	tpl.ResourceCountIs(jsii.String("AWS::CloudWatch::Alarm"), jsii.Number(5))
}

func TestServerlessCannotBeAsked(t *testing.T) {
	a := newApp(t)
	interval := time.Minute
	monitoring.New(a.stack, jsii.String("Monitoring"), &monitoring.Props{Warehouse: serverless{a.cluster}, Stream: a.stream, ViewInterval: &interval})
	defer func() {
		if got := fmt.Sprint(recover()); !strings.Contains(got, "[Shop/Monitoring] ViewInterval: the views of this warehouse can't be asked") {
			t.Error(got)
		}
	}()
	assertions.Template_FromStack(a.stack, nil)
	t.Error("the stack was synthesized")
}

func TestNewTellsEveryProblem(t *testing.T) {
	a := newApp(t)
	interval := 90 * time.Second
	monitoring.New(a.stack, jsii.String("Monitoring"), &monitoring.Props{
		ViewNames: []string{"clicks", "b b"}, ViewInterval: &interval, Thresholds: monitoring.Thresholds{CPU: 101, Disk: -1},
	})
	defer func() {
		got := fmt.Sprint(recover())
		for _, want := range []string{
			"[Shop/Monitoring] Warehouse: required; pass one of package warehouse",
			"[Shop/Monitoring] Stream: required; pass a new or imported awskinesis stream",
			"[Shop/Monitoring] ViewInterval: 1m30s is not whole minutes up to 24 hours; write such as 5 * time.Minute, or 0 for never",
			`[Shop/Monitoring] ViewNames[1]: "b b" has ' ' at byte 1`,
			"[Shop/Monitoring] Thresholds.CPU: 0 to 100 percent, got 101",
			"[Shop/Monitoring] Thresholds.Disk: 0 to 100 percent, got -1",
		} {
			if !strings.Contains(got, want) {
				t.Errorf("want %s\nin %s", want, got)
			}
		}
	}()
	assertions.Template_FromStack(a.stack, nil)
	t.Error("the stack was synthesized")
}
