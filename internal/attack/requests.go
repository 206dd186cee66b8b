package attack

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// call is a request that has an effect, or returns data, if the twin accepts it.
type call struct {
	name, method, path, service string
	header                      map[string]string
	body                        string
}

// formType is the content type of form requests.
const formType = "application/x-www-form-urlencoded"

// calls returns at least one call for each service and each protocol.
func calls() []call {
	jsonCall := func(service, version, target, body string) call {
		return call{target, http.MethodPost, "/", service, map[string]string{"Content-Type": "application/x-amz-json-" + version, "X-Amz-Target": target}, body}
	}
	formCall := func(service, body string) call {
		action, _, _ := strings.Cut(strings.TrimPrefix(body, "Action="), "&")
		return call{service + " " + action, http.MethodPost, "/", service, map[string]string{"Content-Type": formType}, body}
	}
	return []call{
		jsonCall("kinesis", "1.1", "Kinesis_20131202.ListStreams", "{}"),
		jsonCall("redshift-data", "1.1", "RedshiftData.ListStatements", "{}"),
		jsonCall("redshift-serverless", "1.1", "RedshiftServerless.ListWorkgroups", "{}"),
		jsonCall("ssm", "1.1", "AmazonSSM.GetParameter", `{"Name": "/cdk-bootstrap/hnb659fds/version"}`),
		formCall("sts", "Action=GetCallerIdentity&Version=2011-06-15"),
		formCall("redshift", "Action=DescribeClusters&Version=2012-12-01"),
		formCall("cloudformation", "Action=DescribeStacks&Version=2010-05-15"),
		{"lambda ListFunctions", http.MethodGet, "/2015-03-31/functions", "lambda", nil, ""},
		{"s3 ListBuckets", http.MethodGet, "/", "s3", nil, ""},
		{"s3 GetObject", http.MethodGet, "/" + assets + "/secret.js", "s3", nil, ""},
		{"s3 PutObject", http.MethodPut, "/" + assets + "/written", "s3", nil, "x"},
		{"status", http.MethodGet, "/_tributary/status", "tributary", nil, ""},
	}
}

// assets is the bucket that exists in every twin.
const assets = "cdk-hnb659fds-assets-000000000000-us-east-1"

// request returns a call as an unsigned HTTP request.
func (tw *attackedTwin) request(ctx context.Context, c call) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, c.method, tw.URL+c.path, strings.NewReader(c.body))
	if err != nil {
		return nil, err
	}
	for name, value := range c.header {
		r.Header.Set(name, value)
	}
	if c.service == "s3" {
		r.Header.Set("X-Amz-Content-Sha256", digest(c.body))
	}
	return r, nil
}

// accepted sends a request and reports whether the twin executed it.
func accepted(r *http.Request) (bool, error) {
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(r)
	if err != nil {
		return false, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	// Some services report a denied request with status 200 and an error in the body.
	return resp.StatusCode < 300 && !bytes.Contains(body, []byte("AccessDenied")), err
}

// sign signs a request with credentials.
func sign(r *http.Request, c aws.Credentials, service, body string, at time.Time) error {
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = service == "s3" })
	return signer.SignHTTP(r.Context(), c, r, digest(body), service, "us-east-1", at)
}

// digest returns the hex-encoded SHA-256 hash of body.
func digest(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

// attackRequests sends requests that another user of the machine could send: unsigned
// ones, ones signed with guessed or other keys, ones that were changed after the owner
// signed them, and ones with guessed tokens.
func attackRequests(ctx context.Context, tw *attackedTwin, r *Report) error {
	owner, err := tw.AWS.Credentials.Retrieve(ctx)
	if err != nil {
		return err
	}
	if err := tw.putScript(ctx, owner); err != nil {
		return err
	}
	session, err := sts.NewFromConfig(tw.AWS).AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: aws.String(readingRole), RoleSessionName: aws.String("attacked")})
	if err != nil {
		return err
	}
	role := aws.Credentials{
		AccessKeyID: *session.Credentials.AccessKeyId, SecretAccessKey: *session.Credentials.SecretAccessKey, SessionToken: *session.Credentials.SessionToken,
	}
	var errs []error
	for _, c := range calls() {
		errs = append(errs, tw.requireOwnerAccess(ctx, c, owner))
		for _, s := range invalidSignings(owner, role) {
			succeeded, err := tw.send(ctx, c, s)
			errs = append(errs, err)
			r.add(succeeded, "%s, %s", c.name, s.how)
		}
	}
	return errors.Join(append(errs, tw.attackTokens(ctx, r, owner))...)
}

