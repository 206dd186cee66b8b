package signature

import (
	"cmp"
	"net/http"

	"github.com/tributary-cdk/tributary/internal/twin/wire"
)

// Reason is why a request is refused.
type Reason int

// The reasons.
const (
	Missing         Reason = iota // nobody signed it
	Malformed                     // what it says of its signature can't be read
	MalformedQuery                // the same, of a presigned URL
	Unsupported                   // it was signed in another way than Version 4
	UnknownKey                    // its access key id is nobody's
	WrongToken                    // its session token isn't that of its access key id
	Mismatch                      // its signature is another than that of what was sent
	HeaderNotSigned               // a header that has to be signed is not
	Skewed                        // it is not of now
	Expired                       // its presigned URL is no longer valid
	NoPayload                     // it doesn't say to S3 what its body is
)

// Refusal is why a request is refused. It never holds a secret, a token or a
// signature.
type Refusal struct {
	Reason  Reason
	Message string
}

// Error returns the message.
func (r *Refusal) Error() string { return r.Message }

// Protocol is how a service talks, which decides about names and numbers of errors.
type Protocol int

// The protocols.
const (
	JSON     Protocol = iota // AWS JSON: a POST, whose operation is in X-Amz-Target
	Query                    // AWS Query: a POST of a form, answered in XML
	RESTJSON                 // paths and JSON, as Lambda
	RESTXML                  // paths and XML, as S3
)

// code is what a refusal is called in each protocol, and S3's HTTP status.
type code struct {
	json, query, s3 string
	s3Status        int
	message         string // unless a Refusal has its own
}

// remedy ends the messages about a key that this twin doesn't know. Mostly it is
// that of an earlier start, which a shell still has.
const remedy = ` Each start of the local twin has its own secret key; set it with: eval "$(tributary local env)"`

// codes returns the names of errors, as the services use them.
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

// For returns the refusal as a service of that protocol words it.
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

// refuse returns a refusal, with AWS's usual message if there is no other.
func refuse(reason Reason, message string) *Refusal {
	message = cmp.Or(message, codes(reason).message)
	return &Refusal{reason, message}
}

func mismatch() *Refusal { return refuse(Mismatch, "") }
