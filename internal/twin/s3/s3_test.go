package s3_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin/s3"
)

// newStore returns a store with the bucket "assets", and the directory of the objects'
// files.
func newStore(t *testing.T) (*s3.Store, string) {
	t.Helper()
	dir := t.TempDir()
	clock := func() time.Time { return time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC) }
	return s3.New(s3.Options{Region: "us-east-1", Account: "000000000000", Dir: dir, Clock: clock}, "assets"), dir
}

// call is a request and the expected response.
type call struct {
	method, target string
	host           string // empty means 127.0.0.1:4700
	header         map[string]string
	body           string
	status         int
	want           string // a regular expression of the response's body
	wantHeader     map[string]string
}

// run sends the request and checks the response.
func (c call) run(t *testing.T, s *s3.Store) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), c.method, c.target, strings.NewReader(c.body))
	r.Host = "127.0.0.1:4700"
	if c.host != "" {
		r.Host = c.host
	}
	for name, value := range c.header {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != c.status || !regexp.MustCompile(c.want).MatchString(w.Body.String()) {
		t.Errorf("%s %s: got %d %s\nwant %d %s", c.method, c.target, w.Code, w.Body, c.status, c.want)
	}
	for name, want := range c.wantHeader {
		got := w.Header().Get(name)
		if name == strings.ToLower(name) { // the name must be lower case in the response, too
			got = strings.Join(w.Header()[name], ",")
		}
		if got != want {
			t.Errorf("%s %s: header %s: got %q, want %q", c.method, c.target, name, got, want)
		}
	}
	return w
}

