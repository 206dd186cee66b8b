package monitoring

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/jsii-runtime-go"
)

// addAlarm defines an alarm that fires when the metric is at or above the threshold for a
// number of consecutive periods. Periods without data don't count.
func (m *Monitoring) addAlarm(id, description string, metric awscloudwatch.IMetric, threshold float64, periods int) {
	m.addAlarmComparing(id, description, metric, threshold, periods, awscloudwatch.ComparisonOperator_GREATER_THAN_OR_EQUAL_TO_THRESHOLD)
}

// addAlarmComparing is addAlarm with another comparison than "at or above".
func (m *Monitoring) addAlarmComparing(id, description string, metric awscloudwatch.IMetric, threshold float64, periods int, operator awscloudwatch.ComparisonOperator) {
	a := awscloudwatch.NewAlarm(m.Construct, jsii.String(id), &awscloudwatch.AlarmProps{
		AlarmDescription: jsii.String(description), Metric: metric, Threshold: jsii.Number(threshold),
		EvaluationPeriods: jsii.Number(periods), ComparisonOperator: operator,
		TreatMissingData: awscloudwatch.TreatMissingData_NOT_BREACHING,
	})
	action := awscloudwatchactions.NewSnsAction(m.Topic)
	a.AddAlarmAction(action)
	a.AddOkAction(action)
	m.Alarms = append(m.Alarms, a)
}

func (m *Monitoring) streamAlarms(t Thresholds) {
	m.addAlarm("IteratorAge", "A reader of the stream is falling behind. Check for failed or slow refreshes, and for throttled reads.",
		m.MetricGetRecordsIteratorAgeMilliseconds(), float64(t.IteratorAge.Milliseconds()), 3)
	m.addAlarm("ThrottledWrites", "Producers send more than the stream's shards accept. Use more partition keys, or wait until an on-demand stream has scaled.",
		m.MetricWriteProvisionedThroughputExceeded(), t.WriteThrottles, 3)
	m.addAlarm("ThrottledReads", "Too many readers share the stream's shards. Read the stream with one landing view, and define plain views over it.",
		m.MetricReadProvisionedThroughputExceeded(), t.ReadThrottles, 3)
	m.addAlarm("RefusedRecords", "PutRecords failed for some records, and not because of throttling. Producers must send them again.",
		m.MetricPutRecordsFailedRecords(), t.RefusedRecords, 1)
}

func (m *Monitoring) warehouseAlarms(t Thresholds) {
	m.addAlarm("FailedDDL", "A schema or view could not be created, changed or dropped. The stack's events contain the reason.", m.MetricFailedDDL(), t.FailedDDL, 1)
	if serverless(m.warehouse) {
		return // a workgroup has no nodes with a CPU and disks, and scales by itself
	}
	m.addAlarm("CPU", "The warehouse's CPU is busy all the time. Find its longest queries, or choose larger nodes.", m.MetricCPUUtilization(), t.CPU, 3)
	m.addAlarm("Disk", "The warehouse's disks are filling up. Drop kept tables, whose names contain _until_, or choose larger nodes.", m.MetricPercentageDiskSpaceUsed(), t.Disk, 1)
	m.addAlarmComparing("Health", "The warehouse doesn't respond to queries.", m.MetricHealthStatus(), 1, 3, awscloudwatch.ComparisonOperator_LESS_THAN_THRESHOLD)
}

func (m *Monitoring) viewAlarms(view string, t Thresholds, interval time.Duration) {
	period := 2 * interval // so that each period has a value, although schedules are not exact
	m.addAlarm("Freshness-"+view, "Records arrive in the stream, but the view "+view+" doesn't show them. Check its last refreshes with: tributary status",
		combined("Freshness of "+view+" while records come in", "IF(incoming > 0, freshness, 0)", period, map[string]awscloudwatch.IMetric{
			"incoming":  m.MetricIncomingRecords().With(&awscloudwatch.MetricOptions{Period: awscdk.Duration_Seconds(jsii.Number(period.Seconds()))}),
			"freshness": m.MetricFreshness(view, period),
		}), t.Freshness.Seconds(), 2)
	m.addAlarm("LostRecords-"+view, "Records are missing in the view "+view+". Read SYS_STREAM_SCAN_ERRORS for the reason.",
		combined("Records that "+view+" lost", "skipped + failed", period, map[string]awscloudwatch.IMetric{
			"skipped": m.MetricSkippedRecords(view, period),
			"failed":  m.MetricFailedRecords(view, period),
		}), t.LostRecords, 1)
	m.addAlarm("FailedRefreshes-"+view, "Refreshes of the view "+view+" fail. Read SYS_MV_REFRESH_HISTORY for the reason.",
		m.MetricFailedRefreshes(view, period), t.FailedRefreshes, 2)
}

// combined returns an expression over metrics that all have the same period.
func combined(label, expression string, period time.Duration, using map[string]awscloudwatch.IMetric) awscloudwatch.MathExpression {
	return awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
		Label: jsii.String(label), Expression: jsii.String(expression), UsingMetrics: &using,
		Period: awscdk.Duration_Seconds(jsii.Number(period.Seconds())),
	})
}
