// Package produce sends records into a Kinesis data stream: from a source, at a
// rate, in batches, several of them under way at once. What the stream refuses
// is sent again until it is accepted, the refused records alone; and every record
// is accounted for. When it is told to stop, it generates no more but delivers
// what it has generated.
//
// A stream may get a record twice: when the answer to a batch is lost, nobody
// can know that it was accepted, and it is sent again. None is lost silently.
//
// Source: https://docs.aws.amazon.com/streams/latest/dev/developing-producers-with-sdk.html
package produce
