package s3_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin/s3"
)

// files returns the number of files in a directory.
func files(t *testing.T, dir string) int {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

// TestRefusedUploadsLeaveNoFile checks the errors for invalid uploads, and that no object
// and no file exists afterwards.
func TestRefusedUploadsLeaveNoFile(t *testing.T) {
	t.Parallel()
	streaming := func(pairs ...string) map[string]string { // pairs are names and values of headers
		header := map[string]string{"X-Amz-Content-Sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "X-Amz-Trailer": "x-amz-checksum-sha256"}
		for i := 0; i < len(pairs); i += 2 {
			header[pairs[i]] = pairs[i+1]
		}
		return header
	}
	good := "x-amz-checksum-sha256:" + sha("hello")
	tests := map[string]struct {
		header     map[string]string
		body, want string
	}{
		"a wrong MD5":                               {map[string]string{"Content-Md5": "XUFAKrxLKna5cZ2REBfFkg=="}, "other", "BadDigest"},
		"a wrong SHA-256":                           {map[string]string{"X-Amz-Content-Sha256": strings.Repeat("0", 64)}, "hello", "XAmzContentSHA256Mismatch"},
		"an unsupported checksum":                   {map[string]string{"X-Amz-Checksum-Xxhash3": "AA=="}, "hello", "does not support the checksum &#34;X-Amz-Checksum-Xxhash3&#34;"},
		"a wrong checksum in a trailer":             {streaming(), chunked("x-amz-checksum-sha256:"+sha("other"), "hello"), "BadDigest"},
		"a missing trailer":                         {streaming(), "5\r\nhello\r\n0\r\n\r\n", "MalformedTrailerError.*no x-amz-checksum-sha256"},
		"a trailer that the headers don't announce": {streaming("X-Amz-Trailer", ""), chunked(good, "hello"), "MalformedTrailerError.*x-amz-trailer doesn&#39;t name"},
		"a body longer than declared":               {streaming("X-Amz-Decoded-Content-Length", "4"), chunked(good, "hello"), "IncompleteBody.*has 5 bytes, but its headers declare 4"},
		"a body shorter than declared":              {streaming("X-Amz-Decoded-Content-Length", "6"), chunked(good, "hello"), "IncompleteBody.*has 5 bytes, but its headers declare 6"},
		"a negative length":                         {streaming("X-Amz-Decoded-Content-Length", "-1"), chunked(good, "hello"), "InvalidArgument"},
		"a length greater than 5 GiB":               {streaming("X-Amz-Decoded-Content-Length", "5368709121"), "", "EntityTooLarge"},
		"an end within a chunk":                     {streaming(), "5\r\nhel", "IncompleteBody.*unexpected EOF"},
		"an end between chunks":                     {streaming(), "5\r\nhello\r\n", "IncompleteBody.*unexpected EOF"},
		"a chunk longer than its size":              {streaming(), "3\r\nhello\r\n0\r\n\r\n", "IncompleteBody.*the content of a chunk is longer than the chunk&#39;s size"},
		"a chunk size that is not a number":         {streaming(), "five\r\nhello\r\n", "IncompleteBody.*size of a chunk"},
		"a chunk size beyond int64":                 {streaming(), "ffffffffffffffff\r\nhello\r\n", "IncompleteBody.*value out of range"},
		"a line before a chunk that is too long":    {streaming(), "5;" + strings.Repeat("x", 1<<20), "IncompleteBody.*the line before a chunk has more than 1024 bytes"},
		"trailers that are too long":                {streaming(), "0\r\n" + strings.Repeat("a: b\r\n", 1<<16), "IncompleteBody.*the trailers have more than 8192 bytes"},
		"bytes after the trailers":                  {streaming(), chunked(good, "hello") + "more", "IncompleteBody.*further bytes after the trailers"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, dir := newStore(t)
			tt.want = "(?s)" + tt.want
			status := http.StatusBadRequest
			if strings.Contains(tt.want, "does not support") {
				status = http.StatusNotImplemented
			}
			call{method: "PUT", target: "/assets/k", header: tt.header, body: tt.body, status: status, want: tt.want}.run(t, s)
			if _, err := s.Object("assets", "k"); err == nil {
				t.Error("the object exists")
			}
			if n := files(t, dir); n != 0 {
				t.Errorf("got %d files, want 0", n)
			}
		})
	}
}

// TestImpossibleUploadsAreNotRead checks that the body of an upload is not read if the
// upload can't succeed.
func TestImpossibleUploadsAreNotRead(t *testing.T) {
	t.Parallel()
	s, dir := newStore(t)
	if _, err := s.Put("assets", "taken", strings.NewReader("x"), nil); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct{ target, want string }{
		"absent bucket":                   {"/absent/k", "NoSuchBucket"},
		"absent upload":                   {"/assets/k?partNumber=1&uploadId=x", "NoSuchUpload"},
		"invalid part number":             {"/assets/k?partNumber=10001&uploadId=x", "InvalidArgument"},
		"existing key with If-None-Match": {"/assets/taken", "PreconditionFailed"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := &counter{}
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPut, tt.target, io.LimitReader(body, 1<<30))
			r.Host = "127.0.0.1:4700"
			r.Header.Set("If-None-Match", "*")
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if !strings.Contains(w.Body.String(), tt.want) || body.read != 0 {
				t.Errorf("got %s after %d bytes were read, want %s after 0", w.Body, body.read, tt.want)
			}
			if n := files(t, dir); n != 1 {
				t.Errorf("got %d files, want the one of the existing key", n)
			}
		})
	}
}