// sha returns the SHA-256 hash of a text, in base64.
func sha(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// chunked encodes a body as aws-chunked.
func chunked(trailer string, chunks ...string) string {
	var b strings.Builder
	for _, c := range append(chunks, "") {
		if c == "" {
			b.WriteString("0\r\n")
			break
		}
		fmt.Fprintf(&b, "%x\r\n%s\r\n", len(c), c)
	}
	b.WriteString(trailer + "\r\n\r\n")
	return b.String()
}

func TestServeHTTP(t *testing.T) {
	t.Parallel()
	streaming := map[string]string{
		"X-Amz-Content-Sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "Content-Encoding": "aws-chunked",
		"X-Amz-Trailer": "x-amz-checksum-sha256",
	}
	tests := map[string][]call{
		"put, head, get, delete": {
			{method: "PUT", target: "/assets/a/b.zip?x-id=PutObject", header: map[string]string{"Content-Type": "application/zip", "X-Amz-Meta-Who": "me"}, body: "hello", status: 200, wantHeader: map[string]string{"ETag": `"5d41402abc4b2a76b9719d911017c592"`}},
			{method: "HEAD", target: "/assets/a/b.zip", status: 200, want: "^$", wantHeader: map[string]string{"Content-Length": "5", "Content-Type": "application/zip", "x-amz-meta-who": "me"}},
			{method: "GET", target: "/assets/a/b.zip", status: 200, want: "^hello$", wantHeader: map[string]string{"Last-Modified": "Sun, 01 Nov 2026 12:00:00 GMT"}},
			{method: "GET", target: "/assets/a/b.zip", header: map[string]string{"Range": "bytes=1-2"}, status: 206, want: "^el$"},
			{method: "DELETE", target: "/assets/a/b.zip", status: 204},
			{method: "GET", target: "/assets/a/b.zip", status: 404, want: "<Code>NoSuchKey</Code>.*<Resource>/assets/a/b.zip</Resource>"},
			{method: "HEAD", target: "/assets/a/b.zip", status: 404, want: "^$"},
		},
		"bucket in the host name": {
			{method: "PUT", host: "assets.localhost:4700", target: "/k", body: "x", status: 200},
			{method: "GET", target: "/assets/k", status: 200, want: "^x$"},
			{method: "GET", host: "assets.s3.us-east-1.amazonaws.com", target: "/k", status: 200, want: "^x$"},
			{method: "GET", host: "localhost:4700", target: "/assets/k", status: 200, want: "^x$"},
		},
		"aws-chunked with a checksum in a trailer": {
			{method: "PUT", target: "/assets/k", header: streaming, body: chunked("x-amz-checksum-sha256:"+sha("hello world"), "hello", " world"), status: 200},
			{method: "GET", target: "/assets/k", status: 200, want: "^hello world$", wantHeader: map[string]string{"Content-Encoding": ""}},
			{method: "PUT", target: "/assets/k", header: streaming, body: chunked("x-amz-checksum-sha256:"+sha("other"), "hello"), status: 400, want: "<Code>BadDigest</Code>"},
			{method: "GET", target: "/assets/k", header: map[string]string{"X-Amz-Checksum-Mode": "ENABLED"}, status: 200, want: "^hello world$", wantHeader: map[string]string{"X-Amz-Checksum-Sha256": sha("hello world")}},
			{method: "GET", target: "/assets/k", header: map[string]string{"X-Amz-Checksum-Mode": "ENABLED", "Range": "bytes=0-0"}, status: 206, want: "^h$", wantHeader: map[string]string{"X-Amz-Checksum-Sha256": ""}},
			{method: "PUT", target: "/assets/k", header: streaming, body: "5\r\nhel", status: 400, want: "<Code>IncompleteBody</Code>"},
		},
		"checksums in headers": {
			{method: "PUT", target: "/assets/k", header: map[string]string{"X-Amz-Checksum-Crc32": "NhCmhg=="}, body: "hello", status: 200},
			{method: "PUT", target: "/assets/k", header: map[string]string{"X-Amz-Checksum-Crc64nvme": "M3eFcAZSQlc="}, body: "hello", status: 200},
			{method: "PUT", target: "/assets/k", header: map[string]string{"X-Amz-Checksum-Crc32c": "AAAAAA=="}, body: "hello", status: 400, want: "BadDigest"},
			{method: "PUT", target: "/assets/k", header: map[string]string{"Content-Md5": "XUFAKrxLKna5cZ2REBfFkg=="}, body: "hello", status: 200},
			{method: "PUT", target: "/assets/k", header: map[string]string{"X-Amz-Content-Sha256": strings.Repeat("0", 64)}, body: "hello", status: 400, want: "XAmzContentSHA256Mismatch"},
		},
		"buckets": {
			{method: "GET", target: "/assets?location", status: 200, want: `<LocationConstraint xmlns="[^"]+"></LocationConstraint>`},
			{method: "GET", target: "/assets?encryption", status: 200, want: "<SSEAlgorithm>AES256</SSEAlgorithm>"},
			{method: "HEAD", target: "/assets", status: 200, wantHeader: map[string]string{"X-Amz-Bucket-Region": "us-east-1"}},
			{method: "HEAD", target: "/absent", status: 404},
			{method: "GET", target: "/absent?location", status: 404, want: "<Code>NoSuchBucket</Code>"},
			{method: "PUT", target: "/mine", status: 200},
			{method: "PUT", target: "/Not_A_Name", status: 400, want: "InvalidBucketName"},
			{method: "GET", target: "/", status: 200, want: "<Name>assets</Name>.*<Name>mine</Name>"},
			{method: "PUT", target: "/mine/k", status: 200},
			{method: "DELETE", target: "/mine", status: 409, want: "BucketNotEmpty"},
			{method: "POST", target: "/mine?delete", body: `<Delete><Object><Key>k</Key></Object></Delete>`, status: 200, want: "<Deleted><Key>k</Key></Deleted>"},
			{method: "DELETE", target: "/mine", status: 204},
		},
		"unsupported requests": {
			{method: "GET", target: "/assets?policy", status: 501, want: `the local twin&#39;s s3 does not support the operation &#34;GET bucket\?policy&#34;`},
			{method: "PUT", target: "/assets/k?tagging", status: 501, want: `&#34;PUT object\?tagging&#34;`},
			{method: "PUT", target: "/assets/k", header: map[string]string{"X-Amz-Copy-Source": "/a/b"}, status: 501, want: `header &#34;X-Amz-Copy-Source&#34;`},
			{method: "GET", target: "/assets/k", header: map[string]string{"X-Amz-Expected-Bucket-Owner": "111111111111"}, status: 403, want: "AccessDenied"},
		},
		"If-None-Match": {
			{method: "PUT", target: "/assets/k", header: map[string]string{"If-None-Match": "*"}, body: "1", status: 200},
			{method: "PUT", target: "/assets/k", header: map[string]string{"If-None-Match": "*"}, body: "2", status: 412, want: "PreconditionFailed"},
		},
	}
	for name, calls := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := newStore(t)
			for _, c := range calls {
				c.run(t, s)
			}
		})
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	for _, key := range []string{"a", "b/1", "b/2", "b/c/3", "d e"} {
		if _, err := s.Put("assets", key, strings.NewReader("x"), nil); err != nil {
			t.Fatal(err)
		}
	}
	tests := map[string]struct {
		query string
		want  []string // the keys, the common prefixes, and IsTruncated
	}{
		"all":                        {"", []string{"a", "b/1", "b/2", "b/c/3", "d e", "false"}},
		"prefix":                     {"&prefix=b/", []string{"b/1", "b/2", "b/c/3", "false"}},
		"delimiter":                  {"&delimiter=/", []string{"a", "d e", "b/", "false"}},
		"prefix and delimiter":       {"&prefix=b/&delimiter=/", []string{"b/1", "b/2", "b/c/", "false"}},
		"first page":                 {"&max-keys=2", []string{"a", "b/1", "true"}},
		"second page":                {"&max-keys=2&continuation-token=Yi8x", []string{"b/2", "b/c/3", "true"}},
		"page after a common prefix": {"&delimiter=/&continuation-token=Yi8=", []string{"d e", "false"}},
		"start after":                {"&start-after=b/c/3", []string{"d e", "false"}},
		"encoded keys":               {"&prefix=d&encoding-type=url", []string{"d+e", "false"}},
		"max-keys 0":                 {"&max-keys=0", []string{"false"}},
		"prefix of no key":           {"&prefix=zz", []string{"false"}},
	}
	pattern := regexp.MustCompile(`<Key>([^<]*)</Key>|<CommonPrefixes><Prefix>([^<]*)</Prefix>`)
	truncated := regexp.MustCompile(`<IsTruncated>(\w+)</IsTruncated>`)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := call{method: "GET", target: "/assets?list-type=2" + tt.query, status: 200}.run(t, s).Body.String()
			var got []string
			for _, m := range pattern.FindAllStringSubmatch(body, -1) {
				got = append(got, m[1]+m[2])
			}
			got = append(got, truncated.FindStringSubmatch(body)[1])
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("listing (-want +got):\n%s\n%s", diff, body)
			}
		})
	}
}

