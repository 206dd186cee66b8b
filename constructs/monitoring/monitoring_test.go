package monitoring_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tributary-cdk/tributary/internal/synthtest"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
	"github.com/tributary-cdk/tributary/constructs/monitoring"
	"github.com/tributary-cdk/tributary/constructs/warehouse"
)

func TestMain(m *testing.M) { synthtest.Main(m) }

// app is a stack with a cluster, a stream and the function.
type app struct {
	stack    awscdk.Stack
	cluster  *warehouse.Cluster
	stream   awskinesis.Stream
	provider *ddlprovider.Provider
}

func newApp(t *testing.T) app {
	t.Helper()
	stack := awscdk.NewStack(awscdk.NewApp(&awscdk.AppProps{AnalyticsReporting: jsii.Bool(false)}), jsii.String("Shop"), nil)
	return app{
		stack, warehouse.NewCluster(stack, jsii.String("Warehouse"), nil), awskinesis.NewStream(stack, jsii.String("Stream"), nil),
		synthtest.NewProvider(t, stack),
	}
}

// TestSnapshots compares all resources of the construct with testdata, with few props and
// with all of them.
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
			synthtest.GoldenOf(t, a.stack, "Monitoring", name)
		})
	}
}

// TestSchedule checks when the construct defines a schedule.
func TestSchedule(t *testing.T) {
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

// TestServerlessSchedule checks that a workgroup gets a schedule only with a ViewInterval,
// because each measurement is billed.
func TestServerlessSchedule(t *testing.T) {
	interval := time.Hour
	for name, test := range map[string]struct {
		interval      *time.Duration
		rules, alarms float64
	}{
		"by default":  {nil, 0, 5},
		"an interval": {&interval, 1, 8},
	} {
		t.Run(name, func(t *testing.T) {
			a := newApp(t)
			workgroup := warehouse.NewServerless(a.stack, jsii.String("Serverless"), nil)
			monitoring.New(a.stack, jsii.String("Monitoring"), &monitoring.Props{
				Warehouse: workgroup, Stream: a.stream, ViewNames: []string{"clicks"}, ViewInterval: test.interval,
			})
			tpl := assertions.Template_FromStack(a.stack, nil)
			tpl.ResourceCountIs(jsii.String("AWS::Events::Rule"), jsii.Number(test.rules))
			tpl.ResourceCountIs(jsii.String("AWS::CloudWatch::Alarm"), jsii.Number(test.alarms))
		})
	}
}

// TestProblems checks that the synthesis fails with all problems at once.
func TestProblems(t *testing.T) {
	a := newApp(t)
	interval := 90 * time.Second
	monitoring.New(a.stack, jsii.String("Monitoring"), &monitoring.Props{
		ViewNames: []string{"clicks", "b b"}, ViewInterval: &interval, Thresholds: monitoring.Thresholds{CPU: 101, Disk: -1},
	})
	defer func() {
		got := fmt.Sprint(recover())
		for _, want := range []string{
			"[Shop/Monitoring] Warehouse: required; pass a warehouse of package warehouse",
			"[Shop/Monitoring] Stream: required; pass a new or an imported awskinesis.IStream",
			"[Shop/Monitoring] ViewInterval: needs whole minutes up to 24 hours, got 1m30s; write a duration such as 5 * time.Minute, or 0 for never",
			`[Shop/Monitoring] ViewNames[1]: "b b" has ' ' at byte 1`,
			"[Shop/Monitoring] Thresholds.CPU: needs 0 to 100 percent, got 101",
			"[Shop/Monitoring] Thresholds.Disk: needs 0 to 100 percent, got -1",
		} {
			if !strings.Contains(got, want) {
				t.Errorf("want %s\nin %s", want, got)
			}
		}
	}()
	assertions.Template_FromStack(a.stack, nil)
	t.Error("the stack was synthesized")
}
