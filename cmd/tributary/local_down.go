package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/alecthomas/kong"

	"github.com/tributary-cdk/tributary/internal/twin"
)

// endTimeout bounds how long "tributary local down" waits for the twin's end.
const endTimeout = 30 * time.Second

// localDownCmd is "tributary local down".
type localDownCmd struct{}

// Run ends the twin and returns when it has gone. A twin that doesn't run is
// no error.
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
	client := twin.Client{URL: r.URL}
	status, err := client.Status(ctx)
	if err == nil && status.PID != r.PID || errors.Is(err, twin.ErrNotRunning) {
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
			return err
		}
		select {
		case <-time.After(pollInterval):
		case <-ctx.Done():
			return fmt.Errorf("the twin has not ended: %w; end process %d", ctx.Err(), r.PID)
		}
	}
}
