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

// localExecCmd is "tributary local exec".
type localExecCmd struct {
	Command []string `arg:"" passthrough:"partial" help:"The command and its arguments."`
}

// Help returns what -h says below the summary.
func (c *localExecCmd) Help() string {
	return `The command gets this process's environment, except for the variables that decide
where AWS calls go and who signs them. It replaces this process, so the exit code
is the command's: 127 if it was not found, 126 if it can't be run. If no twin
runs, the command is not run, and the exit code is 1.

Examples:

  tributary local exec -- npx cdk deploy --require-approval never
  tributary local exec -- aws kinesis list-streams
  tributary local exec -- sh      # a shell on the twin; exit leaves it`
}

// Validate returns what is wrong with the arguments.
func (c *localExecCmd) Validate() error {
	if len(c.words()) == 0 {
		return errors.New("command: give one, such as: tributary local exec -- npx cdk deploy")
	}
	return nil
}

// words returns the command without the -- that may stand before it.
func (c *localExecCmd) words() []string {
	if len(c.Command) > 0 && c.Command[0] == "--" {
		return c.Command[1:]
	}
	return c.Command
}

// Run replaces this process by the command.
func (c *localExecCmd) Run(ctx context.Context, _ *kong.Context, s state) error {
	words := c.words()
	vars, err := s.lead(ctx)
	if err != nil {
		return fmt.Errorf("%q was not run: %w", strings.Join(words, " "), err)
	}
	path, err := exec.LookPath(words[0])
	if err == nil {
		err = syscall.Exec(path, words, overlay(os.Environ(), vars)) //nolint:gosec // what the user asks for
	}
	return &commandError{words[0], err}
}

// overlay returns an environment with variables set and unset.
func overlay(environ []string, vars []twin.Variable) []string {
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

// commandError says why a command could not be run.
type commandError struct {
	command string
	err     error
}

func (e *commandError) Error() string { return fmt.Sprintf("%s: %v", e.command, e.err) }

func (e *commandError) Unwrap() error { return e.err }

// ExitCode returns what a shell exits with in such a case.
//
// Source: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_08_02
func (e *commandError) ExitCode() int {
	if errors.Is(e.err, exec.ErrNotFound) || errors.Is(e.err, fs.ErrNotExist) {
		return 127
	}
	return 126
}
