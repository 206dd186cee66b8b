// Package twinprocess starts a twin as people do, by the tributary command, for
// programs that measure or attack one build of it or several.
package twinprocess

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// closeTimeout bounds how long Close waits for the twin's end.
const closeTimeout = time.Minute

// Twin is a twin in a process of its own. Close it at the end.
type Twin struct {
	// Tributary is the command's absolute path.
	Tributary string
	// State is the directory that remembers the twin. It lies in a directory of this
	// Twin's own, which Close removes.
	State string
	// URL is where the twin answers, such as "http://127.0.0.1:40123".
	URL string
	// Dir is the twin's own directory.
	Dir string
	// PID is the twin's process.
	PID int
	// AWS leads calls to the twin, as its owner.
	AWS aws.Config
}

// Start starts a twin on a free port, in this process's environment and variables
// added to it, each written as NAME=value.
func Start(ctx context.Context, tributary string, variables ...string) (*Twin, error) {
	path, err := filepath.Abs(tributary)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "twinprocess-")
	if err != nil {
		return nil, err
	}
	t := &Twin{Tributary: path, State: filepath.Join(dir, "state")}
	if err := t.start(ctx, variables); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return t, nil
}

func (t *Twin) start(ctx context.Context, variables []string) error {
	var env map[string]*string // null for those that are to be unset
	if err := t.ask(ctx, &env, variables, "up", "--port", "0", "--output", "json"); err != nil {
		return err
	}
	var status struct {
		Dir string
		PID int
	}
	if err := t.ask(ctx, &status, nil, "status", "--output", "json"); err != nil {
		return err
	}
	variable := func(name string) string {
		if v := env[name]; v != nil {
			return *v
		}
		return ""
	}
	t.URL, t.Dir, t.PID = variable("AWS_ENDPOINT_URL"), status.Dir, status.PID
	var err error
	t.AWS, err = config.LoadDefaultConfig(ctx, config.WithRegion(variable("AWS_REGION")), config.WithBaseEndpoint(t.URL),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"), "")))
	return err
}

// ask runs "tributary local" and decodes the JSON that it prints.
func (t *Twin) ask(ctx context.Context, answer any, variables []string, args ...string) error {
	cmd := t.local(ctx, args...)
	cmd.Env = append(os.Environ(), variables...)
	text, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return fmt.Errorf("tributary local %s: %w: %s", args[0], err, exit.Stderr)
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(text, answer)
}

// local returns a call of "tributary local" on this twin.
func (t *Twin) local(ctx context.Context, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, t.Tributary, append([]string{"local", "--state", t.State}, args...)...) //nolint:gosec // the command that the caller names
}

// Close ends the twin and removes what it had.
func (t *Twin) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	return errors.Join(t.local(ctx, "down").Run(), os.RemoveAll(filepath.Dir(t.State)))
}
