package main

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/tributary-cdk/tributary/internal/twin"
)

// TestStrictnessReachesTheTwin checks that a twin in the background uses the strictness
// in the environment variable, and that "local up" returns an error if the variable has
// another value while that twin is running.
func TestStrictnessReachesTheTwin(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	// The path of a socket in the test's own temporary directory would be too long.
	env := append(cleanEnvironment(t), "TMPDIR="+os.TempDir(), "TRIBUTARY_STATE="+dir, twin.StrictnessVariable+"=iam=2s,list=denied")
	if out, err := command(t, env, "local", "up", "--port", "0").CombinedOutput(); err != nil {
		t.Fatalf("up: %v\n%s", err, out)
	}
	t.Cleanup(func() {
		if err := execute(context.WithoutCancel(t.Context()), &syncBuffer{}, &syncBuffer{}, "local", "--state", dir, "down"); err != nil {
			t.Error(err)
		}
	})
	var status syncBuffer
	if err := execute(t.Context(), &status, &syncBuffer{}, "local", "--state", dir, "status"); err != nil {
		t.Fatal(err)
	}
	if want := "iam=2s,list=denied"; !strings.Contains(status.String(), want) {
		t.Errorf("got the status\n%s\nwant that it contains %s", status.String(), want)
	}
	env[len(env)-1] = twin.StrictnessVariable + "=iam=3s"
	out, err := command(t, env, "local", "up", "--port", "0").CombinedOutput()
	if want := `with "iam=2s,list=denied"; end it first: tributary local --state `; err == nil || !strings.Contains(string(out), want) {
		t.Errorf("up with another strictness: got %v\n%s\nwant %s", err, out, want)
	}
}

func TestInvalidStrictnessIsAnError(t *testing.T) {
	t.Parallel()
	for _, flag := range []string{"--foreground", "--verbose"} {
		env := append(cleanEnvironment(t), "TRIBUTARY_STATE="+t.TempDir(), twin.StrictnessVariable+"=iam=soon,list=no")
		var stderr strings.Builder
		cmd := command(t, env, "local", "up", "--port", "0", flag)
		cmd.Stderr = &stderr
		err := cmd.Run()
		want := `TRIBUTARY_TWIN_STRICTNESS: iam: got "soon"; write a time from 0s to 1h, such as 60s
TRIBUTARY_TWIN_STRICTNESS: list: got "no"; write denied or allowed`
		if err == nil || !strings.Contains(stderr.String(), want) {
			t.Errorf("%s: got %v\n%s\nwant\n%s", flag, err, stderr.String(), want)
		}
	}
}
