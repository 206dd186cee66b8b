package main

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/tributary-cdk/tributary/internal/twin"
)

// TestStrictnessReachesTheTwin starts a twin in the background, whose log says how
// strict it is.
func TestStrictnessReachesTheTwin(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	// The path of a socket below the test's own directory would be too long.
	env := append(bare(t), "TMPDIR="+os.TempDir(), "TRIBUTARY_STATE="+dir, twin.StrictnessVariable+"=iam=2s,list=denied")
	if out, err := command(t, env, "local", "up", "--port", "0").CombinedOutput(); err != nil {
		t.Fatalf("up: %v\n%s", err, out)
	}
	t.Cleanup(func() {
		if err := execute(context.WithoutCancel(t.Context()), &output{}, &output{}, "local", "--state", dir, "down"); err != nil {
			t.Error(err)
		}
	})
	log, err := os.ReadFile(state{dir}.log())
	if err != nil {
		t.Fatal(err)
	}
	if want := `strictness="{IAMDelay:2s QueueDelay:0s Snapshot:false UntypedParameters:false HiddenDependents:false NoListStatements:true OwnUsers:false}"`; !strings.Contains(string(log), want) {
		t.Errorf("got the log\n%s\nwant %s in it", log, want)
	}
}

func TestWrongStrictnessStartsNoTwin(t *testing.T) {
	t.Parallel()
	for _, flag := range []string{"--foreground", "--verbose"} {
		env := append(bare(t), "TRIBUTARY_STATE="+t.TempDir(), twin.StrictnessVariable+"=iam=soon,list=no")
		var said strings.Builder
		cmd := command(t, env, "local", "up", "--port", "0", flag)
		cmd.Stderr = &said
		err := cmd.Run()
		want := `TRIBUTARY_TWIN_STRICTNESS: iam: a time from 0s to 1h, such as 60s is needed, got "soon"
TRIBUTARY_TWIN_STRICTNESS: list: denied or allowed is needed, got "no"`
		if err == nil || !strings.Contains(said.String(), want) {
			t.Errorf("%s: got %v\n%s\nwant\n%s", flag, err, said.String(), want)
		}
	}
}
