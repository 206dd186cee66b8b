package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/tributary-cdk/tributary/internal/twin"
)

// endTimeout bounds how long "tributary local down" waits for the twin's end.
const endTimeout = 30 * time.Second

// localDownCmd is "tributary local down".
type localDownCmd struct{}

// Run ends the twin and returns when it has gone. A twin that doesn't run is
// no error. Where this shell leads its AWS calls to the twin, it prints what
// ends that, for eval.
func (c *localDownCmd) Run(ctx context.Context, call *kong.Context, s state) error {
	r, known, err := s.load()
	if err != nil {
		return err
	}
	say := func(message string) { _, _ = fmt.Fprintln(call.Stderr, progressPrefix+message) }
	if !known {
		say("the local twin is not running")
		return nil
	}
	client := r.client()
	status, err := client.Status(ctx)
	if err == nil && status.PID != r.PID || errors.Is(err, twin.ErrNotRunning) || errors.Is(err, twin.ErrAnotherTwin) {
		say("the local twin was killed; removing what it left")
		return s.forgetKilled(r)
	}
	if err := client.Shutdown(ctx); err != nil {
		return fmt.Errorf("end the twin: %w; if it hangs, end process %d", err, r.PID)
	}
	ctx, cancel := context.WithTimeout(ctx, endTimeout)
	defer cancel()
	for {
		if _, known, err := s.load(); err != nil || !known {
			say("the local twin has ended")
			return errors.Join(err, os.RemoveAll(s.cdkHome()), stopLeading(call.Stdout, status, say))
		}
		select {
		case <-time.After(pollInterval):
		case <-ctx.Done():
			return fmt.Errorf("the twin has not ended: %w; end process %d", ctx.Err(), r.PID)
		}
	}
}

// stopLeading prints the line that unsets what "local up" printed, if this
// process's environment has it. Without it the CDK CLI would go on asking a twin
// that is no more.
func stopLeading(w io.Writer, status twin.Status, say func(string)) error {
	if status.URL == "" || os.Getenv("AWS_ENDPOINT_URL") != status.URL {
		return nil
	}
	var names []string
	for _, v := range status.Environment("", "") {
		if !v.Unset {
			names = append(names, v.Name)
		}
	}
	say("this shell still leads its AWS calls there; the line below, or eval \"$(tributary local down)\" the next time, ends that")
	_, err := fmt.Fprintln(w, "unset "+strings.Join(names, " "))
	return err
}
