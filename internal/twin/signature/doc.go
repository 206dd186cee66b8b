// Package signature verifies the Signature Version 4 of requests. A request is valid if
// it was signed with the secret key of its access key ID, at most 15 minutes ago, and
// was not changed afterwards.
//
// The package computes the canonical form of requests itself. The SDK's signer can't
// compute it for requests that the SDK would not send, such as one with a signed
// User-Agent, which other clients send. The tests compare the canonical form with that
// of the SDK's signer and with requests recorded from botocore and other clients.
//
// A body is read once, and its hash is computed. The service receives the same bytes
// from [wire.ReadBody]. The body of an S3 request is not read. Its client signs a hash
// that it sends in a header, and package s3 compares the hash with the body while it
// stores the object. The signatures of the chunks of a streamed upload are not verified.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
package signature
