package lambda_test

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/lambda"
)

const runtimePath = "/_tributary/lambda"

// start returns a service and the URL at which it serves its Runtime API and Lambda API.
// The function change, if not nil, changes its options.
func start(t *testing.T, change func(*lambda.Options)) (*lambda.Service, string) {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	o := lambda.Options{
		Region: "us-east-1", Account: "000000000000", Endpoint: server.URL, RuntimePath: runtimePath,
		Dir: t.TempDir(), RetryDelays: []time.Duration{time.Millisecond},
		Credentials: func(role, function string) lambda.Credentials {
			return lambda.Credentials{AccessKeyID: role, SecretAccessKey: function, SessionToken: "token"}
		},
	}
	if change != nil {
		change(&o)
	}
	s := lambda.New(o)
	t.Cleanup(s.Close)
	mux.Handle(runtimePath+"/", http.StripPrefix(runtimePath, s.Runtime()))
	mux.Handle("/", s)
	return s, server.URL
}

// archive returns a zip of files, by name, all of one mode.
func archive(t *testing.T, files map[string]string, mode fs.FileMode) *bytes.Reader {
	t.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for name, content := range files {
		h := &zip.FileHeader{Name: name}
		h.SetMode(mode)
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(buf.Bytes())
}

// config returns the configuration of a function whose bootstrap starts this test
// binary.
func config(t *testing.T, name string) lambda.Config {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return lambda.Config{
		Name: name, Role: "arn:aws:iam::000000000000:role/r", Runtime: "provided.al2023", Handler: "bootstrap",
		Timeout: time.Minute, MemorySize: 256, Environment: map[string]string{"MINE": "yes"},
		Code: archive(t, map[string]string{"bootstrap": "#!/bin/sh\nexec " + self + "\n"}, 0o755),
	}
}

func create(t *testing.T, s *lambda.Service, c lambda.Config) {
	t.Helper()
	if err := s.Create(t.Context(), c, nil); err != nil {
		t.Fatal(err)
	}
}

// invoke calls a function through the Lambda API and returns the response and its
// X-Amz-Function-Error header.
func invoke(t *testing.T, url, name string, e event) (string, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
		url+"/2015-03-31/functions/"+name+"/invocations", bytes.NewReader(encode(t, e)))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var buf bytes.Buffer
	if _, err := buf.ReadFrom(resp.Body); err != nil {
		t.Fatal(err)
	}
	return buf.String(), resp.Header.Get("X-Amz-Function-Error")
}
