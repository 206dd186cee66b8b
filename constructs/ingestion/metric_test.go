package ingestion_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/constructs/ingestion"
	"github.com/tributary-cdk/tributary/ddl"
)

// TestMetrics checks the names of the metrics, and their default statistics and periods.
func TestMetrics(t *testing.T) {
	stack, props := newShop(t)
	props.Stream = awskinesis.NewStream(stack, jsii.String("Stream"), nil)
	in := ingestion.New(stack, jsii.String("Clicks"), props)
	type metric struct {
		Name, Statistic string
		Seconds         float64
	}
	want := []metric{
		{"GetRecords.IteratorAgeMilliseconds", "Maximum", 60},
		{"IncomingRecords", "Sum", 60},
		{"IncomingRecords", "p90", 300},
		{"ReadProvisionedThroughputExceeded", "Average", 300},
	}
	var got []metric
	for _, m := range []awscloudwatch.Metric{
		in.MetricGetRecordsIteratorAgeMilliseconds(nil),
		in.MetricIncomingRecords(nil),
		in.MetricIncomingRecords(&awscloudwatch.MetricOptions{Statistic: jsii.String("p90")}),
		in.Metric(jsii.String("ReadProvisionedThroughputExceeded"), nil),
	} {
		got = append(got, metric{*m.MetricName(), *m.Statistic(), *m.Period().ToSeconds(nil)})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("metrics (-want +got):\n%s", diff)
	}
}

// TestTopicHasNoMetrics checks that an ingestion of a topic returns no metrics.
func TestTopicHasNoMetrics(t *testing.T) {
	stack, props := newShop(t)
	props.Topic = &ingestion.Topic{Name: "clicks", Cluster: ddl.Kafka{ClusterARN: clusterARN, Authentication: ddl.KafkaIAM}}
	if got := ingestion.New(stack, jsii.String("Clicks"), props).MetricGetRecordsIteratorAgeMilliseconds(nil); got != nil {
		t.Errorf("want nil, got %v", got)
	}
}