// putScript puts a script into the bucket assets.
func (tw *attackedTwin) putScript(ctx context.Context, owner aws.Credentials) error {
	put := call{"the owner's PutObject", http.MethodPut, "/" + assets + "/secret.js", "s3", map[string]string{"Content-Type": "text/javascript"}, "window.leaked = true"}
	return tw.requireOwnerAccess(ctx, put, owner)
}

// requireOwnerAccess returns an error unless the twin accepts the call from its owner.
func (tw *attackedTwin) requireOwnerAccess(ctx context.Context, c call, owner aws.Credentials) error {
	succeeded, err := tw.send(ctx, c, signing{how: "signed by the owner", credentials: &owner})
	if err == nil && !succeeded && c.service != "tributary" {
		err = fmt.Errorf("%s: the twin refused the owner's call", c.name)
	}
	return err
}

// signing describes how a call is signed.
type signing struct {
	how         string
	credentials *aws.Credentials    // nil for an unsigned call
	at          time.Duration       // the signature's time, relative to now
	after       func(*http.Request) // changes the signed request; may be nil
}

// invalidSignings returns signings that the twin must refuse: without the owner's key, or
// with a request that is changed after the owner signed it.
func invalidSignings(owner, role aws.Credentials) []signing {
	key := func(id, secret, token string) *aws.Credentials {
		return &aws.Credentials{AccessKeyID: id, SecretAccessKey: secret, SessionToken: token}
	}
	return []signing{
		{how: "unsigned"},
		{how: "signed with the fixed secret of early versions", credentials: key(owner.AccessKeyID, "local", "")},
		{how: "signed with another AWS key", credentials: key("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "")},
		{how: "signed with a role's ID and no token", credentials: key(role.AccessKeyID, role.SecretAccessKey, "")},
		{how: "signed with a role's ID and another secret", credentials: key(role.AccessKeyID, "local", role.SessionToken)},
		{how: "signed with a role's ID and another token", credentials: key(role.AccessKeyID, role.SecretAccessKey, "x")},
		{how: "signed by the owner an hour ago", credentials: &owner, at: -time.Hour},
		{how: "signed by the owner for another query", credentials: &owner, after: func(r *http.Request) { r.URL.RawQuery = "a=b" }},
		{how: "signed by the owner for another header", credentials: &owner, after: func(r *http.Request) {
			r.Header.Set("X-Amz-Date", time.Now().Add(time.Minute).UTC().Format("20060102T150405Z"))
		}},
		{how: "with an empty signature", credentials: &owner, after: func(r *http.Request) {
			r.Header.Set("Authorization", strings.TrimRight(r.Header.Get("Authorization"), "0123456789abcdef"))
		}},
		{how: "signed in the query", credentials: nil, after: func(r *http.Request) {
			r.URL.RawQuery = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-SignedHeaders=host&X-Amz-Signature=0&X-Amz-Expires=600&X-Amz-Date=" +
				time.Now().UTC().Format("20060102T150405Z") + "&X-Amz-Credential=" + url.QueryEscape(owner.AccessKeyID+"/20261101/us-east-1/redshift/aws4_request")
		}},
	}
}

// send signs and sends a call, and reports whether the twin executed it.
func (tw *attackedTwin) send(ctx context.Context, c call, s signing) (bool, error) {
	r, err := tw.request(ctx, c)
	if err != nil {
		return false, err
	}
	if s.credentials != nil {
		if err := sign(r, *s.credentials, c.service, c.body, time.Now().Add(s.at)); err != nil {
			return false, err
		}
	}
	if s.after != nil {
		s.after(r)
	}
	return accepted(r)
}

// attackTokens sends requests with guessed tokens to paths that use a token instead of a
// signature. Then it runs attackPresigned.
func (tw *attackedTwin) attackTokens(ctx context.Context, r *Report, owner aws.Credentials) error {
	for _, c := range []call{
		{"the Runtime API's next invocation", http.MethodGet, "/_tributary/lambda/0/2018-06-01/runtime/invocation/next", "", nil, ""},
		{"the Runtime API's next invocation, with no token", http.MethodGet, "/_tributary/lambda//2018-06-01/runtime/invocation/next", "", nil, ""},
		{"a response of an invocation", http.MethodPost, "/_tributary/lambda/0/2018-06-01/runtime/invocation/1/response", "", nil, "{}"},
		{"a response of a custom resource", http.MethodPut, "/_tributary/cloudformation-response/0", "", nil, "{}"},
		{"a response of a custom resource, with no token", http.MethodPut, "/_tributary/cloudformation-response/", "", nil, "{}"},
		{"a function's log", http.MethodGet, "/_tributary/logs/f", "", nil, ""},
	} {
		req, err := tw.request(ctx, c)
		if err != nil {
			return err
		}
		succeeded, err := accepted(req)
		if err != nil {
			return err
		}
		r.add(succeeded, "%s", c.name)
	}
	return tw.attackPresigned(ctx, r, owner)
}

// attackPresigned changes a URL that the owner has presigned for one S3 object. It also
// uses presigned URLs of services that must not accept them.
func (tw *attackedTwin) attackPresigned(ctx context.Context, r *Report, owner aws.Credentials) error {
	get, err := tw.presign(ctx, owner, "s3", "/"+assets+"/secret.js?X-Amz-Expires=900")
	if err != nil {
		return err
	}
	changed := []call{
		{name: "a presigned GET as a PUT", method: http.MethodPut, path: get},
		{name: "a presigned GET of another key", method: http.MethodGet, path: strings.Replace(get, "secret.js", "written", 1)},
		{name: "a presigned GET with a later expiry", method: http.MethodGet, path: strings.Replace(get, "X-Amz-Expires=900", "X-Amz-Expires=9000", 1)},
		{name: "a presigned GET with no expiry", method: http.MethodGet, path: strings.Replace(get, "X-Amz-Expires=900&", "", 1)},
	}
	for _, service := range []string{"redshift", "sts", "cloudformation"} {
		action := map[string]string{"redshift": "DescribeClusters&Version=2012-12-01", "sts": "GetCallerIdentity&Version=2011-06-15", "cloudformation": "DescribeStacks&Version=2010-05-15"}[service]
		signed, err := tw.presign(ctx, owner, service, "/?X-Amz-Expires=900&Action="+action)
		if err != nil {
			return err
		}
		changed = append(changed, call{name: "a presigned GET of " + service, method: http.MethodGet, path: signed})
	}
	for _, c := range changed {
		req, err := http.NewRequestWithContext(ctx, c.method, c.path, nil)
		if err != nil {
			return err
		}
		succeeded, err := accepted(req)
		if err != nil {
			return err
		}
		r.add(succeeded, "%s", c.name)
	}
	if succeeded, err := tw.usePresigned(ctx, get); err != nil || !succeeded {
		return fmt.Errorf("the twin refused an unchanged presigned GET: %w", err)
	}
	_, err = kinesis.NewFromConfig(tw.AWS).ListStreams(ctx, nil) // the twin must still work
	return err
}

// presign returns a presigned GET URL for a path, signed by the owner.
func (tw *attackedTwin) presign(ctx context.Context, owner aws.Credentials, service, path string) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, tw.URL+path, nil)
	if err != nil {
		return "", err
	}
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = service == "s3" })
	signed, _, err := signer.PresignHTTP(ctx, owner, r, "UNSIGNED-PAYLOAD", service, "us-east-1", time.Now())
	return signed, err
}

// usePresigned reports whether the twin accepts a GET of a presigned URL.
func (tw *attackedTwin) usePresigned(ctx context.Context, signed string) (bool, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, signed, nil)
	if err != nil {
		return false, err
	}
	return accepted(r)
}
