package ingestion

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"

	"github.com/tributary-cdk/tributary/constructs/ddlprovider"
	"github.com/tributary-cdk/tributary/constructs/warehouse"
	"github.com/tributary-cdk/tributary/ddl"
)

// Props says what [New] defines.
type Props struct {
	// Warehouse is where the views are made.
	//
	// Required.
	//
	// Change: makes the external schema and views in the other warehouse; the old ones
	// go as RemovalPolicy says.
	Warehouse warehouse.Warehouse
	// Stream is what the views read: a new stream or one that exists, of any mode. Its
	// name has to be in lower case. One that is encrypted with a customer's key has to
	// know the key (Stream_FromStreamAttributes), one of another account needs a
	// StreamRole, and one of another region is read from there, if both regions are
	// known and the warehouse's network has a way there: a new VPC has none.
	//
	// Required, unless Topic is set.
	//
	// Change: replaces the streaming views, as their OnReplace says; another region is
	// refused: give SchemaName and views new names.
	Stream awskinesis.IStream
	// Topic is the Kafka topic that the views read instead. It has never been tried.
	//
	// Default: none.
	//
	// Change: brokers, role and authentication in place; the topic replaces the
	// streaming views; another MSK cluster is refused: give SchemaName and views new
	// names.
	Topic *Topic
	// StreamRole is the role, in the stream's account, that may read the stream:
	// Redshift comes to it by the ingestion's own role. It has to trust that one
	// (Ingestion.Role) and to have the statements that the ingestion's role has
	// otherwise: kinesis:DescribeStreamSummary, GetShardIterator, GetRecords,
	// ListShards and DescribeStream on the stream, kinesis:ListStreams on all, and
	// kms:Decrypt on its key. In a VPC without a way out it may take an endpoint of STS:
	// see warehouse.NetworkProps.STSEndpoint.
	//
	// Default: none. Required for a stream of another account.
	//
	// Change: refused: give SchemaName and views new names.
	StreamRole awsiam.IRole
	// Role is the role that the warehouse assumes. One that exists has to trust
	// Redshift, and gets no statements: whoever made it sees to them.
	//
	// Default: a new one, which may do what AWS documents for a stream's reader; none
	// for a Topic of brokers (URI) that ask for no authentication.
	//
	// Change: refused, but for a Topic: give SchemaName and views new names.
	Role awsiam.IRole
	// SchemaName is the external schema by which the database reads the stream.
	// No other ingestion into the same database may have the same.
	//
	// Required.
	//
	// Change: makes another external schema, and replaces the streaming views.
	SchemaName string
	// SchemaGrants lists who may make streaming views of their own by the external
	// schema. Who may read a view is among the view's own Grants.
	//
	// Default: nobody.
	//
	// Change: in place, by GRANT and REVOKE.
	SchemaGrants []ddl.Grantee
	// ViewSchemas are made for the views, before them.
	//
	// Default: none; a schema that a view names is there already.
	//
	// Change: in place; one that goes has to be empty.
	ViewSchemas []ddl.Schema
	// Views are the views, made in this order: streaming ones, which read this
	// ingestion's stream, and plain ones over these.
	//
	// Required: at least one.
	//
	// Change: see ddl.View.
	Views []ddl.View
	// RemovalPolicy says what becomes of the external schema and the views when they
	// leave the stack. A view that is retained stays as it is, with its rows.
	//
	// Default: RETAIN.
	//
	// Change: in place.
	RemovalPolicy awscdk.RemovalPolicy
	// Provider runs the DDL.
	//
	// Default: the one that all of the stack's constructs share.
	//
	// Change: refused by CloudFormation.
	Provider *ddlprovider.Provider
}

// Topic is a topic of Apache Kafka. Nothing of it has been tried: it is written
// after AWS's documentation.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started-MSK.html
type Topic struct {
	// Name is the topic's name, in lower case.
	//
	// Required.
	//
	// Change: replaces the streaming views, as their OnReplace says.
	Name string
	// Cluster is the cluster that has it. Of Amazon MSK, that is the ARN; of another
	// one, its brokers. The warehouse has to reach the brokers: it has to be in a Network
	// in their VPC, or in one with a way there, and to be let through to their security
	// group.
	//
	// Required.
	//
	// Change: brokers and authentication in place; another MSK cluster is refused.
	Cluster ddl.Kafka
}
