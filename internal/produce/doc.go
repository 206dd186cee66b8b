// Package produce sends records into a Kinesis data stream, a Firehose stream or a
// file: from a source, at a pace, in batches, several of them under way at once.
// What is refused is sent again until it is accepted, the refused records alone;
// and every record is accounted for. When it is told to stop, it generates no more
// but delivers what it has generated.
//
// A stream may get a record twice: when the answer to a batch is lost, nobody
// can know that it was accepted, and it is sent again. None is lost silently.
//
// The requests are made by hand, records straight into the body, and signed by the
// AWS SDK's signer with the credentials that the SDK finds: that is several times
// as fast as the SDK's own way, which describes each record by a few objects first.
//
// Source: https://docs.aws.amazon.com/streams/latest/dev/developing-producers-with-sdk.html
package produce
