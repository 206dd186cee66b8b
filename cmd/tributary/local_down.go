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

// downTimeout is how long "tributary local down" waits for the twin to end.
const downTimeout = 30 * time.Second

// localDownCmd is the command "tributary local down".
type localDownCmd struct{}

// Run ends the twin and waits until it has ended. It is no error if no twin is running.
// If this process has a twin's environment or the closed environment, Run prints shell
// commands that unset it, for eval.
func (c *localDownCmd) Run(ctx context.Context, call *kong.Context, s state) error {
	log := func(message string) { _, _ = fmt.Fprintln(call.Stderr, progressPrefix+message) }
	saved, known, err := s.load()
	if err != nil {
		return err
	}
	if known {
		err = s.end(ctx, saved, log)
	} else {
		log("the local twin is not running")
	}
	if err != nil || !isRedirected(saved.URL, os.Getenv) {
		return err
	}
	log(`this shell has the twin's environment variables; eval "$(tributary local down)" unsets them, but doesn't restore an earlier profile, access key or region`)
	return writeShell(call.Stdout, twin.ClearingEnvironment(), shellSucceed)
}

// end ends the twin. If the twin was killed, end removes its files.
func (s state) end(ctx context.Context, saved savedTwin, log func(string)) error {
	client := saved.client()
	status, err := client.Status(ctx)
	if err == nil && status.PID != saved.PID || errors.Is(err, twin.ErrNotRunning) || errors.Is(err, twin.ErrAnotherTwin) {
		log("the local twin was killed; removing its files")
		return s.forgetKilled(saved)
	}
	if err := client.Shutdown(ctx); err != nil {
		return fmt.Errorf("end the twin: %w; if it hangs, end process %d", err, saved.PID)
	}
	ctx, cancel := context.WithTimeout(ctx, downTimeout)
	defer cancel()
	for {
		if _, known, err := s.load(); err != nil || !known {
			log("the local twin has ended")
			return errors.Join(err, os.RemoveAll(s.cdkHome()))
		}
		select {
		case <-time.After(pollInterval):
		case <-ctx.Done():
			return fmt.Errorf("the twin has not ended: %w; end process %d", ctx.Err(), saved.PID)
		}
	}
}

// isRedirected reports whether an environment is that of the twin at url, that of another
// twin, or the closed environment.
func isRedirected(url string, getenv func(string) string) bool {
	endpoint, key := getenv("AWS_ENDPOINT_URL"), getenv("AWS_ACCESS_KEY_ID")
	return endpoint != "" && (endpoint == url || endpoint == twin.ClosedURL) || key == twin.AccessKeyID || key == twin.ClosedAccessKeyID
}
