package ingestion

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/jsii-runtime-go"
)

// Metric returns the metric of the stream that has this name in CloudWatch. With nil
// props, it is the average over 5 minutes. Metric returns nil if the ingestion reads a
// Topic.
//
// Source: https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html
func (in *Ingestion) Metric(name *string, props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	if in.props.Stream == nil {
		return nil
	}
	return in.props.Stream.Metric(name, props)
}

// MetricGetRecordsIteratorAgeMilliseconds returns the metric of the age, in milliseconds,
// of the last record that a GetRecords call returned. It shows how far readers are behind.
// With nil props, it is the maximum in a minute. It is nil if the ingestion reads a Topic.
func (in *Ingestion) MetricGetRecordsIteratorAgeMilliseconds(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return in.Metric(jsii.String("GetRecords.IteratorAgeMilliseconds"), inMinutes("Maximum", props))
}

// MetricIncomingRecords returns the metric of the number of records that were put into the
// stream. With nil props, it is the sum in a minute. It is nil if the ingestion reads a
// Topic.
func (in *Ingestion) MetricIncomingRecords(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return in.Metric(jsii.String("IncomingRecords"), inMinutes("Sum", props))
}

// inMinutes returns props, or if they are nil, a statistic over a minute.
func inMinutes(statistic string, props *awscloudwatch.MetricOptions) *awscloudwatch.MetricOptions {
	if props != nil {
		return props
	}
	return &awscloudwatch.MetricOptions{Statistic: jsii.String(statistic), Period: awscdk.Duration_Minutes(jsii.Number(1))}
}