// counter is an endless reader that counts the bytes that are read.
type counter struct{ read int64 }

func (c *counter) Read(p []byte) (int, error) {
	c.read += int64(len(p))
	return len(p), nil
}

// TestFilesAreRemoved checks after each step that only the files of objects and of parts
// of uploads exist.
func TestFilesAreRemoved(t *testing.T) {
	t.Parallel()
	s, dir := newStore(t)
	start := func(key string) string { return "/assets/" + key + "?uploadId=" + upload(t, s, key) }
	part := func(at string, number int, body string) string {
		return call{method: "PUT", target: fmt.Sprintf("%s&partNumber=%d", at, number), body: body, status: 200}.run(t, s).Header().Get("ETag")
	}
	complete := func(at, tag string) {
		call{method: "POST", target: at, body: partList(tag), status: 200}.run(t, s)
	}
	var first, second string
	steps := []struct {
		name string
		do   func()
		want int // number of files after the step
	}{
		{"write an object", func() { call{method: "PUT", target: "/assets/a", body: "1", status: 200}.run(t, s) }, 1},
		{"overwrite it", func() { call{method: "PUT", target: "/assets/a", body: "2", status: 200}.run(t, s) }, 1},
		{"start an upload", func() { first = start("b") }, 1},
		{"upload a part", func() { part(first, 1, "x") }, 2},
		{"upload the part again", func() { second = part(first, 1, "y") }, 2},
		{"upload a part that the completion does not list", func() { part(first, 2, "z") }, 3},
		{"complete the upload", func() { complete(first, second) }, 2},
		{"start another upload", func() { part(start("c"), 1, "x") }, 3},
		{"abort a third upload", func() {
			at := start("d")
			part(at, 1, "x")
			call{method: "DELETE", target: at, status: 204}.run(t, s)
		}, 3},
		{"delete the objects", func() {
			call{method: "DELETE", target: "/assets/a", status: 204}.run(t, s)
			call{method: "DELETE", target: "/assets/b", status: 204}.run(t, s)
		}, 1},
		{"delete the bucket, which has an upload", func() { call{method: "DELETE", target: "/assets", status: 204}.run(t, s) }, 0},
	}
	for _, step := range steps {
		step.do()
		if got := files(t, dir); got != step.want {
			t.Errorf("%s: got %d files, want %d", step.name, got, step.want)
		}
	}
}

// TestOpenContentDoesNotChange checks that the content of an open object stays the same
// when the object is overwritten and deleted.
func TestOpenContentDoesNotChange(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	if _, err := s.Put("assets", "k", strings.NewReader("old"), nil); err != nil {
		t.Fatal(err)
	}
	content, err := s.Open("assets", "k")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = content.Close() }()
	_, err = s.Put("assets", "k", strings.NewReader("new one"), nil)
	if err := errors.Join(err, s.Delete("assets", "k")); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(content)
	if diff := cmp.Diff("old", string(got)); diff != "" || err != nil || content.Size() != 3 {
		t.Errorf("got size %d, error %v, content (-want +got):\n%s", content.Size(), err, diff)
	}
}

func TestReadHasALimit(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	if _, err := s.Put("assets", "k", strings.NewReader("hello"), nil); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Read("assets", "k", 5); err != nil || string(got) != "hello" {
		t.Errorf("limit 5: got %q, %v, want hello", got, err)
	}
	_, err := s.Read("assets", "k", 4)
	const want = "EntityTooLarge: the object has 5 bytes, more than the limit of 4"
	if err == nil || err.Error() != want {
		t.Errorf("limit 4: got %v, want %s", err, want)
	}
}

func TestXMLRefusals(t *testing.T) {
	t.Parallel()
	objects := func(n int) string {
		return "<Delete>" + strings.Repeat("<Object><Key>k</Key></Object>", n) + "</Delete>"
	}
	tests := map[string]struct{ body, want string }{
		"1,000 keys":             {objects(1000), "DeleteResult"},
		"1,001 keys":             {objects(1001), "MalformedXML.*between 1 and 1000 objects, got 1001"},
		"no keys":                {objects(0), "MalformedXML.*got 0"},
		"deeply nested elements": {strings.Repeat("<a>", 1_000_000), "MalformedXML.*nests deeper than 16 elements"},
		"entity declarations":    {`<!DOCTYPE a [<!ENTITY a "aaaa">]><Delete><Object><Key>&a;</Key></Object></Delete>`, "MalformedXML.*XML has a document type declaration"},
		"more than MaxXML bytes": {"<Delete>" + strings.Repeat(" ", s3.MaxXML), "MaxMessageLengthExceeded"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := newStore(t)
			status := http.StatusBadRequest
			if name == "1,000 keys" {
				status = http.StatusOK
			}
			call{method: "POST", target: "/assets?delete", body: tt.body, status: status, want: "(?s)" + tt.want}.run(t, s)
		})
	}
}
