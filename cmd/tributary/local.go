package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/tributary-cdk/tributary/internal/twin"
)

// localCmd is "tributary local".
type localCmd struct {
	State string `env:"TRIBUTARY_STATE" help:"Directory that remembers the running twin and keeps its log (default: tributary in the user's cache directory)." placeholder:"DIR" type:"path"`

	Up     localUpCmd     `cmd:"" help:"Start the local twin. Except on a terminal, print the environment that leads AWS calls to it, for eval."`
	Status localStatusCmd `cmd:"" help:"Show what exists on the local twin."`
	Exec   localExecCmd   `cmd:"" help:"Run a command whose AWS calls go to the running twin. Without a twin, run nothing."`
	Env    localEnvCmd    `cmd:"" help:"Print the environment that leads AWS calls to the running twin, for eval."`
	Logs   localLogsCmd   `cmd:"" help:"Show the last lines that a function wrote, or the twin's own log."`
	Down   localDownCmd   `cmd:"" help:"End the local twin and remove everything on it."`
}

// AfterApply lets the commands below have the state directory.
func (c *localCmd) AfterApply(call *kong.Context) error {
	dir := c.State
	if dir == "" {
		var err error
		if dir, err = defaultStateDir(); err != nil {
			return fmt.Errorf("find a directory for the twin's state: %w; name one with --state", err)
		}
	}
	call.Bind(state{dir})
	return nil
}

// defaultStateDir returns the state directory where none is named.
func defaultStateDir() (string, error) {
	cache, err := os.UserCacheDir()
	return filepath.Join(cache, "tributary"), err
}

// state is the directory that remembers the running twin.
type state struct{ dir string }

// running is what is remembered of it.
type running struct {
	PID int    `json:"pid"`
	URL string `json:"url"`
	Dir string `json:"dir"` // the twin's own, which it removes at its end
	// Secret is the twin's secret key. Whoever has it can do with the twin what
	// they like.
	Secret string `json:"secret"`
}

// client returns a client of the twin.
func (r running) client() twin.Client { return twin.Client{URL: r.URL, Secret: r.Secret} }

// path returns the path of something in the directory.
func (s state) path(name string) string { return filepath.Join(s.dir, name) }

func (s state) file() string { return s.path("twin.json") }

// log returns the file that holds the log of a twin in the background.
func (s state) log() string { return s.path("twin.log") }

// cdkHome returns where the CDK CLI keeps its caches of the twin. It is here and
// not with the twin, since a CLI that is called after the twin's end makes it
// again.
func (s state) cdkHome() string { return s.path("cdk") }

// environment returns what leads AWS calls to a twin and signs them with its key,
// from an environment such as this process's.
func (s state) environment(status twin.Status, secret string) []twin.Variable {
	return append(status.Environment(secret, s.cdkHome()), twin.Bypass(os.Environ())...)
}

// load returns what is remembered; false if nothing is.
func (s state) load() (running, bool, error) {
	var r running
	text, err := os.ReadFile(s.file())
	if errors.Is(err, fs.ErrNotExist) {
		return r, false, nil
	}
	if err != nil {
		return r, false, err
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return r, false, fmt.Errorf("%s: %w; remove it", s.file(), err)
	}
	if r.Secret == "" {
		return r, false, fmt.Errorf("%s: it was written by an older tributary, without the twin's secret key; end process %d if it still runs, and remove the file", s.file(), r.PID)
	}
	return r, true, nil
}

// save remembers a twin.
func (s state) save(r running) error {
	text, err := json.Marshal(r) //nolint:gosec // the secret key is what is remembered, for the owner of the file alone
	if err != nil {
		return err
	}
	if err := s.makeDir(); err != nil {
		return err
	}
	if err := s.forget(); err != nil { // a file that is there keeps its mode
		return err
	}
	return os.WriteFile(s.file(), text, 0o600)
}

// forget removes what is remembered.
func (s state) forget() error {
	if err := os.Remove(s.file()); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// forgetKilled removes what a twin that was killed has left: its directory,
// and what is remembered of it.
func (s state) forgetKilled(r running) error {
	temporary := filepath.Dir(r.Dir) == filepath.Clean(os.TempDir()) && strings.HasPrefix(filepath.Base(r.Dir), "tributary-")
	if temporary {
		if err := os.RemoveAll(r.Dir); err != nil {
			return err
		}
	}
	return s.forget()
}

// client returns a client of the remembered twin, or [twin.ErrNotRunning].
func (s state) client() (twin.Client, error) {
	r, ok, err := s.load()
	if err == nil && !ok {
		err = twin.ErrNotRunning
	}
	return r.client(), s.hint(err)
}

// answerTimeout bounds how long the twin may take to say how it is.
const answerTimeout = 10 * time.Second

// lead returns the environment of the remembered twin, which has to answer.
func (s state) lead(ctx context.Context) ([]twin.Variable, error) {
	r, _, err := s.load()
	if err != nil {
		return nil, err
	}
	client, err := s.client()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	status, err := client.Status(ctx)
	if err != nil {
		return nil, s.hint(err)
	}
	if status.PID != r.PID {
		return nil, fmt.Errorf("%s: process %d answers, where the local twin was process %d; start another twin with: %s up", r.URL, status.PID, r.PID, s.command())
	}
	return s.environment(status, r.Secret), nil
}

// command returns how "tributary local" is called for this state directory.
func (s state) command() string {
	if dir, err := defaultStateDir(); err == nil && dir == s.dir {
		return "tributary local"
	}
	return "tributary local --state " + quote(s.dir)
}

// hint adds the remedy to [twin.ErrNotRunning].
func (s state) hint(err error) error {
	if errors.Is(err, twin.ErrNotRunning) {
		return fmt.Errorf("%w; start it with: %s up", twin.ErrNotRunning, s.command())
	}
	return err
}
