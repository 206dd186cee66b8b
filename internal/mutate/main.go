package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
)

// packages are what is measured if no argument names another package.
var packages = []string{
	"./ddl", "./internal/contract", "./internal/definition", "./internal/ddlhandler",
	"./internal/dataapi", "./internal/roles", "./internal/usagelimit", "./internal/awscall",
}

// realGo is the environment variable that holds the path of the go command which the
// wrapper runs.
const realGo = "MUTATE_REAL_GO"

func main() {
	if filepath.Base(os.Args[0]) == "go" {
		os.Exit(wrapGo(os.Getenv(realGo), os.Args[1:]))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	measured := packages
	if len(os.Args) > 1 {
		measured = os.Args[1:]
	}
	if err := run(ctx, os.Stdout, measured); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

// run measures the packages in a clone of what is committed, and writes a table to out. It uses a
// clone because gremlins copies the whole directory for each of its workers.
func run(ctx context.Context, out io.Writer, packages []string) error {
	gremlins, err := filepath.Abs(filepath.Join("build", "gremlins"))
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "mutate-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }()
	environment, err := wrapped(work)
	if err != nil {
		return err
	}
	clone := filepath.Join(work, "clone")
	if said, err := exec.CommandContext(ctx, "git", "clone", "--quiet", ".", clone).CombinedOutput(); err != nil { // #nosec G204 -- our own directory
		return fmt.Errorf("git clone: %w\n%s", err, said)
	}
	_, _ = fmt.Fprintf(out, rowFormat, "package", "killed", "lived", "not covered", "timed out", "not viable", "efficacy", "coverage")
	var weak []error
	for i, name := range packages {
		output := filepath.Join(work, fmt.Sprintf("mutants-%d.json", i))                                                                // if gremlins writes none, reading it fails
		cmd := exec.CommandContext(ctx, gremlins, "unleash", "--workers", "2", "--timeout-coefficient", "10", "--output", output, name) // #nosec G204 G702 -- our own tool
		cmd.Dir, cmd.Env = clone, environment
		cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
		if said, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("gremlins %s: %w\n%s", name, err, said)
		}
		c, err := readCounts(output)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		c.print(out, name)
		weak = append(weak, c.check(name))
	}
	return errors.Join(weak...)
}

// wrapped returns an environment in which "go" is this program, and temporary files are
// made under dir.
func wrapped(dir string) ([]string, error) {
	path, err := exec.LookPath("go")
	if err != nil {
		return nil, fmt.Errorf("needs Go: %w", err)
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	program, err := os.ReadFile(self) // #nosec G304 -- this program
	if err != nil {
		return nil, err
	}
	bin := filepath.Join(dir, "bin")
	if err := os.Mkdir(bin, 0o700); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(bin, "go"), program, 0o700); err != nil { // #nosec G306 G703 -- a program
		return nil, err
	}
	return append(os.Environ(), realGo+"="+path, "TMPDIR="+dir,
		"PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH")), nil
}
