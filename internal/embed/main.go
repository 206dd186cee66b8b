// Command embed checks that another Go module can use Tributary. It creates a module outside
// of the repository. The module gets Tributary from a module proxy, into a read-only module
// cache. The command deploys the module's stack with two ingestions on the local twin, and
// checks that a record arrives in each view. It also synthesizes the stack with Tributary
// from another directory, through a replace directive. Both ways must produce the same
// function asset.
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
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Stdout)
	if ctx.Err() != nil {
		os.Exit(130)
	}
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "embed:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) (err error) {
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	temp, err := os.MkdirTemp("", "tributary-embed-")
	if err != nil {
		return err
	}
	e := &embedding{root: root, temp: temp, out: out, started: time.Now()}
	defer func() { err = errors.Join(err, e.close()) }()

	first, err := e.fromProxy(ctx)
	if err != nil {
		return err
	}
	second, err := e.fromDirectory(ctx)
	if err != nil {
		return err
	}
	if first.hash != second.hash {
		return fmt.Errorf("the hash of the function's asset is %q with the module cache and %q with a replace directive; want equal hashes", first.hash, second.hash)
	}
	if err := e.deploy(ctx, first); err != nil {
		return err
	}
	e.printLine("embed: %d ingestions, %d function, %d resources, hash %s", first.ingestions, first.functions, first.resources, first.hash)
	return nil
}

// embedding is one run of the command.
type embedding struct {
	root    string // directory of the repository
	temp    string // temporary directory for all files that the run creates
	out     io.Writer
	started time.Time
}

// printLine prints one line of output.
func (e *embedding) printLine(format string, args ...any) {
	_, _ = fmt.Fprintf(e.out, format+"\n", args...)
}

// step prints the elapsed time and the step that starts now.
func (e *embedding) step(what string) {
	e.printLine("%3.0f s  %s", time.Since(e.started).Seconds(), what)
}

// reportProgress prints a line every 5 seconds until stop is called.
func (e *embedding) reportProgress() (stop func()) {
	ticker, done, ended := time.NewTicker(5*time.Second), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-ticker.C:
				e.step("…")
			case <-done:
				return
			}
		}
	}()
	return func() {
		ticker.Stop()
		close(done)
		<-ended
	}
}

// close removes all files that the run created. Directories of the module cache are
// read-only, so close makes them writable first.
func (e *embedding) close() error {
	_ = filepath.WalkDir(e.temp, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			_ = os.Chmod(path, 0o700) //nolint:gosec // a directory that is removed below
		}
		return nil // RemoveAll returns an error for a directory that can't be opened
	})
	return os.RemoveAll(e.temp)
}

// cache returns the directory of the run's module cache.
func (e *embedding) cache() string { return filepath.Join(e.temp, "modcache") }

// command runs a program in dir and returns its combined output. environment is added to
// the environment of this process. The error contains the output.
func (e *embedding) command(ctx context.Context, dir string, environment []string, program string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, program, args...) //nolint:gosec // the toolchain and the CDK CLI
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), environment...), "CDK_VALIDATION=false", "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	defer e.reportProgress()()
	output, err := cmd.CombinedOutput()
	if err != nil {
		return output, fmt.Errorf("%s %v: %w\n%s", program, args, err, output)
	}
	return output, nil
}
