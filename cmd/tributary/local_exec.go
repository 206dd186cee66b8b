package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/tributary-cdk/tributary/internal/twin"
)

// localExecCmd is the command "tributary local exec".
type localExecCmd struct {
	Command []string `arg:"" passthrough:"partial" help:"The command and its arguments."`
}

// Help returns the text that -h prints below the summary.
func (c *localExecCmd) Help() string {
	return `The command inherits this process's environment, except for the variables that set
the endpoint and the credentials of AWS calls. The command replaces this process, so
the exit code is the command's. It is 127 if the command was not found, and 126 if it
can't be executed. If no twin is running, the command is not run, and the exit code
is 1.

Examples:

  tributary local exec -- npx cdk deploy --require-approval never
  tributary local exec -- aws kinesis list-streams
  tributary local exec -- sh      # a shell that uses the twin, until exit`
}

// Validate returns what is wrong with the arguments.
func (c *localExecCmd) Validate() error {
	if len(c.command()) == 0 {
		return errors.New("command: is missing; give one, such as: tributary local exec -- npx cdk deploy")
	}
	return nil
}

// command returns the command and its arguments, without the leading -- if there is one.
func (c *localExecCmd) command() []string {
	if len(c.Command) > 0 && c.Command[0] == "--" {
		return c.Command[1:]
	}
	return c.Command
}

// Run replaces this process by the command.
func (c *localExecCmd) Run(ctx context.Context, _ *kong.Context, s state) error {
	command := c.command()
	vars, err := s.runningEnvironment(ctx)
	if err != nil {
		return fmt.Errorf("%q was not run: %w", strings.Join(command, " "), err)
	}
	path, err := exec.LookPath(command[0])
	if err == nil {
		err = syscall.Exec(path, command, applyVariables(os.Environ(), vars)) //nolint:gosec // the user chooses the command
	}
	return &commandError{command[0], err}
}

// applyVariables returns a copy of an environment in which vars are set or unset.
func applyVariables(environ []string, vars []twin.Variable) []string {
	changed := map[string]bool{}
	for _, v := range vars {
		changed[v.Name] = true
	}
	var out []string
	for _, entry := range environ {
		if name, _, _ := strings.Cut(entry, "="); !changed[name] {
			out = append(out, entry)
		}
	}
	for _, v := range vars {
		if !v.Unset {
			out = append(out, v.Name+"="+v.Value)
		}
	}
	return out
}

// commandError is the reason why a command could not be run.
type commandError struct {
	command string
	err     error
}

func (e *commandError) Error() string { return fmt.Sprintf("%s: %v", e.command, e.err) }

func (e *commandError) Unwrap() error { return e.err }

// ExitCode returns the exit code of a shell that can't run a command.
//
// Source: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_08_02
func (e *commandError) ExitCode() int {
	if errors.Is(e.err, exec.ErrNotFound) || errors.Is(e.err, fs.ErrNotExist) {
		return 127
	}
	return 126
}
