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

// Props are the properties of a [Monitoring].
type Props struct {
	// Warehouse is the warehouse that contains the views.
	//
	// Required.
	//
	// Change: in place.
	Warehouse warehouse.Warehouse
	// Stream is the stream that the views read.
	//
	// Required.
	//
	// Change: in place.
	Stream awskinesis.IStream
	// ViewNames are the names of the streaming views, as in ingestion.Ingestion.ViewNames.
	//
	// Default: none; then only the stream, the warehouse and the DDL are monitored.
	//
	// Change: in place.
	ViewNames []string
	// Thresholds are the values at which the alarms fire.
	//
	// Default: the default of each field of [Thresholds].
	//
	// Change: in place.
	Thresholds Thresholds
	// Topic is the SNS topic that gets a notification when an alarm fires, and when it is
	// OK again.
	//
	// Default: a new topic; subscribe to Monitoring.Topic.
	//
	// Change: in place.
	Topic awssns.ITopic
	// ViewInterval is how often the function measures the views, in whole minutes. A
	// measurement runs four short statements. The five metrics of a view cost $1.50 per
	// month by the list prices of November 2026, and the function almost nothing. But a
	// Serverless workgroup is billed for at least a minute per measurement: every 5
	// minutes at 8 RPU, that is about $440 per month. So its views are not measured by
	// default. To see them at any time, run "tributary status" or "tributary watch".
	//
	// Default: 5 minutes for views in a cluster; 0, which means never, for a Serverless
	// workgroup or without views.
	//
	// Change: in place.
	ViewInterval *time.Duration
	// Provider is the Lambda function that runs the DDL and measures the views.
	//
	// Default: the function that all constructs of the stack share.
	//
	// Change: in place.
	Provider *ddlprovider.Provider
}

// Monitoring is a dashboard with alarms.
type Monitoring struct {
	constructs.Construct
	// Topic is the topic that the alarms notify. It is nil if the props are invalid.
	Topic awssns.ITopic
	// Alarms are all alarms, in the order of their definition.
	Alarms []awscloudwatch.Alarm
	// Dashboard shows the alarms and all metrics. It is nil if the props are invalid.
	Dashboard awscloudwatch.Dashboard

	stream    *string
	warehouse warehouse.Warehouse
	provider  *ddlprovider.Provider
}

// defaultInterval is how often the views of a cluster are measured by default.
const defaultInterval = 5 * time.Minute

// New defines a Monitoring under scope. If the props are invalid, New defines no resources,
// and the synthesis fails with all problems, each with the path of its prop.
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
		m.measureViews(props.Warehouse, interval)
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
	m.addDashboard(views, interval)
	return m
}

// interval returns how often the views are measured. Zero means never.
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

// viewsOf returns the names of the views without their schemas, as in Redshift's system
// tables.
func viewsOf(names []string) []string {
	views := make([]string, len(names))
	for i, name := range names {
		views[i] = name[strings.LastIndex(name, ".")+1:]
	}
	return views
}

// failedDDL begins the name of the metric that counts failed DDL.
const failedDDL = "FailedDDL"

// countFailedDDL defines a metric filter on the function's log. The function's own error
// metric doesn't count failed DDL, because the function then responds to CloudFormation and
// ends without an error.
func (m *Monitoring) countFailedDDL() {
	awslogs.NewMetricFilter(m.Construct, jsii.String("CountFailedDDL"), &awslogs.MetricFilterProps{
		LogGroup: m.provider.Function.LogGroup(),
		FilterPattern: awslogs.FilterPattern_Literal(jsii.String(fmt.Sprintf(`{ ($.msg = %q && $.%s = "FAILED") || $.msg = %q }`,
			contract.AnsweredMessage, contract.StatusKey, contract.NotAnsweredMessage))),
		MetricNamespace: jsii.String(contract.MetricNamespace), MetricName: m.ddlMetricName(), MetricValue: jsii.String("1"), DefaultValue: jsii.Number(0),
	})
}

// ddlMetricName returns a metric name that is unique to this construct. Dimensions can't
// separate stacks, since a metric filter with a default value can't have any.
func (m *Monitoring) ddlMetricName() *string {
	return jsii.String(failedDDL + "-" + *awscdk.Names_UniqueResourceName(m.Construct, &awscdk.UniqueResourceNameOptions{MaxLength: jsii.Number(100)}))
}
