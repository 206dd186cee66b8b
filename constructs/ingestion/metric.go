package ingestion

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/jsii-runtime-go"
)

// Metric returns a metric of the stream by its name in CloudWatch. Nil props mean
// the average of 5 minutes. Of a Topic there is none: it returns nil.
//
// Source: https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html
func (in *Ingestion) Metric(name *string, props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	if in.props.Stream == nil {
		return nil
	}
	return in.props.Stream.Metric(name, props)
}

// MetricGetRecordsIteratorAgeMilliseconds is how old the oldest record is that a reader
// of the stream has yet to read, in milliseconds: the most in a minute, unless props say
// otherwise.
func (in *Ingestion) MetricGetRecordsIteratorAgeMilliseconds(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return in.Metric(jsii.String("GetRecords.IteratorAgeMilliseconds"), inMinutes("Maximum", props))
}

// MetricIncomingRecords is how many records the stream took in a minute, unless
// props say otherwise.
func (in *Ingestion) MetricIncomingRecords(props *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return in.Metric(jsii.String("IncomingRecords"), inMinutes("Sum", props))
}

func inMinutes(statistic string, props *awscloudwatch.MetricOptions) *awscloudwatch.MetricOptions {
	if props != nil {
		return props
	}
	return &awscloudwatch.MetricOptions{Statistic: jsii.String(statistic), Period: awscdk.Duration_Minutes(jsii.Number(1))}
}
