package signature

import (
	"cmp"
	"net/http"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// Reason is the reason for which a request is refused.
type Reason int

// The reasons for which a request is refused.
const (
	Missing         Reason = iota // the request has no signature
	Malformed                     // the signature's parameters are invalid
	MalformedQuery                // the signature's parameters in a presigned URL are invalid
	Unsupported                   // the signature is not of Signature Version 4
	UnknownKey                    // the access key ID does not exist
	WrongToken                    // the session token does not belong to the access key ID
	Mismatch                      // the signature is wrong
	HeaderNotSigned               // a header is not signed that must be signed
	Skewed                        // the request's time differs too much from the service's
	Expired                       // the presigned URL has expired
	NoPayload                     // a request to S3 lacks a valid x-amz-content-sha256
)

// Refusal is the error for a request that is refused. It never contains a secret key, a
// token or a signature.
type Refusal struct {
	Reason  Reason
	Message string
}

// Error returns the message.
func (r *Refusal) Error() string { return r.Message }

// Protocol is the protocol of a service. The codes and HTTP statuses of errors depend on
// it.
type Protocol int

// The protocols of AWS's services.
const (
	JSON     Protocol = iota // AWS JSON: a POST with the operation in X-Amz-Target
	Query                    // AWS Query: a POST of a form, with a response in XML
	RESTJSON                 // REST with JSON, as in Lambda
	RESTXML                  // REST with XML, as in S3
)

// code contains what a service responds for a [Reason].
type code struct {
	json, query, s3 string // the error code in JSON protocols, in AWS Query and in S3
	s3Status        int    // the HTTP status of S3
	message         string // the default message
}

// remedy ends the messages for a wrong key. Most often that is a key of an earlier start
// of the twin, which is still in a shell's environment.
const remedy = ` Each start of the local twin has its own secret key; set it with: eval "$(tributary local env)"`

// codes returns what AWS's services respond for a reason.
//
// Source: https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
// Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/CommonErrors.html
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
func codes(r Reason) code {
	switch r {
	case Missing:
		return code{"MissingAuthenticationTokenException", "MissingAuthenticationToken", "AccessDenied", http.StatusForbidden, "Request is missing Authentication Token."}
	case UnknownKey:
		return code{"UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId", http.StatusForbidden, "The security token included in the request is invalid." + remedy}
	case WrongToken:
		return code{"UnrecognizedClientException", "InvalidClientTokenId", "InvalidToken", http.StatusBadRequest, "The security token included in the request is invalid." + remedy}
	case Mismatch:
		return code{"InvalidSignatureException", "SignatureDoesNotMatch", "SignatureDoesNotMatch", http.StatusForbidden, "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method." + remedy}
	case HeaderNotSigned:
		return code{"InvalidSignatureException", "SignatureDoesNotMatch", "AccessDenied", http.StatusForbidden, ""}
	case Skewed:
		return code{"InvalidSignatureException", "SignatureDoesNotMatch", "RequestTimeTooSkewed", http.StatusForbidden, ""}
	case Expired:
		return code{"RequestExpired", "RequestExpired", "AccessDenied", http.StatusForbidden, "Request has expired"}
	case NoPayload:
		return code{"InvalidRequest", "InvalidRequest", "InvalidRequest", http.StatusBadRequest, ""}
	case Unsupported:
		return code{
			"IncompleteSignatureException", "IncompleteSignature", "InvalidRequest", http.StatusBadRequest,
			"The authorization mechanism you have provided is not supported. Please use " + algorithm +
				": AWS CLI 1 and boto3 presign with it by s3.signature_version = s3v4",
		}
	case MalformedQuery:
		return code{"IncompleteSignatureException", "IncompleteSignature", "AuthorizationQueryParametersError", http.StatusBadRequest, ""}
	default: // Malformed
		return code{"IncompleteSignatureException", "IncompleteSignature", "AuthorizationHeaderMalformed", http.StatusBadRequest, ""}
	}
}

// For returns the error response of a service with the given protocol.
func (r *Refusal) For(p Protocol) *wire.Error {
	c := codes(r.Reason)
	switch p {
	case RESTXML:
		return &wire.Error{Status: c.s3Status, Code: c.s3, Message: r.Message}
	case Query:
		return &wire.Error{Status: http.StatusForbidden, Code: c.query, Message: r.Message}
	case RESTJSON:
		return &wire.Error{Status: http.StatusForbidden, Code: c.json, Message: r.Message}
	}
	return &wire.Error{Status: http.StatusBadRequest, Code: c.json, Message: r.Message}
}

// refuse returns a refusal. An empty message means the reason's default message.
func refuse(reason Reason, message string) *Refusal {
	message = cmp.Or(message, codes(reason).message)
	return &Refusal{reason, message}
}

func mismatch() *Refusal { return refuse(Mismatch, "") }
