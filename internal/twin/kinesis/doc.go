// Package kinesis is the local twin's Amazon Kinesis Data Streams: streams of
// records in memory, and the AWS API over them.
//
// [Store] holds the streams. The rest of the twin makes streams in it and reads
// records from it; [Store.Handler] answers the calls which the AWS SDKs and the
// AWS CLI make. What is imitated: on-demand and provisioned streams, shards over
// even hash key ranges, sequence numbers, arrival timestamps, retention, shard
// iterators which expire, and AWS's refusals. What isn't: shards never split or
// merge, throughput isn't limited (see [Faults]), a stream is active at once,
// and there are no consumers with enhanced fan-out. An operation or a parameter
// which isn't imitated is refused by name.
//
// Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/Welcome.html
package kinesis
