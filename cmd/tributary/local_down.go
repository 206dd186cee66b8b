package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/alecthomas/kong"

	"github.com/tributary-cdk/tributary/internal/twin"
)

// endTimeout bounds how long "tributary local down" waits for the twin's end.
const endTimeout = 30 * time.Second

// localDownCmd is "tributary local down".
type localDownCmd struct{}

// Run ends the twin and returns when it has gone. A twin that doesn't run is
// no error. Where this shell leads its AWS calls to a twin, or nowhere since none
// started, it prints what ends that, for eval.
func (c *localDownCmd) Run(ctx context.Context, call *kong.Context, s state) error {
	say := func(message string) { _, _ = fmt.Fprintln(call.Stderr, progressPrefix+message) }
	r, known, err := s.load()
	if err != nil {
		return err
	}
	if known {
		err = s.end(ctx, r, say)
	} else {
		say("the local twin is not running")
	}
	if err != nil || !isLed(r.URL, os.Getenv) {
		return err
	}
	say(`this shell has the twin's variables; eval "$(tributary local down)" unsets them, and doesn't bring back a profile, keys or a region from before`)
	return writeShell(call.Stdout, twin.ClearingEnvironment(), shellSucceed)
}

// end ends a twin that runs, or removes what one that was killed has left.
func (s state) end(ctx context.Context, r running, say func(string)) error {
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
			return errors.Join(err, os.RemoveAll(s.cdkHome()))
		}
		select {
		case <-time.After(pollInterval):
		case <-ctx.Done():
			return fmt.Errorf("the twin has not ended: %w; end process %d", ctx.Err(), r.PID)
		}
	}
}

// isLed tells whether an environment leads AWS calls to the twin at a URL, to
// any other twin, or nowhere since none started.
func isLed(url string, getenv func(string) string) bool {
	endpoint, key := getenv("AWS_ENDPOINT_URL"), getenv("AWS_ACCESS_KEY_ID")
	return endpoint != "" && (endpoint == url || endpoint == twin.ClosedURL) || key == twin.AccessKeyID || key == twin.ClosedAccessKeyID
}
