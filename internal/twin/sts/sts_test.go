package sts_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/sts"
)

const account = "000000000000"

func clock() time.Time { return time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC) }

func post(t *testing.T, s *sts.Service, accessKey string, form url.Values) (int, string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+accessKey+"/20261101/us-east-1/sts/aws4_request, Signature=x")
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
		"caller": {
			url.Values{"Action": {"GetCallerIdentity"}},
			200,
			`<Arn>arn:aws:iam::000000000000:root</Arn>.*<Account>000000000000</Account>`,
		},
		"assume": {
			url.Values{
				"Action": {"AssumeRole"}, "RoleArn": {"arn:aws:iam::000000000000:role/deploy"},
				"RoleSessionName": {"aws-cdk-me"},
			},
			200,
			`<AccessKeyId>ASIA[0-9A-F]{16}</AccessKeyId>.*<Expiration>2026-11-01T13:00:00Z</Expiration>.*` +
				`<Arn>arn:aws:sts::000000000000:assumed-role/deploy/aws-cdk-me</Arn>`,
		},
		"assume names every problem": {
			url.Values{"Action": {"AssumeRole"}, "RoleArn": {"deploy"}, "RoleSessionName": {"a b"}},
			400,
			`<Code>ValidationError</Code>.*RoleArn &#34;deploy&#34; is not.*RoleSessionName &#34;a b&#34; is not`,
		},
		"unknown action is refused by name": {
			url.Values{"Action": {"GetFederationToken"}},
			400,
			`<Code>InvalidAction</Code><Message>the local twin&#39;s sts has no action &#34;GetFederationToken&#34;`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, body := post(t, sts.New(account, clock), "TRIBUTARYLOCAL00000", tt.form)
			if status != tt.status || !regexp.MustCompile(tt.want).MatchString(body) {
				t.Errorf("got %d %s\nwant %d %s", status, body, tt.status, tt.want)
			}
		})
	}
}

func TestIssuedKeysAreTheRole(t *testing.T) {
	t.Parallel()
	s := sts.New(account, clock)
	c := s.Assume("arn:aws:iam::000000000000:role/path/reader", "fn")
	_, got := post(t, s, c.AccessKeyID, url.Values{"Action": {"GetCallerIdentity"}})
	want := "<Arn>arn:aws:sts::000000000000:assumed-role/path/reader/fn</Arn>"
	if !strings.Contains(got, want) {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if got, want := s.Caller("AKIAUNKNOWN"), "arn:aws:iam::000000000000:root"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
