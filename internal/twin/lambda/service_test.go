package lambda_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin/lambda"
)

func TestInvoke(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		event   event
		timeout time.Duration
		want    string // a regular expression that the response must match
		failed  string // the X-Amz-Function-Error header
	}{
		"response":           {event{Do: "count"}, time.Minute, `^1$`, ""},
		"deadline":           {event{Do: "deadline"}, 100 * time.Second, `^[89][0-9]\.[0-9]+$`, ""},
		"function error":     {event{Do: "fail", Arg: "no such view"}, time.Minute, `"errorMessage":"no such view","errorType":"errorString"`, "Unhandled"},
		"process exit":       {event{Do: "exit"}, time.Minute, `RequestId: [-0-9a-f]{36} Error: Runtime exited with error: exit status 3","errorType":"Runtime.ExitError"`, "Unhandled"},
		"timeout":            {event{Do: "hang"}, time.Second, `Error: Task timed out after 1.00 seconds","errorType":"Sandbox.Timedout"`, "Unhandled"},
		"too large response": {event{Do: "large"}, time.Minute, `"errorType":"Function.ResponseSizeTooLarge"`, "Unhandled"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, url := start(t, nil)
			c := config(t, "fn")
			c.Timeout = tt.timeout
			create(t, s, c)
			got, failed := invoke(t, url, "fn", tt.event)
			if !regexp.MustCompile(tt.want).MatchString(got) || failed != tt.failed {
				t.Errorf("got %q %s\nwant %q %s", failed, got, tt.failed, tt.want)
			}
		})
	}
}

func TestEnvironmentVariables(t *testing.T) {
	t.Parallel()
	s, url := start(t, nil)
	create(t, s, config(t, "fn"))
	got, _ := invoke(t, url, "fn", event{Do: "environment"})
	var lines []string
	if err := json.Unmarshal([]byte(got), &lines); err != nil {
		t.Fatalf("%v: %s", err, got)
	}
	values := map[string]string{}
	var names []string
	for _, line := range lines {
		name, value, _ := strings.Cut(line, "=")
		if name == "PWD" || name == "_" || name == "SHLVL" || name == "OLDPWD" {
			continue // set by the shell that runs the bootstrap
		}
		names = append(names, name)
		values[name] = value
	}
	slices.Sort(names)
	want := []string{
		"AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_EC2_METADATA_DISABLED", "AWS_ENDPOINT_URL",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION",
		"AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
		"AWS_LAMBDA_RUNTIME_API", "AWS_REGION", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "HOME",
		"LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT", "LANG", "MINE", "PATH", "TMPDIR", "TZ", "_HANDLER",
		"_X_AMZN_TRACE_ID",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	for name, want := range map[string]string{
		"AWS_ACCESS_KEY_ID": "arn:aws:iam::000000000000:role/r", "AWS_SECRET_ACCESS_KEY": "fn",
		"AWS_ENDPOINT_URL": url, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256", "MINE": "yes", "_HANDLER": "bootstrap",
	} {
		if values[name] != want {
			t.Errorf("%s: got %q, want %q", name, values[name], want)
		}
	}
}

func TestWarmEnvironmentIsReused(t *testing.T) {
	t.Parallel()
	s, url := start(t, nil)
	create(t, s, config(t, "fn"))
	for want := 1; want <= 3; want++ {
		if got, _ := invoke(t, url, "fn", event{Do: "count"}); got != fmt.Sprint(want) {
			t.Fatalf("call %d: got %s", want, got)
		}
	}
	if err := s.Update(t.Context(), config(t, "fn"), nil); err != nil {
		t.Fatal(err)
	}
	if got, _ := invoke(t, url, "fn", event{Do: "count"}); got != "1" {
		t.Errorf("after an update: got %s, want 1", got)
	}
}

func TestConcurrentInvocationsHaveOwnEnvironments(t *testing.T) {
	t.Parallel()
	s, url := start(t, nil)
	create(t, s, config(t, "fn"))
	dir := t.TempDir()
	got := make([]string, 3)
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() { got[i], _ = invoke(t, url, "fn", event{Do: "rendezvous", Arg: dir}) })
	}
	wg.Wait()
	if diff := cmp.Diff([]string{"1", "1", "1"}, got); diff != "" {
		t.Errorf("number of calls of each environment (-want +got):\n%s", diff)
	}
}

