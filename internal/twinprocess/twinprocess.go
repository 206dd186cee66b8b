// Package twinprocess starts a twin in a process of its own, with the tributary command,
// as users do. It is for programs that measure or attack one or more builds of the
// command.
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

// closeTimeout is how long Close waits for the twin to end.
const closeTimeout = time.Minute

// Twin is a twin in a process of its own. The caller must call Close.
type Twin struct {
	// Tributary is the absolute path of the tributary command.
	Tributary string
	// State is the state directory, the value of the flag --state. It is in a temporary
	// directory that Close removes.
	State string
	// URL is the endpoint of the twin, such as "http://127.0.0.1:40123".
	URL string
	// Dir is the directory in which the twin stores its data.
	Dir string
	// PID is the ID of the twin's process.
	PID int
	// AWS is a configuration for clients of the twin, with its region and its owner's
	// access key.
	AWS aws.Config
}

// Start starts a twin on a free port. Its environment is this process's environment and
// variables, each of which is written NAME=value.
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
	var env map[string]*string // nil for a variable that a shell must unset
	if err := t.run(ctx, &env, variables, "up", "--port", "0", "--output", "json"); err != nil {
		return err
	}
	var status struct {
		Dir string
		PID int
	}
	if err := t.run(ctx, &status, nil, "status", "--output", "json"); err != nil {
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

// run runs a subcommand of "tributary local" and decodes the JSON that it prints into
// result.
func (t *Twin) run(ctx context.Context, result any, variables []string, args ...string) error {
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
	return json.Unmarshal(text, result)
}

// local returns the command "tributary local" for this twin's state directory.
func (t *Twin) local(ctx context.Context, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, t.Tributary, append([]string{"local", "--state", t.State}, args...)...) //nolint:gosec // the caller chooses the command
}

// Close ends the twin and removes its directories.
func (t *Twin) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	return errors.Join(t.local(ctx, "down").Run(), os.RemoveAll(filepath.Dir(t.State)))
}
