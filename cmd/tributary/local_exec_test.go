package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin"
)

func TestExec(t *testing.T) {
	t.Parallel()
	right, saved := startLocal(t)
	url := saved.URL
	saved.PID = 1
	wrong, home := t.TempDir(), t.TempDir()
	if err := (state{wrong}).save(saved); err != nil {
		t.Fatal(err)
	}
	plain := filepath.Join(home, "plain")
	if err := os.WriteFile(plain, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		state          string
		args           []string
		code           int
		stdout, stderr string // standard output, and part of standard error
	}{
		"output and exit code":    {right, []string{"--", "sh", "-c", "echo ran -x \"$@\"; exit 7", "sh", "--flag", "a b", "--", "-h"}, 7, "ran -x --flag a b -- -h\n", ""},
		"without --":              {right, []string{"sh", "-c", "echo ran --version"}, 0, "ran --version\n", ""},
		"environment":             {right, []string{"--", "sh", "-c", "echo $AWS_ENDPOINT_URL ${AWS_PROFILE-none} $AWS_ACCESS_KEY_ID $KEPT"}, 0, url + " none " + twin.AccessKeyID + " kept\n", ""},
		"command not found":       {right, []string{"--", "no-such-command"}, 127, "", `no-such-command: exec: "no-such-command": executable file not found in $PATH`},
		"path not found":          {right, []string{"--", home + "/none"}, 127, "", "no such file or directory"},
		"not executable":          {right, []string{"--", plain}, 126, "", "permission denied"},
		"no command":              {right, nil, 2, "", "command: is missing; give one, such as: tributary local exec -- npx cdk deploy"},
		"no command after --":     {right, []string{"--"}, 2, "", "command: is missing; give one, such as: tributary local exec -- npx cdk deploy"},
		"flag before the command": {right, []string{"--port", "3", "sh"}, 2, "", "unknown flag --port"},
		"another process":         {wrong, []string{"--", "sh", "-c", "echo ran"}, 1, "", "but the local twin was process 1; start a new twin with: tributary local --state '" + wrong + "' up"},
		"no twin":                 {home, []string{"--", "sh", "-c", "echo ran"}, 1, "", "the local twin is not running; start it with: tributary local --state '" + home + "' up"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			environ := append(cleanEnvironment(t), "TRIBUTARY_STATE="+test.state, "KEPT=kept", "AWS_PROFILE=prod", "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE")
			stdout, stderr, code := runProcess(t, environ, append([]string{"local", "exec"}, test.args...)...)
			if stdout != test.stdout || code != test.code || !strings.Contains(stderr, test.stderr) {
				t.Errorf("got exit code %d, %q, %q; want %d, %q, %q", code, stdout, stderr, test.code, test.stdout, test.stderr)
			}
		})
	}
	t.Run("replaces the process", func(t *testing.T) {
		t.Parallel()
		cmd := command(t, append(cleanEnvironment(t), "TRIBUTARY_STATE="+right), "local", "exec", "--", "sh", "-c", "echo $$")
		out, err := cmd.Output()
		if got := strings.TrimSpace(string(out)); err != nil || got != strconv.Itoa(cmd.Process.Pid) {
			t.Errorf("got process %s (%v), want %d", got, err, cmd.Process.Pid)
		}
	})
}

func TestApplyVariables(t *testing.T) {
	t.Parallel()
	got := applyVariables([]string{"A=old", "KEPT=x=y", "GONE=z", "AB=stays"}, []twin.Variable{{Name: "A", Value: "new"}, {Name: "GONE", Unset: true}, {Name: "EMPTY"}})
	if diff := cmp.Diff([]string{"KEPT=x=y", "AB=stays", "A=new", "EMPTY="}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
