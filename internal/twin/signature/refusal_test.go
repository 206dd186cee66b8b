package signature_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin/signature"
)

// replace returns a function that replaces text in the Authorization header.
func replace(old, with string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), old, with, 1))
	}
}

// inQuery returns a function that replaces text in the query string.
func inQuery(old, with string) func(*http.Request) {
	return func(r *http.Request) { r.URL.RawQuery = strings.Replace(r.URL.RawQuery, old, with, 1) }
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	set := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	add := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Add(name, value) }
	}
	remove := func(name string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Del(name) }
	}
	plain := call{body: "{}", header: map[string]string{"X-Amz-Target": "Kinesis_20131202.ListStreams"}}
	object := call{service: "s3", method: "PUT", url: "/assets/k?x-id=PutObject", body: "payload"}
	presigned := call{service: "s3", method: "GET", url: "/assets/k?X-Amz-Expires=60", presigned: true, payload: "UNSIGNED-PAYLOAD"}
	withExpiry := func(expires string) call {
		c := presigned
		c.url = "/assets/k?X-Amz-Expires=" + expires
		return c
	}
	signedAt := func(c call, ago time.Duration) call {
		c.at = noon.Add(-ago)
		return c
	}
	bySession := plain
	bySession.by = session
	tests := map[string]struct {
		call
		change func(*http.Request) // after the request was signed; nil for no change
		want   signature.Reason
	}{
		"an unsigned request":                         {plain, remove("Authorization"), signature.Missing},
		"two Authorization headers":                   {plain, add("Authorization", "AWS4-HMAC-SHA256 x"), signature.Malformed},
		"an empty Authorization header":               {plain, set("Authorization", ""), signature.Unsupported},
		"Signature Version 2":                         {plain, set("Authorization", "AWS TRIBUTARYLOCAL00000:c2ln"), signature.Unsupported},
		"Signature Version 4A":                        {plain, replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"), signature.Unsupported},
		"no Credential":                               {plain, replace("Credential=", "Credentials="), signature.Malformed},
		"two Signatures":                              {plain, replace("Signature=", "Signature=00, Signature="), signature.Malformed},
		"an additional parameter":                     {plain, replace("Signature=", "Region=eu-west-1, Signature="), signature.Malformed},
		"a scope of four parts":                       {plain, replace("/us-east-1/", "/"), signature.Malformed},
		"a scope of six parts":                        {plain, replace("/us-east-1/", "/us-east-1/x/"), signature.Malformed},
		"a scope without a key":                       {plain, replace("TRIBUTARYLOCAL00000", ""), signature.Malformed},
		"another terminator":                          {plain, replace("aws4_request", "aws5_request"), signature.Mismatch},
		"another day in the scope":                    {plain, replace("/20261101/", "/20261102/"), signature.Mismatch},
		"a short day in the scope":                    {plain, replace("/20261101/", "/2026/"), signature.Mismatch},
		"a long day in the scope":                     {plain, replace("/20261101/", "/20261101T120000Z00/"), signature.Mismatch},
		"another region":                              {plain, replace("us-east-1", "eu-west-1"), signature.Mismatch},
		"another service":                             {plain, replace("/kinesis/", "/sts/"), signature.Mismatch},
		"S3 in place of the service":                  {plain, replace("/kinesis/", "/s3/"), signature.NoPayload},
		"no X-Amz-Date":                               {plain, remove("X-Amz-Date"), signature.Malformed},
		"a time in another format":                    {plain, set("X-Amz-Date", "2026-11-01"), signature.Malformed},
		"another time":                                {plain, set("X-Amz-Date", "20261101T120001Z"), signature.Mismatch},
		"a request too old":                           {signedAt(plain, 15*time.Minute+time.Second), nil, signature.Skewed},
		"a request from the future":                   {signedAt(plain, -15*time.Minute-time.Second), nil, signature.Skewed},
		"an unknown access key ID":                    {plain, replace("TRIBUTARYLOCAL00000", "AKIAUNKNOWN"), signature.UnknownKey},
		"a session's access key ID without its token": {plain, replace("TRIBUTARYLOCAL00000", "ASIASESSION"), signature.WrongToken},
		"a token for a key without a session":         {plain, set("X-Amz-Security-Token", token), signature.WrongToken},
		"a session without its token":                 {bySession, remove("X-Amz-Security-Token"), signature.WrongToken},
		"a session with an incomplete token":          {bySession, set("X-Amz-Security-Token", token[:4]), signature.WrongToken},
		"a session with two tokens":                   {bySession, add("X-Amz-Security-Token", token), signature.Malformed},
		"another signature":                           {plain, replace("Signature=", "Signature=00"), signature.Mismatch},
		"no signature":                                {plain, func(r *http.Request) { replace(signatureOf(r), "")(r) }, signature.Mismatch},
		"a signature in upper case":                   {plain, func(r *http.Request) { replace(signatureOf(r), strings.ToUpper(signatureOf(r)))(r) }, signature.Malformed},
		"another body":                                {plain, func(r *http.Request) { r.Body = http.NoBody }, signature.Mismatch},
		"another method":                              {plain, func(r *http.Request) { r.Method = http.MethodPut }, signature.Mismatch},
		"another path":                                {plain, func(r *http.Request) { r.URL.Path = "/x" }, signature.Mismatch},
		"an additional query string":                  {plain, func(r *http.Request) { r.URL.RawQuery = "a=b" }, signature.Mismatch},
		"an invalid query string":                     {plain, func(r *http.Request) { r.URL.RawQuery = "a=b;c" }, signature.Malformed},
		"another host":                                {plain, func(r *http.Request) { r.Host = "localhost:4700" }, signature.Mismatch},
		"an unsigned host":                            {plain, replace("host;", ""), signature.Mismatch},
		"another X-Amz-Target":                        {plain, set("X-Amz-Target", "Kinesis_20131202.DeleteStream"), signature.Mismatch},
		"a second X-Amz-Target":                       {plain, add("X-Amz-Target", "Kinesis_20131202.DeleteStream"), signature.Mismatch},
		"an unsigned X-Amz-Target":                    {plain, replace(";x-amz-target", ""), signature.HeaderNotSigned},
		"an additional X-Amz header":                  {plain, set("X-Amz-Invocation-Type", "Event"), signature.HeaderNotSigned},
		"a signed header that is absent":              {plain, remove("X-Amz-Target"), signature.Mismatch},
		"a signed Content-Length that is absent":      {plain, remove("Content-Length"), signature.Mismatch},
		"SignedHeaders out of order":                  {plain, replace("host;x-amz-date", "x-amz-date;host"), signature.Malformed},
		"a name twice in SignedHeaders":               {plain, replace("host;", "host;host;"), signature.Malformed},
		"SignedHeaders in upper case":                 {plain, replace("host;", "Host;"), signature.Malformed},
		"an object without a hash":                    {object, func(r *http.Request) { replace("x-amz-content-sha256;", "")(r); remove("X-Amz-Content-Sha256")(r) }, signature.NoPayload},
		"an object with an invalid hash":              {object, set("X-Amz-Content-Sha256", "abc"), signature.NoPayload},
		"an object with two hashes":                   {object, add("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD"), signature.NoPayload},
		"an object with another hash":                 {object, set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD"), signature.Mismatch},
		"another key of an object":                    {object, func(r *http.Request) { r.URL.Path = "/assets/l" }, signature.Mismatch},
		"another operation for an object":             {object, inQuery("x-id=PutObject", "uploads"), signature.Mismatch},
		"an additional X-Amz-Copy-Source":             {object, set("X-Amz-Copy-Source", "/a/b"), signature.HeaderNotSigned},
		"presigned with an Authorization header":      {presigned, set("Authorization", "AWS4-HMAC-SHA256 Credential=x"), signature.Malformed},
		"presigned for another service":               {call{service: "redshift", method: "GET", url: "/?Action=PauseCluster&X-Amz-Expires=60", presigned: true}, nil, signature.Missing},
		"presigned with another service in the scope": {presigned, inQuery("%2Fs3%2F", "%2Fsts%2F"), signature.Missing},
		"presigned without a signature":               {presigned, inQuery("X-Amz-Signature", "X-Signature"), signature.MalformedQuery},
		"presigned with two signatures":               {presigned, inQuery("X-Amz-Signature", "X-Amz-Signature=00&X-Amz-Signature"), signature.MalformedQuery},
		"presigned with another signature":            {presigned, inQuery("X-Amz-Signature=", "X-Amz-Signature=00"), signature.Mismatch},
		"presigned by Signature Version 4A":           {presigned, inQuery("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"), signature.Unsupported},
		"presigned by Signature Version 2": {presigned, func(r *http.Request) {
			r.URL.RawQuery = "AWSAccessKeyId=TRIBUTARYLOCAL00000&Signature=c2ln&Expires=1793534460"
		}, signature.Unsupported},
		"presigned with an unknown access key ID": {presigned, inQuery("TRIBUTARYLOCAL00000", "AKIAUNKNOWN"), signature.UnknownKey},
		"presigned with another X-Amz-Expires":    {presigned, inQuery("Expires=60", "Expires=61"), signature.Mismatch},
		"presigned and expired":                   {signedAt(presigned, 61*time.Second), nil, signature.Expired},
		"presigned in the future":                 {signedAt(presigned, -16*time.Minute), nil, signature.Skewed},
		"presigned for more than a week":          {withExpiry("604801"), nil, signature.MalformedQuery},
		"presigned for zero seconds":              {withExpiry("0"), nil, signature.MalformedQuery},
		"presigned without X-Amz-Expires":         {withExpiry(""), nil, signature.MalformedQuery},
		"presigned with an additional header":     {presigned, set("X-Amz-Meta-A", "b"), signature.HeaderNotSigned},
		"presigned with an invalid hash":          {presigned, set("X-Amz-Content-Sha256", "abc"), signature.NoPayload},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := tt.signed(t)
			if tt.change != nil {
				tt.change(r)
			}
			_, _, err := verify(r)
			refusal := new(signature.Refusal)
			if !errors.As(err, &refusal) || refusal.Reason != tt.want {
				t.Fatalf("got %v (%d), want reason %d", err, refusal.Reason, tt.want)
			}
			for _, confidential := range []string{secret, token, signatureOf(r)} {
				if confidential != "" && strings.Contains(refusal.Message, confidential) {
					t.Errorf("the message contains %q: %s", confidential, refusal.Message)
				}
			}
		})
	}
}

