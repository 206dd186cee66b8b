package twin_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/tributary-cdk/tributary/internal/twin"
)

// request is a request to a twin.
type request struct {
	method, path string
	service      string // in the signature's credential scope; empty for an unsigned request
	header       map[string]string
	body         string
	host         string // the Host header; empty for the twin's own address
}

const form = "application/x-www-form-urlencoded"

// owner returns the credentials of a twin's owner.
func owner(s *twin.Server) aws.Credentials {
	return aws.Credentials{AccessKeyID: twin.AccessKeyID, SecretAccessKey: s.Secret()}
}

// send signs a request with the SDK's signer, sends it and returns the response.
func (q request) send(t *testing.T, s *twin.Server, credentials aws.Credentials) (status int, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), q.method, s.URL()+q.path, strings.NewReader(q.body))
	if err != nil {
		t.Fatal(err)
	}
	r.Host = q.host
	for name, value := range q.header {
		r.Header.Set(name, value)
	}
	if q.service != "" {
		sum := sha256.Sum256([]byte(q.body))
		hash := hex.EncodeToString(sum[:])
		if q.service == "s3" {
			r.Header.Set("X-Amz-Content-Sha256", hash)
		}
		err := v4.NewSigner().SignHTTP(t.Context(), credentials, r, hash, q.service, "us-east-1", time.Now(), func(o *v4.SignerOptions) {
			o.DisableURIPathEscaping = q.service == "s3"
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// target returns the header that names an operation in the AWS JSON protocol.
func target(name string) map[string]string { return map[string]string{"X-Amz-Target": name} }

func TestRefusals(t *testing.T) {
	t.Parallel()
	pause := "Action=PauseCluster&ClusterIdentifier=c&Version=2012-12-01"
	formHeader := map[string]string{"Content-Type": form}
	tests := map[string]struct {
		request
		status int
		want   string
	}{
		"a host name rebound to the loopback address": {request{"GET", "/_tributary/status", "tributary", nil, "", "evil.example:4700"}, 403, "use http://127.0.0.1 or http://localhost"},
		"a web page's script":                         {request{"POST", "/_tributary/shutdown", "tributary", map[string]string{"Origin": "https://evil.example"}, "", ""}, 403, "refuses requests from web pages"},
		"a web page's image":                          {request{"GET", "/?" + pause, "redshift", map[string]string{"Sec-Fetch-Site": "cross-site"}, "", ""}, 403, "refuses requests from web pages (Sec-Fetch-Site &#34;cross-site&#34;)"},
		"a web page from this machine":                {request{"GET", "/", "s3", map[string]string{"Sec-Fetch-Site": "same-site"}, "", ""}, 403, "refuses requests from web pages"},
		"a public address as host":                    {request{"GET", "/", "s3", nil, "", "203.0.113.1"}, 403, `refuses requests for the host &#34;203.0.113.1&#34;`},
		"an unsigned query":                           {request{"POST", "/", "", formHeader, pause, ""}, 403, "<Code>MissingAuthenticationToken</Code>"},
		"an unsigned JSON call":                       {request{"POST", "/", "", target("Kinesis_20131202.ListStreams"), "{}", ""}, 400, `"__type":"MissingAuthenticationTokenException"`},
		"an unsigned JSON call of curl":               {request{"POST", "/", "", map[string]string{"X-Amz-Target": "Kinesis_20131202.ListStreams", "Content-Type": form}, "{}", ""}, 400, `"__type":"MissingAuthenticationTokenException"`},
		"credentials in the URL":                      {request{"GET", "/?" + pause + "&X-Amz-Credential=TRIBUTARYLOCAL00000/20261124/us-east-1/redshift/aws4_request", "", nil, "", ""}, 403, "<Code>MissingAuthenticationToken</Code><Message>Credentials in the query string are for presigned URLs of S3 only."},
		"an unsigned object":                          {request{"GET", "/assets/k", "", nil, "", ""}, 403, "<Code>AccessDenied</Code>"},
		"an unsigned status":                          {request{"GET", "/_tributary/status", "", nil, "", ""}, 403, "MissingAuthenticationTokenException"},
		"an unsigned unknown path":                    {request{"GET", "/_tributary/metrics", "", nil, "", ""}, 403, "MissingAuthenticationTokenException"},
		"a path with .. to shutdown":                  {request{"POST", "/_tributary/lambda/%2e%2e/shutdown", "", nil, "", ""}, 404, "the Runtime API has no POST"},
		"shutdown signed for another service":         {request{"POST", "/_tributary/shutdown", "sts", nil, "", ""}, 403, `signed for the service \"tributary\"`},
		"a guessed Runtime API token":                 {request{"GET", "/_tributary/lambda/guessed/2018-06-01/runtime/invocation/next", "", nil, "", ""}, 403, "no such execution environment"},
		"a guessed Runtime API operation":             {request{"GET", "/_tributary/lambda/t0ken/2018-06-01/extension", "", nil, "", ""}, 404, "the Runtime API has no GET /2018-06-01/extension"},
		"a guessed response URL":                      {request{"PUT", "/_tributary/cloudformation-response/guessed", "", nil, "{}", ""}, 403, "this response URL was used already, has expired, or never existed"},
		"a query by GET":                              {request{"GET", "/?" + pause, "redshift", nil, "", ""}, 405, "<Code>MethodNotAllowed</Code><Message>the local twin&#39;s redshift takes POST only, got GET"},
		"a JSON call by GET":                          {request{"GET", "/", "kinesis", target("Kinesis_20131202.ListStreams"), "", ""}, 405, "kinesis takes POST only"},
		"Redshift's action in the URL":                {request{"POST", "/?" + pause, "redshift", formHeader, "", ""}, 400, "<Code>InvalidAction</Code>"},
		"CloudFormation's action in the URL":          {request{"POST", "/?Action=ListStacks", "cloudformation", formHeader, "", ""}, 400, "<Code>InvalidAction</Code>"},
		"STS's action in the URL":                     {request{"POST", "/?Action=GetCallerIdentity", "sts", formHeader, "", ""}, 400, "<Code>InvalidAction</Code>"},
		"an absent bucket below localhost":            {request{"GET", "/k", "s3", nil, "", "assets.localhost:4700"}, 404, "NoSuchBucket"},
		"an unknown service, query protocol":          {request{"POST", "/", "iam", formHeader, "", ""}, 400, "<Message>the local twin has no service &#34;iam&#34;"},
		"an unknown service, JSON protocol":           {request{"POST", "/", "dynamodb", target("DynamoDB_20120810.ListTables"), "", ""}, 400, `has no service \"dynamodb\" (request: POST / DynamoDB_20120810)`},
		"an unknown control path":                     {request{"GET", "/_tributary/metrics", "tributary", nil, "", ""}, 404, "the local twin has no GET /_tributary/metrics"},
		"an address typed in a browser":               {request{"GET", "/_tributary/metrics", "tributary", map[string]string{"Sec-Fetch-Site": "none"}, "", ""}, 404, "has no GET"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := shared.start(t)
			status, body := tt.send(t, s, owner(s))
			if status != tt.status || !strings.Contains(body, tt.want) {
				t.Errorf("got %d %s\nwant %d %s", status, body, tt.status, tt.want)
			}
			if strings.Contains(body, "t0ken") {
				t.Errorf("the response contains the token: %s", body)
			}
		})
	}
}

// TestWrongKeysAreRefused sends each service a request with wrong credentials. The
// service accepts the same request with the owner's credentials.
func TestWrongKeysAreRefused(t *testing.T) {
	t.Parallel()
	s := shared.start(t)
	key := func(id, secret, token string) aws.Credentials {
		return aws.Credentials{AccessKeyID: id, SecretAccessKey: secret, SessionToken: token}
	}
	query := func(action string) request {
		return request{method: "POST", path: "/", header: map[string]string{"Content-Type": form}, body: "Action=" + action}
	}
	services := map[string]struct {
		request
		mismatch, unknown, token string // the error codes for a wrong secret key, key ID and session token
	}{
		"sts":                 {query("GetCallerIdentity"), "SignatureDoesNotMatch", "InvalidClientTokenId", "InvalidClientTokenId"},
		"cloudformation":      {query("ListStacks"), "SignatureDoesNotMatch", "InvalidClientTokenId", "InvalidClientTokenId"},
		"redshift":            {query("DescribeClusters"), "SignatureDoesNotMatch", "InvalidClientTokenId", "InvalidClientTokenId"},
		"kinesis":             {request{method: "POST", path: "/", header: target("Kinesis_20131202.ListStreams"), body: "{}"}, "InvalidSignatureException", "UnrecognizedClientException", "UnrecognizedClientException"},
		"ssm":                 {request{method: "POST", path: "/", header: target("AmazonSSM.GetParameters"), body: "{}"}, "InvalidSignatureException", "UnrecognizedClientException", "UnrecognizedClientException"},
		"redshift-data":       {request{method: "POST", path: "/", header: target("RedshiftData.ListStatements"), body: "{}"}, "InvalidSignatureException", "UnrecognizedClientException", "UnrecognizedClientException"},
		"redshift-serverless": {request{method: "POST", path: "/", header: target("RedshiftServerless.ListWorkgroups"), body: "{}"}, "InvalidSignatureException", "UnrecognizedClientException", "UnrecognizedClientException"},
		"lambda":              {request{method: "GET", path: "/2015-03-31/functions"}, "InvalidSignatureException", "UnrecognizedClientException", "UnrecognizedClientException"},
		"s3":                  {request{method: "GET", path: "/"}, "SignatureDoesNotMatch", "InvalidAccessKeyId", "InvalidToken"},
		"tributary":           {request{method: "GET", path: "/_tributary/status"}, "InvalidSignatureException", "UnrecognizedClientException", "UnrecognizedClientException"},
	}
	for name, tt := range services {
		tt.service = name
		keys := map[string]struct {
			credentials aws.Credentials
			want        string
		}{
			"another twin's secret":    {key(twin.AccessKeyID, "ANOTHERSECRET", ""), tt.mismatch},
			"an unknown access key":    {key("AKIAUNKNOWN", s.Secret(), ""), tt.unknown},
			"an unknown session token": {key(twin.AccessKeyID, s.Secret(), "t0ken"), tt.token},
			"the owner's credentials":  {owner(s), ""},
		}
		for kind, k := range keys {
			t.Run(name+"/"+kind, func(t *testing.T) {
				t.Parallel()
				status, body := tt.send(t, s, k.credentials)
				if k.want == "" {
					if status != http.StatusOK {
						t.Errorf("got %d %s, want 200", status, body)
					}
					return
				}
				if status < 400 || !strings.Contains(body, k.want) || !strings.Contains(body, "tributary local env") {
					t.Errorf("got %d %s\nwant %s and the remedy", status, body, k.want)
				}
				for _, secret := range []string{s.Secret(), "ANOTHERSECRET", "t0ken"} {
					if strings.Contains(body, secret) {
						t.Errorf("the response contains a secret: %s", body)
					}
				}
			})
		}
	}
}

func TestStatusHasNoSecret(t *testing.T) {
	t.Parallel()
	s := shared.start(t)
	status, body := request{method: "GET", path: "/_tributary/status", service: "tributary"}.send(t, s, owner(s))
	if status != http.StatusOK || !json.Valid([]byte(body)) || strings.Contains(body, s.Secret()) {
		t.Errorf("got %d %s, want a status without the secret key", status, body)
	}
}
