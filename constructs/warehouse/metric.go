package warehouse

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/constructs-go/constructs/v10"
)

// Where CloudWatch has the metrics of warehouses.
//
// Sources: https://docs.aws.amazon.com/redshift/latest/mgmt/metrics-listing.html and
// https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-monitoring.html
const (
	clusterNamespace    = "AWS/Redshift"
	clusterDimension    = "ClusterIdentifier"
	serverlessNamespace = "AWS/Redshift-Serverless"
	workgroupDimension  = "Workgroup"
)

// metric returns a metric of one warehouse. One of bad props has no name, and so the
// metric no dimension, which CloudWatch would refuse to be empty.
func metric(scope constructs.Construct, namespace string, name *string, dimension string, warehouse *string, options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	props := &awscloudwatch.MetricProps{
		Namespace: &namespace, MetricName: name,
	}
	if *warehouse != "" {
		props.DimensionsMap = &map[string]*string{dimension: warehouse}
	}
	m := awscloudwatch.NewMetric(props)
	if options != nil {
		m = m.With(options)
	}
	return m.AttachTo(scope)
}
