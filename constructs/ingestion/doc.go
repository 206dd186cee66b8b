// Package ingestion holds the construct that most apps import: it makes a
// Kinesis stream queryable in a Redshift warehouse, by an IAM role, an external
// schema and streaming views.
package ingestion
