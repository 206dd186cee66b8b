package warehouse

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/constructs-go/constructs/v10"
)

// Namespaces and dimensions of warehouses in CloudWatch.
//
// Sources: https://docs.aws.amazon.com/redshift/latest/mgmt/metrics-listing.html and
// https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-monitoring.html
const (
	clusterNamespace    = "AWS/Redshift"
	clusterDimension    = "ClusterIdentifier"
	serverlessNamespace = "AWS/Redshift-Serverless"
	workgroupDimension  = "Workgroup"
)

// metric returns a metric of the warehouse with this name. The name is empty if the
// warehouse's props are invalid. Then the metric has no dimension, because CloudWatch refuses
// empty values.
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
