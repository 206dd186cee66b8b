package main

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin"
)

// closedEnvironment returns the closed environment as the commands print it.
func closedEnvironment(t *testing.T, format string) string {
	t.Helper()
	var want bytes.Buffer
	p := printer{w: &want, format: format}
	// The processes of these tests have no AWS variables and no proxy variables.
	vars := append(twin.ClosedEnvironment(), twin.Bypass(nil)...)
	var err error
	if format == "json" {
		err = writeJSON(p.w, vars)
	} else {
		err = writeShell(p.w, vars, "false && true;\n")
	}
	if err != nil {
		t.Fatal(err)
	}
	return want.String()
}

// cleanEnvironment returns an environment without AWS variables, in which commands can
// run.
func cleanEnvironment(t *testing.T) []string {
	t.Helper()
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TMPDIR=" + t.TempDir()}
}

func TestFailureGivesTheClosedEnvironment(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	broken := t.TempDir()
	if err := os.WriteFile(filepath.Join(broken, "twin.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		args   string
		format string // of the closed environment on standard output; empty if it is not printed
		code   int
		stderr string // part of standard error
	}{
		"port in use":                 {"local up --port " + port, "env", 1, "address already in use"},
		"as JSON":                     {"local up --output json --port " + port, "json", 1, "address already in use"},
		"foreground":                  {"local up --foreground --port " + port, "env", 1, "address already in use"},
		"unwritable state":            {"local --state " + file + " up --port 0", "env", 1, "not a directory"},
		"invalid state":               {"local --state " + broken + " up --port 0", "env", 1, "twin.json"},
		"missing emulator":            {"local up --port 0 --emulator no-such-emulator", "env", 1, "no-such-emulator"},
		"unknown flag":                {"local up --prot 3", "env", 2, `unknown flag --prot, did you mean "--port"?`},
		"unknown flag before up":      {"local --bad up", "env", 2, "unknown flag --bad"},
		"wrong flag value":            {"local up --port x", "env", 2, "--port: expected a valid 64 bit int"},
		"wrong flag value, as JSON":   {"local up --output=json --port x", "json", 2, "--port: expected a valid 64 bit int"},
		"misspelt command":            {"lcoal up", "env", 2, "unexpected argument lcoal"},
		"misspelt subcommand":         {"local upp", "env", 2, "unexpected argument upp"},
		"env without a twin":          {"local env", "env", 1, "the local twin is not running"},
		"env without a twin, as JSON": {"local env --output json", "json", 1, "the local twin is not running"},
		"another subcommand":          {"local status --bad", "", 2, "unknown flag --bad"},
		"another misspelt command":    {"qurey", "", 2, "unexpected argument qurey"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			environ := append(cleanEnvironment(t), "TRIBUTARY_STATE="+t.TempDir())
			stdout, stderr, code := runProcess(t, environ, strings.Fields(test.args)...)
			want := ""
			if test.format != "" {
				want = closedEnvironment(t, test.format)
			}
			if diff := cmp.Diff(want, stdout); diff != "" {
				t.Errorf("standard output (-want +got):\n%s", diff)
			}
			if code != test.code || !strings.Contains(stderr, test.stderr) {
				t.Errorf("got exit code %d and %q, want %d and %q", code, stderr, test.code, test.stderr)
			}
			if got, want := strings.Contains(stderr, errClosed.Error()), test.format != ""; got != want {
				t.Errorf("standard error explains the closed environment: got %v, want %v\n%s", got, want, stderr)
			}
		})
	}
}

// notifyingBuffer is a buffer that closes a channel at the first write.
type notifyingBuffer struct {
	syncBuffer
	first chan struct{}
}

func (w *notifyingBuffer) Write(p []byte) (int, error) {
	defer func() {
		select {
		case <-w.first:
		default:
			close(w.first)
		}
	}()
	return w.syncBuffer.Write(p)
}

func TestKilledUpGivesTheClosedEnvironment(t *testing.T) {
	t.Parallel()
	// "local up" waits for the response of the saved twin, which never responds.
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	dir := t.TempDir()
	if err := (state{dir}).save(savedTwin{PID: os.Getpid(), URL: "http://" + silent.Addr().String(), Secret: "s3cret"}); err != nil {
		t.Fatal(err)
	}
	stdout := &notifyingBuffer{first: make(chan struct{})}
	cmd := command(t, append(cleanEnvironment(t), "TRIBUTARY_STATE="+dir), "local", "up")
	cmd.Stdout = stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-stdout.first
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil || err.Error() != "signal: killed" {
		t.Errorf("got %v, want that the process was killed", err)
	}
	if diff := cmp.Diff(closedEnvironment(t, "env"), stdout.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWriteJSON(t *testing.T) {
	t.Parallel()
	var got bytes.Buffer
	if err := writeJSON(&got, []twin.Variable{{Name: "A", Value: "it's"}, {Name: "B", Unset: true}, {Name: "C"}}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("{\n  \"A\": \"it's\",\n  \"B\": null,\n  \"C\": \"\"\n}\n", got.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDownUnsetsTheEnvironment(t *testing.T) {
	t.Parallel()
	var lines bytes.Buffer
	if err := writeShell(&lines, twin.ClearingEnvironment(), "true;\n"); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		environ []string
		want    string
	}{
		"closed endpoint":      {[]string{"AWS_ENDPOINT_URL=" + twin.ClosedURL}, lines.String()},
		"closed access key":    {[]string{"AWS_ACCESS_KEY_ID=" + twin.ClosedAccessKeyID}, lines.String()},
		"another twin":         {[]string{"AWS_ENDPOINT_URL=http://127.0.0.1:9", "AWS_ACCESS_KEY_ID=" + twin.AccessKeyID}, lines.String()},
		"this twin's endpoint": {[]string{"AWS_ENDPOINT_URL=http://127.0.0.1:1"}, lines.String()},
		"another endpoint":     {[]string{"AWS_ENDPOINT_URL=http://127.0.0.1:4566", "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE"}, ""},
		"no AWS variables":     {nil, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := (state{dir}).save(savedTwin{PID: 1, URL: "http://127.0.0.1:1", Secret: "s3cret"}); err != nil { // no process listens on this URL
				t.Fatal(err)
			}
			environ := append(cleanEnvironment(t), append(test.environ, "TRIBUTARY_STATE="+dir)...)
			stdout, stderr, code := runProcess(t, environ, "local", "down")
			if stdout != test.want || code != 0 {
				t.Errorf("got exit code %d and\n%s%s\nwant 0 and\n%s", code, stdout, stderr, test.want)
			}
		})
	}
}
