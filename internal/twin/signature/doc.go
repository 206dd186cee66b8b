// Package signature verifies Signature Version 4, with which AWS's clients sign
// their requests: a request passes only if it was signed with the secret key that
// belongs to its access key id, a short time ago, and hasn't been changed since.
//
// It makes the canonical form itself. The SDK's signer can't sign what it would
// not have sent, such as a User-Agent that other clients sign, and a service must
// verify what was sent. The tests hold the form against the SDK's signer and
// against botocore's.
//
// A body is read once: its bytes are hashed and kept for the service, which gets
// them by [wire.ReadBody]. A body for S3 is not read. There the client signs a hash
// that it sends in a header, and S3 compares the body with it while it stores it.
// The signatures of the chunks of a streamed upload to S3 are not verified.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
package signature
