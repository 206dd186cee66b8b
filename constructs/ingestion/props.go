package ingestion

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
	"github.com/tributary-cdk/tributary/constructs/warehouse"
	"github.com/tributary-cdk/tributary/ddl"
)

// Props are the properties of an [Ingestion].
type Props struct {
	// Warehouse is the warehouse in which the external schema and the views are created.
	//
	// Required.
	//
	// Change: creates the external schema and views in the other warehouse; RemovalPolicy
	// determines what happens to the old ones.
	Warehouse warehouse.Warehouse
	// Stream is the stream that the views read: a new or an existing one, in any capacity
	// mode. Its name must be in lower case. If an existing stream is encrypted with a
	// customer managed key, import it with the key (Stream_FromStreamAttributes). A stream
	// of another account needs a StreamRole. A stream of another region is read across
	// regions, if both regions are known at synthesis. The warehouse's network must then
	// have a route to Kinesis in that region, which a new VPC doesn't have.
	//
	// Required, unless Topic is set.
	//
	// Change: replaces the streaming views as their OnReplace determines; another region is
	// refused: give SchemaName and views new names.
	Stream awskinesis.IStream
	// Topic is the Kafka topic that the views read instead of a stream. It was never tested
	// on AWS.
	//
	// Default: none.
	//
	// Change: brokers, role and authentication in place; the topic replaces the
	// streaming views; another MSK cluster is refused: give SchemaName and views new
	// names.
	Topic *Topic
	// StreamRole is a role in the stream's account that may read the stream. Redshift
	// assumes it through the role of the ingestion (Ingestion.Role). The StreamRole must
	// trust that role. It needs these permissions: kinesis:DescribeStreamSummary,
	// GetShardIterator, GetRecords, ListShards and DescribeStream on the stream,
	// kinesis:ListStreams on all resources, and kms:Decrypt on the stream's key. A VPC
	// without internet access may need an endpoint of STS: see
	// warehouse.NetworkProps.STSEndpoint.
	//
	// Default: none. Required for a stream of another account.
	//
	// Change: refused: give SchemaName and views new names.
	StreamRole awsiam.IRole
	// Role is the role that the warehouse assumes to read the stream. An existing role
	// must trust Redshift and have the permissions to read the stream: the ingestion adds
	// none to it.
	//
	// Default: a new role with the permissions that AWS documents; no role for a Topic
	// whose brokers (URI) need no authentication.
	//
	// Change: refused, except for a Topic: give SchemaName and views new names.
	Role awsiam.IRole
	// SchemaName is the name of the external schema through which the database reads the
	// stream. It must be unique among the ingestions into the same database.
	//
	// Required.
	//
	// Change: creates another external schema, and replaces the streaming views.
	SchemaName string
	// SchemaGrants are the database users, groups and roles that may create streaming
	// views of their own through the external schema. To grant the reading of a view, set
	// the view's Grants instead.
	//
	// Default: none.
	//
	// Change: in place, by GRANT and REVOKE.
	SchemaGrants []ddl.Grantee
	// ViewSchemas are the schemas that the deployment creates before the views.
	//
	// Default: none; a schema that a view names must then exist.
	//
	// Change: in place; a schema must be empty before it can be removed.
	ViewSchemas []ddl.Schema
	// Views are the views, which the deployment creates in this order: streaming views,
	// which read the stream of this ingestion, and plain views over them.
	//
	// Required: at least one.
	//
	// Change: see ddl.View.
	Views []ddl.View
	// RemovalPolicy determines what happens to the external schema and the views when they
	// are removed from the stack. A retained view keeps its rows.
	//
	// Default: RETAIN.
	//
	// Change: in place.
	RemovalPolicy awscdk.RemovalPolicy
	// Provider is the Lambda function that runs the DDL.
	//
	// Default: the function that all constructs of the stack share.
	//
	// Change: refused by CloudFormation.
	Provider *ddlprovider.Provider
}

// Topic is a topic of Apache Kafka. Topics follow AWS's documentation, and were never
// tested on AWS.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started-MSK.html
type Topic struct {
	// Name is the name of the topic, in lower case.
	//
	// Required.
	//
	// Change: replaces the streaming views as their OnReplace determines.
	Name string
	// Cluster is the Kafka cluster that has the topic: the ARN of an Amazon MSK cluster,
	// or the brokers of another cluster. The warehouse must reach the brokers: its Network
	// must be in their VPC, or in a VPC with a route to them, and their security group must
	// allow connections from the warehouse.
	//
	// Required.
	//
	// Change: brokers and authentication in place; another MSK cluster is refused.
	Cluster ddl.Kafka
}
