package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"github.com/tributary-cdk/tributary/internal/twin"
)

// localUpCmd is the command "tributary local up".
type localUpCmd struct {
	Port       int    `default:"4700" help:"Port on 127.0.0.1; 0 means a free port."`
	Foreground bool   `help:"Run the twin in the foreground, until Ctrl-C."`
	Emulator   string `help:"Command that runs linux/arm64 programs, such as qemu-aarch64-static. Without this flag, a machine that can't run such programs compiles the Lambda function from its source." placeholder:"COMMAND"`
	Verbose    bool   `help:"Log every CloudFormation event."`
	Output     string `default:"env" enum:"env,json" help:"Format of the environment variables: ${enum}."`
}

// progressPrefix begins the lines for the user, including those in the twin's log.
const progressPrefix = "tributary: "

// pollInterval is how often a command checks whether the twin has started or ended.
const pollInterval = 50 * time.Millisecond

// Run starts the twin, unless it is already running, and prints its environment. If that
// fails, it prints the closed environment.
func (c *localUpCmd) Run(ctx context.Context, call *kong.Context, s state) error {
	return orClosedEnvironment(call, c.Output, func(p *printer) error { return c.up(ctx, call, s, p) })
}

func (c *localUpCmd) up(ctx context.Context, call *kong.Context, s state, p *printer) error {
	// The twin's process inherits the variable and reads it. This process checks it, so that
	// it can return the error.
	strictness, err := twin.ParseStrictness(os.Getenv(twin.StrictnessVariable))
	if err != nil {
		return err
	}
	old, known, err := s.load()
	if err != nil {
		return err
	}
	if known {
		status, err := old.client().Status(ctx)
		switch {
		case err == nil && status.PID == old.PID && os.Getenv(twin.StrictnessVariable) != "" && status.Strictness != strictness.String():
			return fmt.Errorf("%s: the local twin is already running on %s with %q; end it first: %s down", twin.StrictnessVariable, status.URL, status.Strictness, s.command())
		case err == nil && status.PID == old.PID:
			_, _ = fmt.Fprintf(call.Stderr, "%sthe local twin is already running on %s%s\n", progressPrefix, status.URL, c.portHint(status.URL))
			return p.printOrExplain(s.command(), s.environment(status, old.Secret))
		case ctx.Err() != nil:
			return ctx.Err()
		}
		if err := s.forgetKilled(old); err != nil {
			return err
		}
	}
	if c.Foreground {
		return c.serve(ctx, call, s, p, strictness)
	}
	return c.detach(ctx, call, s, p)
}

// Validate returns what is wrong with the flags.
func (c *localUpCmd) Validate() error {
	if c.Port < 0 || c.Port > 65535 {
		return fmt.Errorf("--port: needs 0 to 65535, got %d", c.Port)
	}
	return nil
}

// portHint returns a hint that --port has no effect, if a twin is already running at a URL
// with another port. Otherwise it returns an empty string.
func (c *localUpCmd) portHint(url string) string {
	if port := strconv.Itoa(c.Port); c.Port != 0 && !strings.HasSuffix(url, ":"+port) {
		return "; --port " + port + " has no effect"
	}
	return ""
}

// serve runs the twin in this process, until ctx ends or a client ends the twin.
func (c *localUpCmd) serve(ctx context.Context, call *kong.Context, s state, p *printer, strictness twin.Strictness) error {
	level := slog.LevelInfo
	if c.Verbose {
		level = slog.LevelDebug
	}
	server, err := twin.Start(ctx, twin.Options{
		Port: c.Port, Emulator: c.Emulator, Strictness: strictness,
		Logger:   slog.New(slog.NewTextHandler(call.Stderr, &slog.HandlerOptions{Level: level})),
		Progress: func(message string) { _, _ = fmt.Fprintln(call.Stderr, progressPrefix+message) },
	})
	if err != nil {
		return err
	}
	err = c.waitForEnd(ctx, s, p, server)
	return errors.Join(err, server.Close(), s.forget())
}

