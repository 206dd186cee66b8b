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
	return app{
		stack, warehouse.NewCluster(stack, jsii.String("Warehouse"), nil), awskinesis.NewStream(stack, jsii.String("Stream"), nil),
		synthtest.NewProvider(t, stack),
	}
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
			synthtest.GoldenOf(t, a.stack, "Monitoring", name)
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

// TestServerlessIsNotAskedByItself holds that nobody pays for a warehouse that a
// schedule keeps awake without having asked for it, and that who asks gets it.
func TestServerlessIsNotAskedByItself(t *testing.T) {
	interval := time.Hour
	for name, test := range map[string]struct {
		interval      *time.Duration
		rules, alarms float64
	}{
		"by itself": {nil, 0, 5},
		"asked":     {&interval, 1, 8},
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
			"[Shop/Monitoring] Stream: required; pass a new or an imported awskinesis.IStream",
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