// upload starts a multipart upload of a zip and returns the upload's ID.
func upload(t *testing.T, s *s3.Store, key string) string {
	t.Helper()
	start := call{method: "POST", target: "/assets/" + key + "?uploads", header: map[string]string{"Content-Type": "application/zip"}, status: 200}.run(t, s)
	return regexp.MustCompile(`<UploadId>(\w+)</UploadId>`).FindStringSubmatch(start.Body.String())[1]
}

// partList returns the body of a CompleteMultipartUpload request for parts with the
// given entity tags.
func partList(tags ...string) string {
	var list strings.Builder
	for i, tag := range tags {
		fmt.Fprintf(&list, "<Part><PartNumber>%d</PartNumber><ETag>%s</ETag></Part>", i+1, tag)
	}
	return "<CompleteMultipartUpload>" + list.String() + "</CompleteMultipartUpload>"
}

func TestMultipartUpload(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	at := "/assets/big?uploadId=" + upload(t, s, "big")
	first, second := strings.Repeat("a", 5<<20), "end"
	var etags []string
	for i, part := range []string{first, second} {
		w := call{method: "PUT", target: fmt.Sprintf("%s&partNumber=%d", at, i+1), body: part, header: map[string]string{"X-Amz-Checksum-Sha256": sha(part)}, status: 200, wantHeader: map[string]string{"X-Amz-Checksum-Sha256": sha(part)}}.run(t, s)
		etags = append(etags, w.Header().Get("ETag"))
	}
	call{method: "POST", target: at, body: partList(etags[0], `"00"`), status: 400, want: "<Code>InvalidPart</Code>"}.run(t, s)
	call{method: "POST", target: at, body: partList(etags[0], etags[1]), status: 200, want: `<ETag>&#34;\w+-2&#34;</ETag>`}.run(t, s)
	got, err := s.Read("assets", "big", 6<<20)
	if err != nil || !bytes.Equal(got, []byte(first+second)) {
		t.Errorf("got %d bytes, %v, want %d", len(got), err, len(first+second))
	}
	call{method: "GET", target: "/assets/big", header: map[string]string{"Range": "bytes=-3"}, status: 206, want: "^end$", wantHeader: map[string]string{"Content-Type": "application/zip"}}.run(t, s)
	call{method: "DELETE", target: at, status: 404, want: "NoSuchUpload"}.run(t, s)
}

func TestLocate(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ url, bucket, key string }{
		"path style":             {"https://s3.us-east-1.amazonaws.com/assets/a/b.json", "assets", "a/b.json"},
		"virtual-host style":     {"https://assets.s3.us-east-1.amazonaws.com/a/b.json", "assets", "a/b.json"},
		"the twin":               {"http://127.0.0.1:4700/assets/b.json", "assets", "b.json"},
		"a URL without a key":    {"https://s3.us-east-1.amazonaws.com/assets", "", ""},
		"a URL that is not HTTP": {"ftp://s3.amazonaws.com/assets/b", "", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bucket, key, err := s3.Locate(tt.url)
			if (err != nil) != (tt.bucket == "") || err == nil && (bucket != tt.bucket || key != tt.key) {
				t.Errorf("got %q, %q, %v, want %q, %q", bucket, key, err, tt.bucket, tt.key)
			}
		})
	}
}

var _ http.Handler = (*s3.Store)(nil)