func TestIdleEnvironmentEnds(t *testing.T) {
	t.Parallel()
	var dir string
	s, url := start(t, func(o *lambda.Options) { o.IdleTimeout, dir = 50*time.Millisecond, o.Dir })
	create(t, s, config(t, "fn"))
	invoke(t, url, "fn", event{Do: "count"})
	waitUntil(t, "the environment has ended", func() bool {
		temporary, err := filepath.Glob(filepath.Join(dir, "tmp-*")) // one for each environment
		return err == nil && len(temporary) == 0
	})
	if got, _ := invoke(t, url, "fn", event{Do: "count"}); got != "1" {
		t.Errorf("got call %s of the environment, want 1", got)
	}
}

// waitUntil polls a condition. It ends the test if the condition is still false after a
// minute.
func waitUntil(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited a minute until %s", what)
		}
	}
}

func TestAsynchronousInvocationIsRetried(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		async *lambda.AsyncConfig // nil for Lambda's default
		tries int
		fails bool
	}{
		"two retries by default": {nil, 3, false},
		"one retry":              {&lambda.AsyncConfig{MaximumRetryAttempts: 1, MaximumEventAge: time.Minute}, 2, true},
		"no retry":               {&lambda.AsyncConfig{MaximumRetryAttempts: 0, MaximumEventAge: time.Minute}, 1, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := start(t, nil)
			create(t, s, config(t, "fn"))
			if tt.async != nil {
				if err := s.SetAsync("fn", *tt.async); err != nil {
					t.Fatal(err)
				}
			}
			file := filepath.Join(t.TempDir(), "tries")
			err := s.Invoke(t.Context(), s.ARN("fn"), encode(t, event{Do: "append", Arg: file}))
			if failed := errors.As(err, new(*lambda.FunctionError)); failed != tt.fails {
				t.Errorf("got error %v, want a FunctionError: %v", err, tt.fails)
			}
			got, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(got), "try\n"); n != tt.tries {
				t.Errorf("got %d tries, want %d", n, tt.tries)
			}
		})
	}
}

func TestLog(t *testing.T) {
	t.Parallel()
	s, url := start(t, nil)
	create(t, s, config(t, "fn"))
	invoke(t, url, "fn", event{Do: "print", Arg: "hello"})
	if err := s.Delete("fn"); err != nil {
		t.Fatal(err)
	}
	got := waitForLog(t, s, "fn", 4)
	slices.Sort(got) // the process's output comes through a pipe, at any time
	want := []string{
		"END RequestId: <id>",
		"REPORT RequestId: <id>\tDuration: <n> ms\tMemory Size: 256 MB",
		"START RequestId: <id> Version: $LATEST",
		"hello",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
	if err := s.Invoke(t.Context(), "fn", nil); err == nil {
		t.Error("invoke a deleted function: got no error")
	}
}

// waitForLog waits until a function's log has n lines and returns them without their
// times. It replaces request IDs and durations by placeholders.
func waitForLog(t *testing.T, s *lambda.Service, function string, n int) []string {
	t.Helper()
	var lines []string
	waitUntil(t, fmt.Sprintf("the log has %d lines", n), func() bool {
		lines, _ = s.Log(function)
		return len(lines) >= n
	})
	text := strings.Join(lines, "\n")
	text = regexp.MustCompile(`[-0-9a-f]{36}`).ReplaceAllString(text, "<id>")
	text = regexp.MustCompile(`(?m)^\S+ `).ReplaceAllString(text, "")
	text = regexp.MustCompile(`[0-9.]+ ms`).ReplaceAllString(text, "<n> ms")
	return strings.Split(text, "\n")
}

func TestCloseEndsInvocations(t *testing.T) {
	t.Parallel()
	s, _ := start(t, nil)
	create(t, s, config(t, "fn"))
	done := make(chan error)
	go func() { done <- s.Invoke(t.Context(), "fn", encode(t, event{Do: "hang"})) }()
	waitForLog(t, s, "fn", 1) // the line START
	s.Close()
	select {
	case err := <-done:
		if err == nil {
			t.Error("got no error from the invocation that Close ended")
		}
	case <-time.After(time.Minute):
		t.Error("the invocation still runs a minute after Close")
	}
}
