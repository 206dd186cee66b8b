package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"testing"
)

// asCommand is an environment variable. If it is set, the test program behaves like the
// tributary command. That is for tests that need the command in a process of its own.
const asCommand = "TRIBUTARY_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		os.Exit(run(os.Args[1:]))
	}
	os.Exit(m.Run())
}

// command returns an exec.Cmd that runs the tributary command in a process of its own.
func command(t *testing.T, environ []string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Env = append(environ, asCommand+"=1")
	return cmd
}

// runProcess runs the tributary command in a process of its own. It returns standard
// output, standard error and the exit code.
func runProcess(t *testing.T, environ []string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	cmd := command(t, environ, args...)
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	return out.String(), problems.String(), cmd.ProcessState.ExitCode()
}
