package monitoring

import (
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
	"github.com/tributary-cdk/tributary/constructs/invalid"
	"github.com/tributary-cdk/tributary/constructs/warehouse"
	"github.com/tributary-cdk/tributary/internal/contract"
)

// Props says what [New] defines.
type Props struct {
	// Warehouse is where the views are.
	//
	// Required.
	//
	// Change: in place.
	Warehouse warehouse.Warehouse
	// Stream is what the views read.
	//
	// Required.
	//
	// Change: in place.
	Stream awskinesis.IStream
	// ViewNames are the streaming views, as ingestion.Ingestion has them.
	//
	// Default: none; then stream, warehouse and DDL are watched only.
	//
	// Change: in place.
	ViewNames []string
	// Thresholds are from when on the alarms tell.
	//
	// Default: those that [Thresholds] gives for each.
	//
	// Change: in place.
	Thresholds Thresholds
	// Topic is told of every alarm, and of its end.
	//
	// Default: a new one; subscribe to Monitoring.Topic.
	//
	// Change: in place.
	Topic awssns.ITopic
	// ViewInterval is how often the views are asked, in whole minutes. Each run is
	// four short statements. Their five metrics cost $1.50 a view and month by the
	// list prices that we knew in November 2026, a function's run next to nothing.
	// A Serverless workgroup is billed for at least a minute each time: every 5
	// minutes at 8 RPU, about $440 a month. So it is asked by a schedule only where
	// that is wanted; otherwise through a page that somebody looks at, or tributary
	// status.
	//
	// Default: 5 minutes on a cluster; 0, never, elsewhere.
	//
	// Change: in place.
	ViewInterval *time.Duration
	// Provider is the function that runs the DDL, and asks the views.
	//
	// Default: the one that all of the stack's constructs share.
	//
	// Change: in place.
	Provider *ddlprovider.Provider
}

// Monitoring is a dashboard with its alarms.
type Monitoring struct {
	constructs.Construct
	// Topic is told of the alarms. It is nil if the props were bad.
	Topic awssns.ITopic
	// Alarms are all alarms, in the order in which they were defined.
	Alarms []awscloudwatch.Alarm
	// Dashboard shows all metrics. It is nil if the props were bad.
	Dashboard awscloudwatch.Dashboard

	stream    *string
	warehouse warehouse.Warehouse
	provider  *ddlprovider.Provider
}

// defaultInterval is how often a cluster's views are asked.
const defaultInterval = 5 * time.Minute

// New defines a Monitoring under scope. Bad props fail the synthesis with every
// problem, each under its path; then nothing is defined.
func New(scope constructs.Construct, id *string, props *Props) *Monitoring {
	if props == nil {
		props = &Props{}
	}
	m := &Monitoring{Construct: constructs.NewConstruct(scope, id), warehouse: props.Warehouse, provider: props.Provider}
	if invalid.Report(m.Construct, props.problems()) {
		return m
	}
	m.stream = props.Stream.StreamName()
	if m.provider == nil {
		m.provider = ddlprovider.InStack(scope)
	}
	m.Topic = props.Topic
	if m.Topic == nil {
		m.Topic = awssns.NewTopic(m.Construct, jsii.String("Topic"), &awssns.TopicProps{
			DisplayName: jsii.String("Alarms of " + *m.Node().Path()), EnforceSSL: jsii.Bool(true),
		})
	}
	m.countFailedDDL()
	interval := props.interval()
	if interval > 0 {
		m.askViews(props.Warehouse, interval)
	}
	thresholds := props.Thresholds.withDefaults()
	m.streamAlarms(thresholds)
	m.warehouseAlarms(thresholds)
	views := viewsOf(props.ViewNames)
	if interval > 0 {
		for _, view := range views {
			m.viewAlarms(view, thresholds, interval)
		}
	} else {
		views = nil
	}
	m.show(views, interval)
	return m
}

func (p *Props) interval() time.Duration {
	switch {
	case p.ViewInterval != nil:
		return *p.ViewInterval
	case serverless(p.Warehouse) || len(p.ViewNames) == 0:
		return 0
	}
	return defaultInterval
}

// serverless reports whether the warehouse is a workgroup.
func serverless(w warehouse.Warehouse) bool { return w.Target().WorkgroupName != nil }

// viewsOf returns the views' names without their schemas, as the system tables
// know them.
func viewsOf(names []string) []string {
	views := make([]string, len(names))
	for i, name := range names {
		views[i] = name[strings.LastIndex(name, ".")+1:]
	}
	return views
}

// failedDDL is the metric that counts the DDL that failed.
const failedDDL = "FailedDDL"

// countFailedDDL makes a metric of the function's log lines. The function itself
// doesn't fail when DDL does: it answers CloudFormation.
func (m *Monitoring) countFailedDDL() {
	awslogs.NewMetricFilter(m.Construct, jsii.String("CountFailedDDL"), &awslogs.MetricFilterProps{
		LogGroup: m.provider.Function.LogGroup(),
		FilterPattern: awslogs.FilterPattern_Literal(jsii.String(fmt.Sprintf(`{ ($.msg = %q && $.%s = "FAILED") || $.msg = %q }`,
			contract.AnsweredMessage, contract.StatusKey, contract.NotAnsweredMessage))),
		MetricNamespace: jsii.String(contract.MetricNamespace), MetricName: m.ddlMetricName(), MetricValue: jsii.String("1"), DefaultValue: jsii.Number(0),
	})
}

// ddlMetricName is the name of this stack's own metric: a metric filter with a
// default value can have no dimensions.
func (m *Monitoring) ddlMetricName() *string {
	return jsii.String(failedDDL + "-" + *awscdk.Names_UniqueResourceName(m.Construct, &awscdk.UniqueResourceNameOptions{MaxLength: jsii.Number(100)}))
}
