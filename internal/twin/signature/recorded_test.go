package signature_test

import (
	"bufio"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/signature"
)

// TestRecordedRequestsPass verifies requests signed by botocore 1.44.5, the SDK for
// JavaScript 3.1172.0 and curl 7.88.1. Each file is a recorded request. Only the
// User-Agent was changed, and LF replaces CRLF.
func TestRecordedRequestsPass(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.http")
	if err != nil || len(files) == 0 {
		t.Fatalf("got %d files, %v", len(files), err)
	}
	const day = "2026-11-24T08:38:30Z" // within a minute of each request
	at, err := time.Parse(time.RFC3339, day)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			verify := func(text string) error {
				r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(strings.ReplaceAll(text, "\n", "\r\n"))))
				if err != nil {
					t.Fatal(err)
				}
				_, _, err = signature.New(allKeys, func() time.Time { return at }).Verify(r)
				return err
			}
			if err := verify(string(text)); err != nil {
				t.Errorf("got %v, want a valid signature", err)
			}
			method, rest, _ := strings.Cut(string(text), " ")
			other := map[string]string{"GET": "PUT", "HEAD": "GET", "PUT": "POST", "POST": "PUT"}[method]
			if err := verify(other + " " + rest); err == nil {
				t.Errorf("with method %s in place of %s: got no error", other, method)
			}
		})
	}
}
