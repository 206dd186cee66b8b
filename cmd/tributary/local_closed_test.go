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

// closedLines returns what has to be on standard output when no twin started.
func closedLines(t *testing.T, format string) string {
	t.Helper()
	var want bytes.Buffer
	p := printer{w: &want, format: format}
	// The processes of these tests have no variable of AWS's and no proxy.
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

// bare returns an environment in which commands find what they need and nothing
// of AWS.
func bare(t *testing.T) []string {
	t.Helper()
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TMPDIR=" + t.TempDir()}
}

func TestNoTwinLeavesTheClosedEnvironment(t *testing.T) {
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
		format string
		code   int
		says   string
	}{
		"the port is taken":             {"local up --port " + port, "env", 1, "address already in use"},
		"as JSON":                       {"local up --output json --port " + port, "json", 1, "address already in use"},
		"in the foreground":             {"local up --foreground --port " + port, "env", 1, "address already in use"},
		"the state can't be kept":       {"local --state " + file + " up --port 0", "env", 1, "not a directory"},
		"the state can't be read":       {"local --state " + broken + " up --port 0", "env", 1, "twin.json"},
		"no such emulator":              {"local up --port 0 --emulator no-such-emulator", "env", 1, "no-such-emulator"},
		"an unknown flag":               {"local up --prot 3", "env", 2, `unknown flag --prot, did you mean "--port"?`},
		"an unknown flag before":        {"local --bad up", "env", 2, "unknown flag --bad"},
		"a flag's wrong value":          {"local up --port x", "env", 2, "--port: expected a valid 64 bit int"},
		"a wrong value, as JSON":        {"local up --output=json --port x", "json", 2, "--port: expected a valid 64 bit int"},
		"a misspelt command":            {"lcoal up", "env", 2, "unexpected argument lcoal"},
		"a misspelt subcommand":         {"local upp", "env", 2, "unexpected argument upp"},
		"env of no twin":                {"local env", "env", 1, "the local twin is not running"},
		"env of no twin, as JSON":       {"local env --output json", "json", 1, "the local twin is not running"},
		"other commands write no lines": {"local status --bad", "", 2, "unknown flag --bad"},
		"nor do misspelt ones":          {"qurey", "", 2, "unexpected argument qurey"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			environ := append(bare(t), "TRIBUTARY_STATE="+t.TempDir())
			stdout, stderr, code := process(t, environ, strings.Fields(test.args)...)
			want := ""
			if test.format != "" {
				want = closedLines(t, test.format)
			}
			if diff := cmp.Diff(want, stdout); diff != "" {
				t.Errorf("standard output (-want +got):\n%s", diff)
			}
			if code != test.code || !strings.Contains(stderr, test.says) {
				t.Errorf("got exit code %d and %q, want %d and %q", code, stderr, test.code, test.says)
			}
			if got, want := strings.Contains(stderr, errClosed.Error()), test.format != ""; got != want {
				t.Errorf("it tells what has become of the shell: got %v, want %v\n%s", got, want, stderr)
			}
		})
	}
}

// writes is standard output that tells when it is first written to.
type writes struct {
	output
	first chan struct{}
}

func (w *writes) Write(p []byte) (int, error) {
	defer func() {
		select {
		case <-w.first:
		default:
			close(w.first)
		}
	}()
	return w.output.Write(p)
}

func TestAKilledUpLeavesTheClosedEnvironment(t *testing.T) {
	t.Parallel()
	// A twin that is remembered and never answers lets "local up" wait.
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	dir := t.TempDir()
	if err := (state{dir}).save(running{PID: os.Getpid(), URL: "http://" + silent.Addr().String(), Secret: "s3cret"}); err != nil {
		t.Fatal(err)
	}
	stdout := &writes{first: make(chan struct{})}
	cmd := command(t, append(bare(t), "TRIBUTARY_STATE="+dir), "local", "up")
	cmd.Stdout = stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-stdout.first
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil || err.Error() != "signal: killed" {
		t.Errorf("got %v, want it killed", err)
	}
	if diff := cmp.Diff(closedLines(t, "env"), stdout.String()); diff != "" {
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

func TestDownClears(t *testing.T) {
	t.Parallel()
	var lines bytes.Buffer
	if err := writeShell(&lines, twin.ClearingEnvironment(), "true;\n"); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		environ []string
		want    string
	}{
		"what leads nowhere":       {[]string{"AWS_ENDPOINT_URL=" + twin.ClosedURL}, lines.String()},
		"closed keys":              {[]string{"AWS_ACCESS_KEY_ID=" + twin.ClosedAccessKeyID}, lines.String()},
		"what leads to some twin":  {[]string{"AWS_ENDPOINT_URL=http://127.0.0.1:9", "AWS_ACCESS_KEY_ID=" + twin.AccessKeyID}, lines.String()},
		"what leads to this twin":  {[]string{"AWS_ENDPOINT_URL=http://127.0.0.1:1"}, lines.String()},
		"not what leads elsewhere": {[]string{"AWS_ENDPOINT_URL=http://127.0.0.1:4566", "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE"}, ""},
		"nor nothing":              {nil, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := (state{dir}).save(running{PID: 1, URL: "http://127.0.0.1:1", Secret: "s3cret"}); err != nil { // it was killed
				t.Fatal(err)
			}
			environ := append(bare(t), append(test.environ, "TRIBUTARY_STATE="+dir)...)
			stdout, stderr, code := process(t, environ, "local", "down")
			if stdout != test.want || code != 0 {
				t.Errorf("got exit code %d and\n%s%s\nwant 0 and\n%s", code, stdout, stderr, test.want)
			}
		})
	}
}
