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

// needsRole reports whether the warehouse needs a role. For a topic, it needs one to find
// the brokers of an Amazon MSK cluster, or to authenticate to the brokers.
func (p *Props) needsRole() bool {
	return p.Topic == nil || p.Topic.Cluster.ClusterARN != "" || p.Topic.Cluster.Authentication != ddl.KafkaNone
}

// newRole defines the role that the warehouse assumes. It has only the permissions that
// AWS documents for it. They are inline policies, because CloudFormation may create a
// cluster with the role before it creates a separate policy of the role.
func newRole(scope constructs.Construct, props *Props) awsiam.Role {
	var (
		statements []awsiam.PolicyStatement
		source     = "the stream"
	)
	switch {
	case props.Topic != nil:
		statements, source = readTopic(props.Topic), "the topic"
	case props.StreamRole != nil:
		statements = []awsiam.PolicyStatement{allow("AssumeStreamRole", props.StreamRole.RoleArn(), "sts:AssumeRole")}
	default:
		statements = readStream(scope, props.Stream)
	}
	role := &awsiam.RoleProps{
		Description: jsii.String("Lets Redshift read " + source + " of " + *scope.Node().Path()),
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

// readStream returns the statements of a role that reads a stream. The page below lists
// these actions. The role may decrypt with the stream's key only through Kinesis in the
// stream's region.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started.html
func readStream(scope constructs.Construct, stream awskinesis.IStream) []awsiam.PolicyStatement {
	statements := []awsiam.PolicyStatement{
		allow("ReadStream", stream.StreamArn(), "kinesis:DescribeStreamSummary", "kinesis:GetShardIterator",
			"kinesis:GetRecords", "kinesis:ListShards", "kinesis:DescribeStream"),
		allow("ListStreams", jsii.String("*"), "kinesis:ListStreams"), // has no resource type
	}
	if key := stream.EncryptionKey(); key != nil {
		statements = append(statements, via.Statement(scope, "DecryptStream", key.KeyArn(), "kms:Decrypt", "kinesis", stream.Env().Region))
	}
	return statements
}

// readTopic returns the statements of a role that reads a topic. For an Amazon MSK
// cluster, it may find the brokers, and with IAM authentication also connect and read. For
// mutual TLS, it may read the certificate. AWS doesn't document the name of Redshift's
// consumer group, so all groups of the cluster are allowed.
//
// Sources: https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started-MSK.html,
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

// within returns the start of the ARNs of an MSK cluster's topics or groups, without the
// slash before the name. The kind is topic or group.
//
// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_apachekafkaapisforamazonmskclusters.html
func within(clusterARN, kind string) string {
	return strings.Replace(clusterARN, ":cluster/", ":"+kind+"/", 1)
}

func allow(sid string, resource *string, actions ...string) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid: jsii.String(sid), Actions: jsii.Strings(actions...), Resources: &[]*string{resource},
	})
}
