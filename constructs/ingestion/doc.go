// Package ingestion contains the construct that most apps use. It makes a Kinesis stream
// queryable in a Redshift warehouse, by an IAM role, an external schema and streaming
// views.
//
// To pass an Ingestion to CDK as a construct, such as a scope or a dependency, pass its
// field Construct: jsii doesn't know the Go struct that embeds it.
package ingestion
