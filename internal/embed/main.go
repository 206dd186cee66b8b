// Command embed shows that Tributary can be embedded: it makes a module outside of
// the repository which gets Tributary from a module proxy, into a read-only module
// cache, deploys its stack of two ingestions on the local twin, and finds a record in
// each view. The function has to be the same when Tributary comes from another
// directory, by a replace directive.
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
	e := &embedding{root: root, temp: temp, out: out, began: time.Now()}
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
		return fmt.Errorf("the function's hash is %s from the module cache, and %s from another directory; want the same", first.hash, second.hash)
	}
	if err := e.deploy(ctx, first); err != nil {
		return err
	}
	e.say("embed: %d ingestions, %d function, %d resources, hash %s", first.ingestions, first.functions, first.resources, first.hash)
	return nil
}

// embedding is one run of the command.
type embedding struct {
	root, temp string
	out        io.Writer
	began      time.Time
}

func (e *embedding) say(format string, args ...any) { _, _ = fmt.Fprintf(e.out, format+"\n", args...) }

// step tells what comes next, and how long it has been.
func (e *embedding) step(what string) { e.say("%3.0f s  %s", time.Since(e.began).Seconds(), what) }

// keepTelling says every 5 seconds that the step goes on, until it is told to stop.
func (e *embedding) keepTelling() (stop func()) {
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

// close removes all files. The module cache is read-only, so that nothing is written
// into it by mistake.
func (e *embedding) close() error {
	_ = filepath.WalkDir(e.temp, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			_ = os.Chmod(path, 0o700) //nolint:gosec // a directory, to be removed
		}
		return nil // what can't be opened can't be removed, which is told below
	})
	return os.RemoveAll(e.temp)
}

// cache is the module cache.
func (e *embedding) cache() string { return filepath.Join(e.temp, "modcache") }

// command runs a program in dir, and returns what it said.
func (e *embedding) command(ctx context.Context, dir string, environment []string, program string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, program, args...) //nolint:gosec // the toolchain and the CDK CLI
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), environment...), "CDK_VALIDATION=false", "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	defer e.keepTelling()()
	said, err := cmd.CombinedOutput()
	if err != nil {
		return said, fmt.Errorf("%s %v: %w\n%s", program, args, err, said)
	}
	return said, nil
}
