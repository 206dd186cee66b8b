package monitoring

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/internal/contract"
)

// streamMetric returns a metric of the stream.
//
// Source: https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html
func (m *Monitoring) streamMetric(name, label, statistic string, period time.Duration) awscloudwatch.Metric {
	return metric("AWS/Kinesis", name, label, statistic, period, dimensions{"StreamName": m.stream})
}

// warehouseMetric returns a metric of the warehouse.
func (m *Monitoring) warehouseMetric(name, label, statistic string, period time.Duration) awscloudwatch.Metric {
	if m.warehouse == nil { // the props are invalid
		return metric("AWS/Redshift", name, label, statistic, period, nil)
	}
	return m.warehouse.Metric(jsii.String(name), &awscloudwatch.MetricOptions{
		Label: jsii.String(label), Statistic: jsii.String(statistic), Period: awscdk.Duration_Seconds(jsii.Number(period.Seconds())),
	})
}

// viewMetric returns a metric of one view. The stack's function publishes it.
func (m *Monitoring) viewMetric(view, name, label, statistic string, period time.Duration) awscloudwatch.Metric {
	of := dimensions{contract.ViewDimension: jsii.String(view)}
	if m.warehouse != nil {
		of[contract.WarehouseDimension] = m.warehouse.Target().Name()
	}
	return metric(contract.MetricNamespace, name, label, statistic, period, of)
}

// dimensions are the dimensions of a metric, by name. If the props are invalid, values may
// be nil or empty, which CloudWatch would refuse.
type dimensions map[string]*string

// metric returns a metric with the dimensions that have a value.
func metric(namespace, name, label, statistic string, period time.Duration, of dimensions) awscloudwatch.Metric {
	props := &awscloudwatch.MetricProps{
		Namespace: jsii.String(namespace), MetricName: jsii.String(name), Label: jsii.String(label), Statistic: jsii.String(statistic),
		Period: awscdk.Duration_Seconds(jsii.Number(period.Seconds())),
	}
	known := map[string]*string{}
	for dimension, value := range of {
		if value != nil && *value != "" {
			known[dimension] = value
		}
	}
	if len(known) > 0 {
		props.DimensionsMap = &known
	}
	return awscloudwatch.NewMetric(props)
}

// MetricGetRecordsIteratorAgeMilliseconds returns the metric of the age, in milliseconds,
// of the last record that a GetRecords call returned: the maximum in a minute. It shows
// how far readers of the stream are behind.
func (m *Monitoring) MetricGetRecordsIteratorAgeMilliseconds() awscloudwatch.Metric {
	return m.streamMetric("GetRecords.IteratorAgeMilliseconds", "Iterator age, ms", "Maximum", time.Minute)
}

// MetricIncomingRecords returns the metric of the number of records that were put into the
// stream in a minute.
func (m *Monitoring) MetricIncomingRecords() awscloudwatch.Metric {
	return m.streamMetric("IncomingRecords", "Records in", "Sum", time.Minute)
}

// MetricWriteProvisionedThroughputExceeded returns the metric of the number of records that
// the stream throttled in a minute.
func (m *Monitoring) MetricWriteProvisionedThroughputExceeded() awscloudwatch.Metric {
	return m.streamMetric("WriteProvisionedThroughputExceeded", "Throttled writes", "Sum", time.Minute)
}

// MetricReadProvisionedThroughputExceeded returns the metric of the number of GetRecords
// calls that the stream throttled in 5 minutes.
func (m *Monitoring) MetricReadProvisionedThroughputExceeded() awscloudwatch.Metric {
	return m.streamMetric("ReadProvisionedThroughputExceeded", "Throttled reads", "Sum", 5*time.Minute)
}

// MetricPutRecordsFailedRecords returns the metric of the number of records for which
// PutRecords failed in 5 minutes, for another reason than throttling.
func (m *Monitoring) MetricPutRecordsFailedRecords() awscloudwatch.Metric {
	return m.streamMetric("PutRecords.FailedRecords", "Refused records", "Sum", 5*time.Minute)
}

// MetricCPUUtilization returns the metric of a cluster's CPU utilization in percent: the
// average over 5 minutes.
func (m *Monitoring) MetricCPUUtilization() awscloudwatch.Metric {
	return m.warehouseMetric("CPUUtilization", "CPU, %", "Average", 5*time.Minute)
}

// MetricPercentageDiskSpaceUsed returns the metric of a cluster's used disk space in
// percent: the maximum in 5 minutes.
func (m *Monitoring) MetricPercentageDiskSpaceUsed() awscloudwatch.Metric {
	return m.warehouseMetric("PercentageDiskSpaceUsed", "Disk, %", "Maximum", 5*time.Minute)
}

// MetricHealthStatus returns the metric that is 1 for a minute in which the cluster
// responded to queries, and else 0. A paused cluster has no value.
func (m *Monitoring) MetricHealthStatus() awscloudwatch.Metric {
	return m.warehouseMetric("HealthStatus", "Healthy", "Minimum", time.Minute)
}

// MetricComputeCapacity returns the metric of the RPUs that a Serverless workgroup uses:
// the maximum in 5 minutes.
func (m *Monitoring) MetricComputeCapacity() awscloudwatch.Metric {
	return m.warehouseMetric("ComputeCapacity", "Capacity, RPU", "Maximum", 5*time.Minute)
}

// MetricComputeSeconds returns the metric of the RPU-seconds that a Serverless workgroup
// used in an hour. AWS bills these.
func (m *Monitoring) MetricComputeSeconds() awscloudwatch.Metric {
	return m.warehouseMetric("ComputeSeconds", "Billed, RPU-seconds", "Sum", time.Hour)
}

// MetricFailedDDL returns the metric of the number of CloudFormation's requests that failed
// in the function in 5 minutes.
func (m *Monitoring) MetricFailedDDL() awscloudwatch.Metric {
	return metric(contract.MetricNamespace, *m.ddlMetricName(), "Failed DDL", "Sum", 5*time.Minute, nil)
}

// MetricFreshness returns the metric of the seconds since a view's newest record arrived in
// the stream: the maximum in a period.
func (m *Monitoring) MetricFreshness(view string, period time.Duration) awscloudwatch.Metric {
	return m.viewMetric(view, contract.FreshnessMetric, view+", s", "Maximum", period)
}

// MetricSkippedRecords returns the metric of the number of records that a view skipped in a
// period, as SYS_STREAM_SCAN_STATES counts them.
func (m *Monitoring) MetricSkippedRecords(view string, period time.Duration) awscloudwatch.Metric {
	return m.viewMetric(view, contract.SkippedRecordsMetric, view+", skipped", "Sum", period)
}

// MetricFailedRecords returns the metric of the number of a view's records that
// SYS_STREAM_SCAN_ERRORS lists for a period.
func (m *Monitoring) MetricFailedRecords(view string, period time.Duration) awscloudwatch.Metric {
	return m.viewMetric(view, contract.FailedRecordsMetric, view+", failed", "Sum", period)
}

// MetricFailedRefreshes returns the metric of the number of a view's refreshes that failed
// in a period.
func (m *Monitoring) MetricFailedRefreshes(view string, period time.Duration) awscloudwatch.Metric {
	return m.viewMetric(view, contract.FailedRefreshesMetric, view+", failed refreshes", "Sum", period)
}
