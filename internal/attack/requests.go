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

// call is a request that would do something if it were let in.
type call struct {
	name, method, path, service string
	header                      map[string]string
	body                        string
}

const formType = "application/x-www-form-urlencoded"

// calls has one of each service and of each protocol.
func calls() []call {
	json := func(service, version, target, body string) call {
		return call{target, http.MethodPost, "/", service, map[string]string{"Content-Type": "application/x-amz-json-" + version, "X-Amz-Target": target}, body}
	}
	form := func(service, body string) call {
		action, _, _ := strings.Cut(strings.TrimPrefix(body, "Action="), "&")
		return call{service + " " + action, http.MethodPost, "/", service, map[string]string{"Content-Type": formType}, body}
	}
	return []call{
		json("kinesis", "1.1", "Kinesis_20131202.ListStreams", "{}"),
		json("redshift-data", "1.1", "RedshiftData.ListStatements", "{}"),
		json("redshift-serverless", "1.1", "RedshiftServerless.ListWorkgroups", "{}"),
		json("ssm", "1.1", "AmazonSSM.GetParameter", `{"Name": "/cdk-bootstrap/hnb659fds/version"}`),
		form("sts", "Action=GetCallerIdentity&Version=2011-06-15"),
		form("redshift", "Action=DescribeClusters&Version=2012-12-01"),
		form("cloudformation", "Action=DescribeStacks&Version=2010-05-15"),
		{"lambda ListFunctions", http.MethodGet, "/2015-03-31/functions", "lambda", nil, ""},
		{"s3 ListBuckets", http.MethodGet, "/", "s3", nil, ""},
		{"s3 GetObject", http.MethodGet, "/" + assets + "/secret.js", "s3", nil, ""},
		{"s3 PutObject", http.MethodPut, "/" + assets + "/written", "s3", nil, "x"},
		{"status", http.MethodGet, "/_tributary/status", "tributary", nil, ""},
	}
}

// assets is the bucket that the twin has from its start.
const assets = "cdk-hnb659fds-assets-000000000000-us-east-1"

// request returns a call as an unsigned HTTP request.
func (w *world) request(ctx context.Context, c call) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, c.method, w.URL+c.path, strings.NewReader(c.body))
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

// letIn sends a request and reports whether the twin did what it asks for.
func letIn(r *http.Request) (bool, error) {
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(r)
	if err != nil {
		return false, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	// What waits for work at the Runtime API gets nothing until its client gives up.
	return resp.StatusCode < 300 && !bytes.Contains(body, []byte("AccessDenied")), err
}

// sign signs a request with credentials.
func sign(r *http.Request, c aws.Credentials, service, body string, at time.Time) error {
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = service == "s3" })
	return signer.SignHTTP(r.Context(), c, r, digest(body), service, "us-east-1", at)
}

func digest(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

// attackRequests sends what another user of the machine could send: unsigned,
// signed with keys that are guessed or another's, changed after its owner signed
// it, and with guessed tokens.
func attackRequests(ctx context.Context, w *world, r *Report) error {
	owner, err := w.AWS.Credentials.Retrieve(ctx)
	if err != nil {
		return err
	}
	if err := w.placeSecret(ctx, owner); err != nil {
		return err
	}
	session, err := sts.NewFromConfig(w.AWS).AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: aws.String(readingRole), RoleSessionName: aws.String("attacked")})
	if err != nil {
		return err
	}
	role := aws.Credentials{
		AccessKeyID: *session.Credentials.AccessKeyId, SecretAccessKey: *session.Credentials.SecretAccessKey, SessionToken: *session.Credentials.SessionToken,
	}
	var errs []error
	for _, c := range calls() {
		errs = append(errs, w.owns(ctx, c, owner))
		for _, s := range strangers(owner, role) {
			in, err := w.tryAs(ctx, c, s)
			errs = append(errs, err)
			r.try(in, "%s, %s", c.name, s.how)
		}
	}
	return errors.Join(append(errs, w.attackTokens(ctx, r, owner))...)
}

// placeSecret puts a script into the bucket of assets.
func (w *world) placeSecret(ctx context.Context, owner aws.Credentials) error {
	put := call{"the owner's PutObject", http.MethodPut, "/" + assets + "/secret.js", "s3", map[string]string{"Content-Type": "text/javascript"}, "window.leaked = true"}
	return w.owns(ctx, put, owner)
}

// owns shows that a call does something for the twin's owner.
func (w *world) owns(ctx context.Context, c call, owner aws.Credentials) error {
	in, err := w.tryAs(ctx, c, stranger{how: "signed by the owner", credentials: &owner})
	if err == nil && !in && c.service != "tributary" {
		err = fmt.Errorf("%s: the owner is refused, too", c.name)
	}
	return err
}

// stranger is somebody who sends a call.
type stranger struct {
	how         string
	credentials *aws.Credentials // nil: the call is unsigned
	at          time.Duration    // how far from now it is signed
	after       func(*http.Request)
}

