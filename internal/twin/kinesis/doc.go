// Package kinesis is the local twin's Amazon Kinesis Data Streams. It keeps streams in
// memory and serves the AWS API for them.
//
// A [Store] contains the streams. Other packages of the twin create streams in it and
// read records from it. [Store.Handler] serves requests of the AWS SDKs and of the AWS
// CLI.
//
// The package implements on-demand and provisioned streams, shards with equal ranges of
// hash keys, sequence numbers, arrival timestamps, retention, shard iterators that
// expire, and AWS's errors. Differences from AWS: shards never split or merge,
// throughput is not limited (but see [Faults]), a new stream is active at once, and
// there are no consumers with enhanced fan-out. For an operation or a parameter that
// the package does not implement, it returns an error that names it.
//
// Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/Welcome.html
package kinesis