// signatureOf returns the signature in a request's header.
func signatureOf(r *http.Request) string {
	_, after, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
	return after
}

func TestRefusalFor(t *testing.T) {
	t.Parallel()
	type response struct {
		status int
		code   string
	}
	protocols := []signature.Protocol{signature.Query, signature.JSON, signature.RESTJSON, signature.RESTXML}
	tests := map[string]struct {
		reason signature.Reason
		want   []response // in the order of protocols
	}{
		"missing":           {signature.Missing, []response{{403, "MissingAuthenticationToken"}, {400, "MissingAuthenticationTokenException"}, {403, "MissingAuthenticationTokenException"}, {403, "AccessDenied"}}},
		"malformed":         {signature.Malformed, []response{{403, "IncompleteSignature"}, {400, "IncompleteSignatureException"}, {403, "IncompleteSignatureException"}, {400, "AuthorizationHeaderMalformed"}}},
		"malformed query":   {signature.MalformedQuery, []response{{403, "IncompleteSignature"}, {400, "IncompleteSignatureException"}, {403, "IncompleteSignatureException"}, {400, "AuthorizationQueryParametersError"}}},
		"unsupported":       {signature.Unsupported, []response{{403, "IncompleteSignature"}, {400, "IncompleteSignatureException"}, {403, "IncompleteSignatureException"}, {400, "InvalidRequest"}}},
		"unknown key":       {signature.UnknownKey, []response{{403, "InvalidClientTokenId"}, {400, "UnrecognizedClientException"}, {403, "UnrecognizedClientException"}, {403, "InvalidAccessKeyId"}}},
		"wrong token":       {signature.WrongToken, []response{{403, "InvalidClientTokenId"}, {400, "UnrecognizedClientException"}, {403, "UnrecognizedClientException"}, {400, "InvalidToken"}}},
		"mismatch":          {signature.Mismatch, []response{{403, "SignatureDoesNotMatch"}, {400, "InvalidSignatureException"}, {403, "InvalidSignatureException"}, {403, "SignatureDoesNotMatch"}}},
		"header not signed": {signature.HeaderNotSigned, []response{{403, "SignatureDoesNotMatch"}, {400, "InvalidSignatureException"}, {403, "InvalidSignatureException"}, {403, "AccessDenied"}}},
		"skewed":            {signature.Skewed, []response{{403, "SignatureDoesNotMatch"}, {400, "InvalidSignatureException"}, {403, "InvalidSignatureException"}, {403, "RequestTimeTooSkewed"}}},
		"expired":           {signature.Expired, []response{{403, "RequestExpired"}, {400, "RequestExpired"}, {403, "RequestExpired"}, {403, "AccessDenied"}}},
		"no payload":        {signature.NoPayload, []response{{403, "InvalidRequest"}, {400, "InvalidRequest"}, {403, "InvalidRequest"}, {400, "InvalidRequest"}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for i, protocol := range protocols {
				refused := (&signature.Refusal{Reason: tt.reason, Message: "why"}).For(protocol)
				if got := (response{refused.Status, refused.Code}); got != tt.want[i] || refused.Message != "why" {
					t.Errorf("protocol %d: got %v %q, want %v", protocol, got, refused.Message, tt.want[i])
				}
			}
		})
	}
}

func TestSkewedMessage(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		ago  time.Duration
		want string
	}{
		"too old": {16 * time.Minute, "Signature expired: 20261101T114400Z is now earlier than 20261101T114500Z (20261101T120000Z - 15 min.)"},
		"too new": {-16 * time.Minute, "Signature not yet current: 20261101T121600Z is still later than 20261101T121500Z (20261101T120000Z + 15 min.)"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := verify(call{at: noon.Add(-tt.ago)}.signed(t))
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
