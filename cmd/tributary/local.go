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

// localCmd is the command "tributary local".
type localCmd struct {
	State string `env:"TRIBUTARY_STATE" help:"Directory for the state and the log of the running twin (default: tributary in the user's cache directory)." placeholder:"DIR" type:"path"`

	Up     localUpCmd     `cmd:"" help:"Start the local twin. Print environment variables that make AWS clients call the twin, for eval; on a terminal, print how to use them."`
	Status localStatusCmd `cmd:"" help:"Show the resources that exist on the local twin."`
	Exec   localExecCmd   `cmd:"" help:"Run a command whose AWS calls go to the running twin. If no twin is running, do not run the command."`
	Env    localEnvCmd    `cmd:"" help:"Print environment variables that make AWS clients call the running twin, for eval."`
	Logs   localLogsCmd   `cmd:"" help:"Show the last lines of a Lambda function's log, or the twin's own log."`
	Down   localDownCmd   `cmd:"" help:"End the local twin and delete everything in it."`
}

// AfterApply passes the state directory to the subcommands.
func (c *localCmd) AfterApply(call *kong.Context) error {
	dir := c.State
	if dir == "" {
		var err error
		if dir, err = defaultStateDir(); err != nil {
			return fmt.Errorf("find the default state directory: %w; name a directory with --state", err)
		}
	}
	call.Bind(state{dir})
	return nil
}

// defaultStateDir returns the state directory that is used without --state.
func defaultStateDir() (string, error) {
	cache, err := os.UserCacheDir()
	return filepath.Join(cache, "tributary"), err
}

// state is the state directory. Its file twin.json is written when a twin starts and is
// removed when the twin ends.
type state struct{ dir string }

// savedTwin is the content of twin.json.
type savedTwin struct {
	PID int    `json:"pid"`
	URL string `json:"url"`
	Dir string `json:"dir"` // the twin's data directory, which the twin removes when it ends
	// Secret is the secret access key of the twin's owner. It allows every call to the
	// twin.
	Secret string `json:"secret"`
}

// client returns a client for the twin.
func (t savedTwin) client() twin.Client { return twin.Client{URL: t.URL, Secret: t.Secret} }

// path returns the path of a file in the directory.
func (s state) path(name string) string { return filepath.Join(s.dir, name) }

func (s state) file() string { return s.path("twin.json") }

// log returns the path of the log of a twin that runs in the background.
func (s state) log() string { return s.path("twin.log") }

// cdkHome returns the directory for the CDK CLI's caches while it calls the twin. It is
// not in the twin's data directory, because a CLI that runs after the twin has ended
// would create that directory again.
func (s state) cdkHome() string { return s.path("cdk") }

// environment returns variables that make AWS clients call the twin and sign with its
// owner's access key.
func (s state) environment(status twin.Status, secret string) []twin.Variable {
	return append(status.Environment(secret, s.cdkHome()), twin.Bypass(os.Environ())...)
}

// load reads twin.json. It returns false if the file does not exist.
func (s state) load() (savedTwin, bool, error) {
	var saved savedTwin
	text, err := os.ReadFile(s.file())
	if errors.Is(err, fs.ErrNotExist) {
		return saved, false, nil
	}
	if err != nil {
		return saved, false, err
	}
	if err := json.Unmarshal(text, &saved); err != nil {
		return saved, false, fmt.Errorf("%s: %w; remove the file", s.file(), err)
	}
	if saved.Secret == "" {
		return saved, false, fmt.Errorf("%s: has no secret key, because an older tributary wrote it; end process %d if it is still running, and remove the file", s.file(), saved.PID)
	}
	return saved, true, nil
}

// save writes twin.json.
func (s state) save(t savedTwin) error {
	text, err := json.Marshal(t) //nolint:gosec // only the owner of the file can read the secret key
	if err != nil {
		return err
	}
	if err := s.makeDir(); err != nil {
		return err
	}
	if err := s.forget(); err != nil { // os.WriteFile would keep the mode of an existing file
		return err
	}
	return os.WriteFile(s.file(), text, 0o600)
}

// forget removes twin.json.
func (s state) forget() error {
	if err := os.Remove(s.file()); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// forgetKilled removes the files of a twin that was killed: its data directory, and
// twin.json.
func (s state) forgetKilled(t savedTwin) error {
	isDataDir := filepath.Dir(t.Dir) == filepath.Clean(os.TempDir()) && strings.HasPrefix(filepath.Base(t.Dir), "tributary-")
	if isDataDir {
		if err := os.RemoveAll(t.Dir); err != nil {
			return err
		}
	}
	return s.forget()
}

// client returns a client for the twin in twin.json. Without twin.json, it returns
// [twin.ErrNotRunning].
func (s state) client() (twin.Client, error) {
	saved, ok, err := s.load()
	if err == nil && !ok {
		err = twin.ErrNotRunning
	}
	return saved.client(), s.withHint(err)
}

// statusTimeout is the timeout for a request of the twin's status.
const statusTimeout = 10 * time.Second

// runningEnvironment returns the environment of the twin in twin.json. It returns an
// error if that twin does not respond.
func (s state) runningEnvironment(ctx context.Context) ([]twin.Variable, error) {
	saved, _, err := s.load()
	if err != nil {
		return nil, err
	}
	client, err := s.client()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, statusTimeout)
	defer cancel()
	status, err := client.Status(ctx)
	if err != nil {
		return nil, s.withHint(err)
	}
	if status.PID != saved.PID {
		return nil, fmt.Errorf("%s: process %d responds, but the local twin was process %d; start a new twin with: %s up", saved.URL, status.PID, saved.PID, s.command())
	}
	return s.environment(status, saved.Secret), nil
}

// command returns the command "tributary local" with the flag --state that this state
// directory needs.
func (s state) command() string {
	if dir, err := defaultStateDir(); err == nil && dir == s.dir {
		return "tributary local"
	}
	return "tributary local --state " + quote(s.dir)
}

// withHint adds the remedy to [twin.ErrNotRunning]. It returns any other error unchanged.
func (s state) withHint(err error) error {
	if errors.Is(err, twin.ErrNotRunning) {
		return fmt.Errorf("%w; start it with: %s up", twin.ErrNotRunning, s.command())
	}
	return err
}
