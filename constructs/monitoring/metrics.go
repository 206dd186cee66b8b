package monitoring

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/internal/contract"
)

// kinesis is a metric of the stream.
//
// Source: https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html
func (m *Monitoring) kinesis(name, label, statistic string, period time.Duration) awscloudwatch.Metric {
	return metric("AWS/Kinesis", name, label, statistic, period, dimensions{"StreamName": m.stream})
}

// redshift is a metric of the warehouse.
func (m *Monitoring) redshift(name, label, statistic string, period time.Duration) awscloudwatch.Metric {
	if m.warehouse == nil { // the props were bad
		return metric("AWS/Redshift", name, label, statistic, period, nil)
	}
	return m.warehouse.Metric(jsii.String(name), &awscloudwatch.MetricOptions{
		Label: jsii.String(label), Statistic: jsii.String(statistic), Period: awscdk.Duration_Seconds(jsii.Number(period.Seconds())),
	})
}

// view is a metric of one view, which the stack's function publishes.
func (m *Monitoring) view(view, name, label, statistic string, period time.Duration) awscloudwatch.Metric {
	of := dimensions{contract.ViewDimension: jsii.String(view)}
	if m.warehouse != nil {
		of[contract.WarehouseDimension] = m.warehouse.Target().Name()
	}
	return metric(contract.MetricNamespace, name, label, statistic, period, of)
}

// dimensions are a metric's. Nil and empty values, which CloudWatch would refuse, are
// those of bad props.
type dimensions map[string]*string

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

// MetricGetRecordsIteratorAgeMilliseconds is how old the oldest record is that a reader
// of the stream has yet to read, in milliseconds: the most in a minute.
func (m *Monitoring) MetricGetRecordsIteratorAgeMilliseconds() awscloudwatch.Metric {
	return m.kinesis("GetRecords.IteratorAgeMilliseconds", "Iterator age, ms", "Maximum", time.Minute)
}

// MetricIncomingRecords is how many records the stream took in a minute.
func (m *Monitoring) MetricIncomingRecords() awscloudwatch.Metric {
	return m.kinesis("IncomingRecords", "Records in", "Sum", time.Minute)
}

// MetricWriteProvisionedThroughputExceeded is how many records the stream turned away in
// a minute, since more came than its shards take.
func (m *Monitoring) MetricWriteProvisionedThroughputExceeded() awscloudwatch.Metric {
	return m.kinesis("WriteProvisionedThroughputExceeded", "Throttled writes", "Sum", time.Minute)
}

// MetricReadProvisionedThroughputExceeded is how many reads the stream turned away in 5
// minutes.
func (m *Monitoring) MetricReadProvisionedThroughputExceeded() awscloudwatch.Metric {
	return m.kinesis("ReadProvisionedThroughputExceeded", "Throttled reads", "Sum", 5*time.Minute)
}

// MetricPutRecordsFailedRecords is how many records of PutRecords the stream failed to
// take in 5 minutes, for another reason than throttling.
func (m *Monitoring) MetricPutRecordsFailedRecords() awscloudwatch.Metric {
	return m.kinesis("PutRecords.FailedRecords", "Refused records", "Sum", 5*time.Minute)
}

// MetricCPUUtilization is the use of a cluster's processors in percent, over 5 minutes.
func (m *Monitoring) MetricCPUUtilization() awscloudwatch.Metric {
	return m.redshift("CPUUtilization", "CPU, %", "Average", 5*time.Minute)
}

// MetricPercentageDiskSpaceUsed is the use of a cluster's disks in percent: the most in 5
// minutes.
func (m *Monitoring) MetricPercentageDiskSpaceUsed() awscloudwatch.Metric {
	return m.redshift("PercentageDiskSpaceUsed", "Disk, %", "Maximum", 5*time.Minute)
}

// MetricHealthStatus is 1 in a minute in which a cluster answered, else 0. A paused one
// has no value.
func (m *Monitoring) MetricHealthStatus() awscloudwatch.Metric {
	return m.redshift("HealthStatus", "Healthy", "Minimum", time.Minute)
}

// MetricComputeCapacity is how many RPUs a Serverless workgroup uses: the most in 5
// minutes.
func (m *Monitoring) MetricComputeCapacity() awscloudwatch.Metric {
	return m.redshift("ComputeCapacity", "Capacity, RPU", "Maximum", 5*time.Minute)
}

// MetricComputeSeconds is how many RPU-seconds a Serverless workgroup used in an hour:
// what it is billed for.
func (m *Monitoring) MetricComputeSeconds() awscloudwatch.Metric {
	return m.redshift("ComputeSeconds", "Billed, RPU-seconds", "Sum", time.Hour)
}

// MetricFailedDDL is how many requests of CloudFormation the function failed in 5
// minutes.
func (m *Monitoring) MetricFailedDDL() awscloudwatch.Metric {
	return metric(contract.MetricNamespace, *m.ddlMetricName(), "Failed DDL", "Sum", 5*time.Minute, nil)
}

// MetricFreshness is how long ago a view's newest record arrived, in seconds: the
// most in a period.
func (m *Monitoring) MetricFreshness(view string, period time.Duration) awscloudwatch.Metric {
	return m.view(view, contract.FreshnessMetric, view+", s", "Maximum", period)
}

// MetricSkippedRecords is how many records a view left out in a period, as
// SYS_STREAM_SCAN_STATES counts them.
func (m *Monitoring) MetricSkippedRecords(view string, period time.Duration) awscloudwatch.Metric {
	return m.view(view, contract.SkippedRecordsMetric, view+", skipped", "Sum", period)
}

// MetricFailedRecords is of how many records SYS_STREAM_SCAN_ERRORS tells in a
// period.
func (m *Monitoring) MetricFailedRecords(view string, period time.Duration) awscloudwatch.Metric {
	return m.view(view, contract.FailedRecordsMetric, view+", failed", "Sum", period)
}

// MetricFailedRefreshes is how many refreshes of a view failed in a period.
func (m *Monitoring) MetricFailedRefreshes(view string, period time.Duration) awscloudwatch.Metric {
	return m.view(view, contract.FailedRefreshesMetric, view+", failed refreshes", "Sum", period)
}
