package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin"
)

// syncBuffer is a buffer that a command may write while a test reads it.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *syncBuffer) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *syncBuffer) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// execute runs the command in this process. The command ends at the latest when ctx ends.
func execute(ctx context.Context, stdout, stderr *syncBuffer, args ...string) error {
	parser, err := kong.New(&cli{}, kong.Name("tributary"), vars(), kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Writers(stdout, stderr))
	if err != nil {
		return err
	}
	call, err := parser.Parse(args)
	if err != nil {
		return err
	}
	return call.Run()
}

// runLocal runs "tributary local" with a state directory and returns its output.
func runLocal(t *testing.T, dir string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, problems syncBuffer
	err = execute(t.Context(), &out, &problems, append([]string{"local", "--state", dir}, args...)...)
	return out.String(), problems.String(), err
}

// startLocal starts a twin in this process, which runs until the test ends. It returns
// the state directory, and the content of its twin.json.
func startLocal(t *testing.T) (dir string, saved savedTwin) {
	t.Helper()
	dir = t.TempDir()
	_, _, ended := startForeground(t, dir)
	saved, ok, err := state{dir}.load()
	if !ok || err != nil {
		t.Fatalf("twin.json does not exist (%v)", err)
	}
	t.Cleanup(func() {
		if err := execute(context.WithoutCancel(t.Context()), &syncBuffer{}, &syncBuffer{}, "local", "--state", dir, "down"); err != nil {
			t.Error(err)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return dir, saved
}

// startForeground starts "tributary local up --foreground" in this process and waits until
// the twin is ready. It returns standard output and standard error, and a channel with
// the error of the command.
func startForeground(t *testing.T, dir string) (out, problems *syncBuffer, end <-chan error) {
	t.Helper()
	out, problems = &syncBuffer{}, &syncBuffer{}
	ended := make(chan error, 1)
	ctx := context.WithoutCancel(t.Context())
	go func() {
		ended <- execute(ctx, out, problems, "local", "--state", dir, "up", "--foreground", "--port", "0")
	}()
	for !strings.HasSuffix(out.String(), shellSucceed) || strings.HasSuffix(out.String(), shellFail) {
		select {
		case err := <-ended:
			t.Fatalf("up: %v\n%s", err, problems.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
	return out, problems, ended
}

func TestLocalLifeCycle(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	out, problems, ended := startForeground(t, dir)
	env, _, err := runLocal(t, dir, "env")
	if err != nil || env != out.String() {
		t.Errorf("env: got %v\n%s\nwant the environment that up printed:\n%s", err, env, out.String())
	}
	saved, _, err := state{dir}.load()
	if err != nil || len(saved.Secret) < 26 || !strings.Contains(env, "export AWS_SECRET_ACCESS_KEY='"+saved.Secret+"';\n") {
		t.Errorf("env: got %v\n%s\nwant the secret key in twin.json", err, env)
	}
	if strings.Contains(problems.String(), saved.Secret) {
		t.Errorf("the log contains the secret key: %s", problems.String())
	}
	again, stderr, err := runLocal(t, dir, "up")
	if err != nil || again != env || !strings.Contains(stderr, "already running on http://127.0.0.1:") {
		t.Errorf("a second up: got %v, %q\n%s", err, stderr, again)
	}
	text, _, err := runLocal(t, dir, "status", "--output", "json")
	var status twin.Status
	if err := errors.Join(err, json.Unmarshal([]byte(text), &status)); err != nil || status.PID != os.Getpid() || status.Left() != 0 {
		t.Errorf("status: got %v, %+v", err, status)
	}
	if strings.Contains(text, saved.Secret) {
		t.Errorf("the status contains the secret key: %s", text)
	}
	otherDir := t.TempDir()
	other := saved
	other.Secret, other.Dir = "another", ""
	if err := (state{otherDir}).save(other); err != nil {
		t.Fatal(err)
	}
	if _, _, err := runLocal(t, otherDir, "status"); !errors.Is(err, twin.ErrAnotherTwin) {
		t.Errorf("status with another secret key: got %v, want %v", err, twin.ErrAnotherTwin)
	}
	if _, stderr, err := runLocal(t, otherDir, "down"); err != nil || !strings.Contains(stderr, "was killed") {
		t.Errorf("down with another secret key: got %v, %q, want that only twin.json is removed", err, stderr)
	}
	if _, _, err := runLocal(t, dir, "logs", "fn"); err == nil || !strings.Contains(err.Error(), `so "fn" has no log`) {
		t.Errorf("logs: got %v", err)
	}
	_, stderr, err = runLocal(t, dir, "down")
	if err != nil || !strings.Contains(stderr, "has ended") {
		t.Errorf("down: got %v, %q", err, stderr)
	}
	if err := <-ended; err != nil {
		t.Errorf("up: %v", err)
	}
	if _, err := os.Stat(status.Dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s: got %v, want that it does not exist", status.Dir, err)
	}
}

func TestLocalWithoutATwin(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args []string
		want string // the error or, without an error, standard error
		ok   bool
	}{
		"status": {[]string{"status"}, "the local twin is not running; start it with: tributary local up", false},
		"env":    {[]string{"env"}, "the local twin is not running; start it with: tributary local up\n" + errClosed.Error(), false},
		"exec":   {[]string{"exec", "--", "touch", "/made-by-a-test"}, `"touch /made-by-a-test" was not run: the local twin is not running; start it with: tributary local up`, false},
		"logs":   {[]string{"logs", "fn"}, "the local twin is not running; start it with: tributary local up", false},
		"down":   {[]string{"down"}, "tributary: the local twin is not running\n", true},
		"output": {[]string{"status", "--output", "xml"}, `--output must be one of "table","json" but got "xml"`, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			_, stderr, err := runLocal(t, dir, tt.args...)
			if err != nil {
				stderr = err.Error()
			}
			want := strings.Replace(tt.want, "tributary local up", state{dir}.command()+" up", 1)
			if (err == nil) != tt.ok || stderr != want {
				t.Errorf("got %q (%v), want %q", stderr, err, want)
			}
		})
	}
}

func TestDownAfterAKill(t *testing.T) {
	t.Parallel()
	dir, own := t.TempDir(), filepath.Join(os.TempDir(), "tributary-"+filepath.Base(t.TempDir())+fmt.Sprint(os.Getpid()))
	if err := os.Mkdir(own, 0o700); err != nil {
		t.Fatal(err)
	}
	s := state{dir}
	if err := s.save(savedTwin{PID: 1, URL: "http://127.0.0.1:1", Dir: own, Secret: "s"}); err != nil {
		t.Fatal(err)
	}
	if _, stderr, err := runLocal(t, dir, "down"); err != nil || !strings.Contains(stderr, "was killed; removing its files") {
		t.Errorf("down: got %v, %q", err, stderr)
	}
	if _, err := os.Stat(own); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s: got %v, want that it does not exist", own, err)
	}
	if _, known, err := s.load(); known || err != nil {
		t.Errorf("twin.json still exists (%v)", err)
	}
}

func TestForgetKilledRemovesOnlyATwinsDirectory(t *testing.T) {
	t.Parallel()
	mine := t.TempDir()
	if err := (state{t.TempDir()}).forgetKilled(savedTwin{Dir: mine}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(mine); err != nil {
		t.Errorf("a directory that isn't a twin's was removed: %v", err)
	}
}

func TestPrintStatus(t *testing.T) {
	t.Parallel()
	started := time.Date(2026, 11, 1, 12, 0, 0, 0, time.Local)
	base := twin.Status{PID: 7, URL: "http://127.0.0.1:4700", Started: started, Region: "us-east-1", Account: "000000000000", Services: []string{"s3", "sts"}}
	full := base
	full.Stacks = []twin.StackStatus{{Name: "Lab", Status: "CREATE_COMPLETE"}}
	full.Streams = []twin.StreamStatus{{Name: "ev", Mode: "ON_DEMAND", Shards: 4, Records: 5000}}
	full.Clusters = []twin.ClusterStatus{{ID: "c", Databases: []string{"dev"}}}
	full.Functions = []string{"fn"}
	full.Resources = []twin.ResourceStatus{
		{Type: "AWS::Kinesis::Stream", PhysicalID: "ev", Stack: "Lab"}, {Type: "AWS::Logs::LogGroup", PhysicalID: "/kept", Stack: "Old"},
	}
	const head = "twin         http://127.0.0.1:4700  pid 7, since 2026-11-01 12:00:00, region us-east-1, account 000000000000\n" +
		"services     s3 sts                 \n"
	tests := map[string]struct {
		status twin.Status
		want   string
	}{
		"nothing": {base, "twin      http://127.0.0.1:4700  pid 7, since 2026-11-01 12:00:00, region us-east-1, account 000000000000\n" +
			"services  s3 sts                 \n" +
			"nothing                          no stack, stream, cluster, function or other resource\n"},
		"everything": {full, head +
			"stack        Lab                    CREATE_COMPLETE\n" +
			"stream       ev                     ON_DEMAND, 4 shards, 5000 records\n" +
			"cluster      c                      databases dev\n" +
			"function     fn                     \n" +
			"left behind  /kept                  AWS::Logs::LogGroup, created by stack Old\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got bytes.Buffer
			if err := printStatus(&got, tt.status); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestExitCode(t *testing.T) {
	t.Parallel()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	tests := map[string]struct {
		ctx  context.Context
		err  error
		want int
	}{
		"success":       {t.Context(), nil, 0},
		"failure":       {t.Context(), errors.New("x"), 1},
		"bad arguments": {t.Context(), &kong.ParseError{}, 2},
		"interrupted":   {ended, ended.Err(), 130},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := exitCode(tt.ctx, tt.err); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}
