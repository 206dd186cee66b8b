package ingestion

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/tributary-cdk/tributary/constructs/internal/via"
	"github.com/tributary-cdk/tributary/ddl"
)

// needsRole reports whether the warehouse has to assume a role: for a topic, to find
// the brokers of a cluster of Amazon MSK, or to show them who it is.
func (p *Props) needsRole() bool {
	return p.Topic == nil || p.Topic.Cluster.ClusterARN != "" || p.Topic.Cluster.Authentication != ddl.KafkaNone
}

// newRole defines the role that the warehouse assumes, with the permissions that AWS
// documents for it and no others. They are inline, since a cluster that names the
// role does not wait for a policy beside it.
func newRole(scope constructs.Construct, props *Props) awsiam.Role {
	var (
		statements []awsiam.PolicyStatement
		of         = "the stream"
	)
	switch {
	case props.Topic != nil:
		statements, of = readTopic(props.Topic), "the topic"
	case props.StreamRole != nil:
		statements = []awsiam.PolicyStatement{allow("AssumeStreamRole", props.StreamRole.RoleArn(), "sts:AssumeRole")}
	default:
		statements = readStream(scope, props.Stream)
	}
	role := &awsiam.RoleProps{
		Description: jsii.String("Lets Redshift read " + of + " of " + *scope.Node().Path()),
		AssumedBy:   awsiam.NewServicePrincipal(jsii.String("redshift.amazonaws.com"), nil),
		InlinePolicies: &map[string]awsiam.PolicyDocument{
			"ReadStream": awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{Statements: &statements}),
		},
	}
	if props.Warehouse.Target().WorkgroupName != nil {
		role.AssumedBy = awsiam.NewCompositePrincipal(role.AssumedBy, awsiam.NewServicePrincipal(jsii.String("redshift-serverless.amazonaws.com"), nil))
	}
	return awsiam.NewRole(scope, jsii.String("Role"), role)
}

// readStream returns the statements of a stream's reader. AWS's page lists each of
// these actions. The key decrypts only what Kinesis reads, in the stream's region.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started.html
func readStream(scope constructs.Construct, stream awskinesis.IStream) []awsiam.PolicyStatement {
	statements := []awsiam.PolicyStatement{
		allow("ReadStream", stream.StreamArn(), "kinesis:DescribeStreamSummary", "kinesis:GetShardIterator",
			"kinesis:GetRecords", "kinesis:ListShards", "kinesis:DescribeStream"),
		allow("ListStreams", jsii.String("*"), "kinesis:ListStreams"), // takes no resource
	}
	if key := stream.EncryptionKey(); key != nil {
		statements = append(statements, via.Statement(scope, "DecryptStream", key.KeyArn(), "kms:Decrypt", "kinesis", stream.Env().Region))
	}
	return statements
}

// readTopic returns the statements of a topic's reader: for a cluster of Amazon MSK,
// those by which a client finds the brokers, shows who it is and reads; for a
// certificate, the one by which it is read. AWS doesn't say which group Redshift reads
// as, so the cluster's groups are all allowed.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started-MSK.html,
// https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_EXTERNAL_SCHEMA.html (GetBootstrapBrokers),
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonmanagedstreamingforapachekafka.html (on which resources)
func readTopic(topic *Topic) []awsiam.PolicyStatement {
	var (
		statements []awsiam.PolicyStatement
		cluster    = topic.Cluster.ClusterARN
	)
	if cluster != "" {
		statements = append(statements, allow("FindBrokers", jsii.String("*"), "kafka:GetBootstrapBrokers")) // has no resource type
	}
	if cluster != "" && topic.Cluster.Authentication == ddl.KafkaIAM {
		statements = append(
			statements,
			allow("ConnectToCluster", &cluster, "kafka-cluster:Connect"),
			allow("ReadTopic", jsii.String(within(cluster, "topic")+"/"+topic.Name), "kafka-cluster:ReadData", "kafka-cluster:DescribeTopic"),
			allow("ReadAsGroup", jsii.String(within(cluster, "group")+"/*"), "kafka-cluster:AlterGroup", "kafka-cluster:DescribeGroup"),
		)
	}
	if arn := topic.Cluster.CertificateARN; arn != "" {
		statements = append(statements, allow("ReadCertificate", &arn, "acm:ExportCertificate"))
	}
	if arn := topic.Cluster.SecretARN; arn != "" {
		statements = append(statements, allow("ReadCertificate", &arn, "secretsmanager:GetSecretValue"))
	}
	return statements
}

// within returns the ARN, of what an MSK cluster has, that stands before the names.
//
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_apachekafkaapisforamazonmskclusters.html
func within(clusterARN, what string) string {
	return strings.Replace(clusterARN, ":cluster/", ":"+what+"/", 1)
}

func allow(sid string, resource *string, actions ...string) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid: jsii.String(sid), Actions: jsii.Strings(actions...), Resources: &[]*string{resource},
	})
}
