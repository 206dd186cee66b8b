package sts_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/account"
	"github.com/tributary-cdk/tributary/internal/twin/signature"
	"github.com/tributary-cdk/tributary/internal/twin/sts"
)

var owner = account.Account{Region: "us-east-1", ID: "000000000000"}

func clock() time.Time { return time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC) }

// root contains the credentials of the account's root user.
var root = sts.Credentials{AccessKeyID: "TRIBUTARYLOCAL00000", SecretAccessKey: "s3cret"}

// post sends a request that is signed with an access key. It returns the status code and
// the body of the response.
func post(t *testing.T, s *sts.Service, accessKeyID string, form url.Values) (int, string) {
	t.Helper()
	ctx := signature.WithSigner(t.Context(), accessKeyID)
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func TestServeHTTP(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		form   url.Values
		status int
		want   string // a regular expression
	}{
		"GetCallerIdentity": {
			url.Values{"Action": {"GetCallerIdentity"}},
			200,
			`<Arn>arn:aws:iam::000000000000:root</Arn>.*<Account>000000000000</Account>`,
		},
		"AssumeRole": {
			url.Values{
				"Action": {"AssumeRole"}, "RoleArn": {"arn:aws:iam::000000000000:role/deploy"},
				"RoleSessionName": {"aws-cdk-me"},
			},
			200,
			`<AccessKeyId>ASIA[0-9A-F]{16}</AccessKeyId>.*<Expiration>2026-11-01T13:00:00Z</Expiration>.*` +
				`<Arn>arn:aws:sts::000000000000:assumed-role/deploy/aws-cdk-me</Arn>`,
		},
		"AssumeRole with two problems": {
			url.Values{"Action": {"AssumeRole"}, "RoleArn": {"deploy"}, "RoleSessionName": {"a b"}},
			400,
			`<Code>ValidationError</Code>.*RoleArn: needs .*, got &#34;deploy&#34;; RoleSessionName: needs .*, got &#34;a b&#34;`,
		},
		"unknown action": {
			url.Values{"Action": {"GetFederationToken"}},
			400,
			`<Code>InvalidAction</Code><Message>the local twin&#39;s sts has no action &#34;GetFederationToken&#34;`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, body := post(t, sts.New(owner, root, clock), root.AccessKeyID, tt.form)
			if status != tt.status || !regexp.MustCompile(tt.want).MatchString(body) {
				t.Errorf("got %d %s\nwant %d %s", status, body, tt.status, tt.want)
			}
		})
	}
}

func TestAssumedRoleIdentity(t *testing.T) {
	t.Parallel()
	s := sts.New(owner, root, clock)
	c := s.Assume("arn:aws:iam::000000000000:role/path/reader", "fn")
	_, got := post(t, s, c.AccessKeyID, url.Values{"Action": {"GetCallerIdentity"}})
	want := "<Arn>arn:aws:sts::000000000000:assumed-role/path/reader/fn</Arn>"
	if !strings.Contains(got, want) {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestAccessKeys(t *testing.T) {
	t.Parallel()
	s := sts.New(owner, root, clock)
	c := s.Assume("arn:aws:iam::000000000000:role/reader", "fn")
	tests := map[string]struct {
		accessKeyID string
		key         signature.Key
		caller      string
		known       bool
	}{
		"key of the root user":  {root.AccessKeyID, signature.Key{Secret: "s3cret"}, "arn:aws:iam::000000000000:root", true},
		"key of a role session": {c.AccessKeyID, signature.Key{Secret: c.SecretAccessKey, Token: c.SessionToken}, "arn:aws:sts::000000000000:assumed-role/reader/fn", true},
		"unknown key":           {"AKIAUNKNOWN", signature.Key{}, "", false},
		"no key":                {"", signature.Key{}, "", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key, known := s.Key(tt.accessKeyID)
			if key != tt.key || known != tt.known {
				t.Errorf("key: got %v, %v, want %v, %v", key, known, tt.key, tt.known)
			}
			caller, known := s.Caller(tt.accessKeyID)
			if caller != tt.caller || known != tt.known {
				t.Errorf("caller: got %q, %v, want %q, %v", caller, known, tt.caller, tt.known)
			}
		})
	}
}

func TestUnknownKeyHasNoIdentity(t *testing.T) {
	t.Parallel()
	status, body := post(t, sts.New(owner, root, clock), "AKIAUNKNOWN", url.Values{"Action": {"GetCallerIdentity"}})
	if want := "<Code>InvalidClientTokenId</Code>"; status != 403 || !strings.Contains(body, want) {
		t.Errorf("got %d %s\nwant 403 with %s", status, body, want)
	}
}

// TestQueryStringIsIgnored checks that parameters are read from the body only.
func TestQueryStringIsIgnored(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/?Action=GetCallerIdentity", nil)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	sts.New(owner, root, clock).ServeHTTP(w, r)
	if want := `has no action &#34;&#34;`; w.Code != 400 || !strings.Contains(w.Body.String(), want) {
		t.Errorf("got %d %s\nwant 400 with %s", w.Code, w.Body, want)
	}
}