// strangers are those who haven't the key, and those who change what its owner has
// signed.
func strangers(owner, role aws.Credentials) []stranger {
	key := func(id, secret, token string) *aws.Credentials {
		return &aws.Credentials{AccessKeyID: id, SecretAccessKey: secret, SessionToken: token}
	}
	return []stranger{
		{how: "unsigned"},
		{how: "signed with the secret that every twin had", credentials: key(owner.AccessKeyID, "local", "")},
		{how: "signed with a key of somebody's own", credentials: key("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "")},
		{how: "signed with a role's id and no token", credentials: key(role.AccessKeyID, role.SecretAccessKey, "")},
		{how: "signed with a role's id and another secret", credentials: key(role.AccessKeyID, "local", role.SessionToken)},
		{how: "signed with a role's id and another token", credentials: key(role.AccessKeyID, role.SecretAccessKey, "x")},
		{how: "signed by the owner an hour ago", credentials: &owner, at: -time.Hour},
		{how: "signed by the owner for another query", credentials: &owner, after: func(r *http.Request) { r.URL.RawQuery = "a=b" }},
		{how: "signed by the owner for another header", credentials: &owner, after: func(r *http.Request) {
			r.Header.Set("X-Amz-Date", time.Now().Add(time.Minute).UTC().Format("20060102T150405Z"))
		}},
		{how: "with a signature that is cut off", credentials: &owner, after: func(r *http.Request) {
			r.Header.Set("Authorization", strings.TrimRight(r.Header.Get("Authorization"), "0123456789abcdef"))
		}},
		{how: "signed in the query", credentials: nil, after: func(r *http.Request) {
			r.URL.RawQuery = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-SignedHeaders=host&X-Amz-Signature=0&X-Amz-Expires=600&X-Amz-Date=" +
				time.Now().UTC().Format("20060102T150405Z") + "&X-Amz-Credential=" + url.QueryEscape(owner.AccessKeyID+"/20261101/us-east-1/redshift/aws4_request")
		}},
	}
}

// tryAs sends a call as somebody, and reports whether it did something.
func (w *world) tryAs(ctx context.Context, c call, s stranger) (bool, error) {
	r, err := w.request(ctx, c)
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
	return letIn(r)
}

// attackTokens guesses what stands for a signature where nothing can be signed, and
// uses presigned URLs for what they weren't made for.
func (w *world) attackTokens(ctx context.Context, r *Report, owner aws.Credentials) error {
	for _, c := range []call{
		{"the Runtime API's next invocation", http.MethodGet, "/_tributary/lambda/0/2018-06-01/runtime/invocation/next", "", nil, ""},
		{"the Runtime API's next invocation, with no token", http.MethodGet, "/_tributary/lambda//2018-06-01/runtime/invocation/next", "", nil, ""},
		{"a response of an invocation", http.MethodPost, "/_tributary/lambda/0/2018-06-01/runtime/invocation/1/response", "", nil, "{}"},
		{"an answer of a custom resource", http.MethodPut, "/_tributary/cloudformation-response/0", "", nil, "{}"},
		{"an answer of a custom resource, with no token", http.MethodPut, "/_tributary/cloudformation-response/", "", nil, "{}"},
		{"a function's log", http.MethodGet, "/_tributary/logs/f", "", nil, ""},
	} {
		req, err := w.request(ctx, c)
		if err != nil {
			return err
		}
		in, err := letIn(req)
		if err != nil {
			return err
		}
		r.try(in, "%s", c.name)
	}
	return w.attackPresigned(ctx, r, owner)
}

// attackPresigned changes a URL that the owner has presigned for one object, and
// presigns for services that take none.
func (w *world) attackPresigned(ctx context.Context, r *Report, owner aws.Credentials) error {
	get, err := w.presign(ctx, owner, "s3", "/"+assets+"/secret.js?X-Amz-Expires=900")
	if err != nil {
		return err
	}
	changed := []call{
		{name: "a presigned GET as a PUT", method: http.MethodPut, path: get},
		{name: "a presigned GET of another key", method: http.MethodGet, path: strings.Replace(get, "secret.js", "written", 1)},
		{name: "a presigned GET, for longer", method: http.MethodGet, path: strings.Replace(get, "X-Amz-Expires=900", "X-Amz-Expires=9000", 1)},
		{name: "a presigned GET, for ever", method: http.MethodGet, path: strings.Replace(get, "X-Amz-Expires=900&", "", 1)},
	}
	for _, service := range []string{"redshift", "sts", "cloudformation"} {
		action := map[string]string{"redshift": "DescribeClusters&Version=2012-12-01", "sts": "GetCallerIdentity&Version=2011-06-15", "cloudformation": "DescribeStacks&Version=2010-05-15"}[service]
		signed, err := w.presign(ctx, owner, service, "/?X-Amz-Expires=900&Action="+action)
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
		in, err := letIn(req)
		if err != nil {
			return err
		}
		r.try(in, "%s", c.name)
	}
	if in, err := w.usePresigned(ctx, get); err != nil || !in {
		return fmt.Errorf("a presigned GET as it is: refused, %w", err)
	}
	_, err = kinesis.NewFromConfig(w.AWS).ListStreams(ctx, nil) // it has survived all of that
	return err
}

// presign returns a URL that the owner has signed, for a quarter of an hour.
func (w *world) presign(ctx context.Context, owner aws.Credentials, service, path string) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.URL+path, nil)
	if err != nil {
		return "", err
	}
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = service == "s3" })
	signed, _, err := signer.PresignHTTP(ctx, owner, r, "UNSIGNED-PAYLOAD", service, "us-east-1", time.Now())
	return signed, err
}

// usePresigned reports whether a presigned URL can be read.
func (w *world) usePresigned(ctx context.Context, signed string) (bool, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, signed, nil)
	if err != nil {
		return false, err
	}
	return letIn(r)
}
