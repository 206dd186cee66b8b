// Package ingestion holds the construct that most apps import: it makes a
// Kinesis stream queryable in a Redshift warehouse, by an IAM role, an external
// schema and streaming views.
//
// Where CDK wants a construct, as a scope or a dependency, pass an Ingestion's
// field Construct: jsii knows that one, and not the struct around it.
package ingestion
