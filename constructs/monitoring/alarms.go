package monitoring

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/jsii-runtime-go"
)

// alarm defines an alarm which tells when the metric has been at or over the
// threshold for so many periods in a row. What isn't measured is no reason.
func (m *Monitoring) alarm(id, description string, metric awscloudwatch.IMetric, threshold float64, periods int) {
	m.compare(id, description, metric, threshold, periods, awscloudwatch.ComparisonOperator_GREATER_THAN_OR_EQUAL_TO_THRESHOLD)
}

func (m *Monitoring) compare(id, description string, metric awscloudwatch.IMetric, threshold float64, periods int, operator awscloudwatch.ComparisonOperator) {
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
	m.alarm("IteratorAge", "A reader of the stream falls behind. Look for refreshes that fail or take long, and for throttled reads.",
		m.MetricGetRecordsIteratorAgeMilliseconds(), float64(t.IteratorAge.Milliseconds()), 3)
	m.alarm("ThrottledWrites", "Producers send more than the stream's shards take. Spread the partition keys, or wait while an on-demand stream grows.",
		m.MetricWriteProvisionedThroughputExceeded(), t.WriteThrottles, 3)
	m.alarm("ThrottledReads", "Too many readers share the stream's shards. Let one landing view read it, and put plain views over that.",
		m.MetricReadProvisionedThroughputExceeded(), t.ReadThrottles, 3)
	m.alarm("RefusedRecords", "The stream failed to take records of PutRecords. Producers have to send them again.",
		m.MetricPutRecordsFailedRecords(), t.RefusedRecords, 1)
}

func (m *Monitoring) warehouseAlarms(t Thresholds) {
	m.alarm("FailedDDL", "A schema or view could not be made, changed or dropped. The stack's events say why.", m.MetricFailedDDL(), t.FailedDDL, 1)
	if serverless(m.warehouse) {
		return // it has no processors and disks of its own, and scales
	}
	m.alarm("CPU", "The warehouse's processors are busy all the time. Look at its longest queries, or choose larger nodes.", m.MetricCPUUtilization(), t.CPU, 3)
	m.alarm("Disk", "The warehouse's disks fill. Drop tables that views kept, or choose larger nodes.", m.MetricPercentageDiskSpaceUsed(), t.Disk, 1)
	m.compare("Health", "The warehouse doesn't answer.", m.MetricHealthStatus(), 1, 3, awscloudwatch.ComparisonOperator_LESS_THAN_THRESHOLD)
}

func (m *Monitoring) viewAlarms(view string, t Thresholds, interval time.Duration) {
	period := 2 * interval // so that each has a value, though schedules are not on the second
	m.alarm("Freshness-"+view, "Records come in, and the view "+view+" doesn't show them. Look at its last refreshes with: tributary status",
		combined("Freshness of "+view+" while records come in", "IF(incoming > 0, freshness, 0)", period, map[string]awscloudwatch.IMetric{
			"incoming":  m.MetricIncomingRecords().With(&awscloudwatch.MetricOptions{Period: awscdk.Duration_Seconds(jsii.Number(period.Seconds()))}),
			"freshness": m.MetricFreshness(view, period),
		}), t.Freshness.Seconds(), 2)
	m.alarm("LostRecords-"+view, "The view "+view+" left records out. Read SYS_STREAM_SCAN_ERRORS for the reason.",
		combined("Records that "+view+" lost", "skipped + failed", period, map[string]awscloudwatch.IMetric{
			"skipped": m.MetricSkippedRecords(view, period),
			"failed":  m.MetricFailedRecords(view, period),
		}), t.LostRecords, 1)
	m.alarm("FailedRefreshes-"+view, "Refreshes of the view "+view+" fail. Read SYS_MV_REFRESH_HISTORY for the reason.",
		m.MetricFailedRefreshes(view, period), t.FailedRefreshes, 2)
}

// combined is an expression over metrics, all of them over the same period.
func combined(label, expression string, period time.Duration, using map[string]awscloudwatch.IMetric) awscloudwatch.MathExpression {
	return awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
		Label: jsii.String(label), Expression: jsii.String(expression), UsingMetrics: &using,
		Period: awscdk.Duration_Seconds(jsii.Number(period.Seconds())),
	})
}