// waitForEnd saves the twin in the state directory, prints its environment, and waits
// until it ends.
func (c *localUpCmd) waitForEnd(ctx context.Context, s state, p *printer, server *twin.Server) error {
	status := server.Status()
	if err := s.save(savedTwin{status.PID, status.URL, status.Dir, server.Secret()}); err != nil {
		return err
	}
	if err := p.printOrExplain(s.command(), s.environment(status, server.Secret())); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
	case <-server.Done():
	}
	return nil
}

// detach starts the twin in another process, which continues to run after this one. It
// waits until the twin is ready, and prints the twin's environment.
func (c *localUpCmd) detach(ctx context.Context, call *kong.Context, s state, p *printer) error {
	started := time.Now()
	child, logFile, err := c.spawn(s)
	if err != nil {
		return err
	}
	defer func() { _ = logFile.Close() }()
	exited := make(chan error, 1)
	go func() { exited <- child.Wait() }()
	lines := bufio.NewReader(logFile)
	for {
		forward(call.Stderr, lines)
		if status, secret, ok := s.ready(ctx, child.Process.Pid); ok {
			_, _ = fmt.Fprintf(call.Stderr, "%sthe local twin is ready on %s after %.1f s; its log is %s\n",
				progressPrefix, status.URL, time.Since(started).Seconds(), s.log())
			if status.Strictness != "" {
				_, _ = fmt.Fprintf(call.Stderr, "%sstrictness, as set by %s: %s\n", progressPrefix, twin.StrictnessVariable, status.Strictness)
			}
			return p.printOrExplain(s.command(), s.environment(status, secret))
		}
		select {
		case <-time.After(pollInterval):
		case err := <-exited:
			forward(call.Stderr, lines)
			return fmt.Errorf("the local twin did not start (%v); its log is %s", err, s.log()) //nolint:errorlint // err is an exit status, for the user only
		case <-ctx.Done():
			return errors.Join(ctx.Err(), child.Process.Signal(syscall.SIGTERM), <-exited)
		}
	}
}

// spawn starts this program in another process that runs the twin in the foreground. The
// process writes its log to a file. spawn returns that file, opened for reading.
func (c *localUpCmd) spawn(s state) (*exec.Cmd, *os.File, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, nil, err
	}
	if err := s.makeDir(); err != nil {
		return nil, nil, err
	}
	out, err := os.OpenFile(s.log(), os.O_CREATE|os.O_TRUNC|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = out.Close() }()
	args := []string{"local", "--state", s.dir, "up", "--foreground", "--port", strconv.Itoa(c.Port)}
	if c.Emulator != "" {
		args = append(args, "--emulator", c.Emulator)
	}
	if c.Verbose {
		args = append(args, "--verbose")
	}
	// Without a context, the child can outlive this process.
	child := exec.Command(self, args...) //nolint:gosec // the command is this program
	child.Stderr = out
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // so that Ctrl-C in the terminal doesn't end the twin
	logFile, err := os.Open(s.log())
	if err != nil {
		return nil, nil, err
	}
	if err := child.Start(); err != nil {
		return nil, nil, errors.Join(err, logFile.Close())
	}
	return child, logFile, nil
}

// ready returns the status and the secret key of the twin in the process pid. ok is false
// if the twin does not respond yet.
func (s state) ready(ctx context.Context, pid int) (status twin.Status, secret string, ok bool) {
	saved, known, err := s.load()
	if err != nil || !known || saved.PID != pid {
		return status, "", false
	}
	status, err = saved.client().Status(ctx)
	return status, saved.Secret, err == nil && status.PID == pid
}

// forward copies the lines of a log that begin with progressPrefix to w, up to the end of
// the log.
func forward(w io.Writer, lines *bufio.Reader) {
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		if strings.HasPrefix(line, progressPrefix) {
			_, _ = io.WriteString(w, line)
		}
	}
}
