// Package produce sends records from a source to a Kinesis data stream, a Firehose
// stream or a file. It follows a pace, sends batches, and keeps several batches in
// flight. It sends refused records again, and only those, until they are accepted. It
// counts every record. When its context ends, it generates no more records and delivers
// those that it has generated.
//
// A stream may get a record twice. If the response to a call is lost, the producer can't
// know whether the records were accepted, so it sends them again. No record is lost
// without being counted.
//
// The package builds the HTTP requests itself: it writes records directly into the
// request body, and signs the request with the AWS SDK's signer and the credentials that
// the SDK finds. The SDK's own client is slower, because it first allocates several
// objects for each record.
//
// Source: https://docs.aws.amazon.com/streams/latest/dev/developing-producers-with-sdk.html
package produce
