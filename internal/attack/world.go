package attack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/jackc/pgx/v5"
)

// canary is a variable of the environment that the twin is started in. Nothing
// that runs in the twin may see it.
const canary = "TRIBUTARY_ATTACK_CANARY"

// world is a twin that is attacked, as its owner knows it.
type world struct {
	tributary string
	dir       string             // the attacker's own; removed at the end
	env       map[string]*string // what "local up" printed
	aws       aws.Config         // the owner's
	twinDir   string
	twinPID   int
	socket    string // the directory of PostgreSQL's socket
	data      *redshiftdata.Client
	database  string // the attacked database, as PostgreSQL knows it
}

// newWorld starts a twin.
func newWorld(ctx context.Context, tributary string) (*world, error) {
	path, err := filepath.Abs(tributary)
	if err != nil {
		return nil, err
	}
	w := &world{tributary: path}
	if w.dir, err = os.MkdirTemp("", "attack-"); err != nil {
		return nil, err
	}
	if err := w.start(ctx); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

func (w *world) start(ctx context.Context) error {
	up := w.local(ctx, "up", "--port", "0", "--output", "json")
	up.Env = append(os.Environ(), canary+"=seen")
	text, err := up.Output()
	if err != nil {
		return fmt.Errorf("start the twin: %w: %s", err, stderr(err))
	}
	if err := json.Unmarshal(text, &w.env); err != nil {
		return fmt.Errorf("the environment that local up prints: %w", err)
	}
	var status struct {
		Dir string
		PID int
	}
	if text, err = w.local(ctx, "status", "--output", "json").Output(); err == nil {
		err = json.Unmarshal(text, &status)
	}
	if err != nil {
		return fmt.Errorf("local status: %w: %s", err, stderr(err))
	}
	w.twinDir, w.twinPID = status.Dir, status.PID
	if w.socket, err = findSocket(w.twinDir); err != nil {
		return err
	}
	w.aws, err = config.LoadDefaultConfig(ctx, config.WithRegion(*w.env["AWS_REGION"]),
		config.WithBaseEndpoint(w.url()),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(*w.env["AWS_ACCESS_KEY_ID"], *w.env["AWS_SECRET_ACCESS_KEY"], "")))
	if err != nil {
		return err
	}
	w.data = redshiftdata.NewFromConfig(w.aws)
	return w.prepare(ctx)
}

// local returns a call of "tributary local".
func (w *world) local(ctx context.Context, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, w.tributary, append([]string{"local", "--state", filepath.Join(w.dir, "state")}, args...)...) //nolint:gosec // the command under attack
}

// url returns where the twin answers.
func (w *world) url() string { return *w.env["AWS_ENDPOINT_URL"] }

// close ends the twin and removes what the attacker had.
func (w *world) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_ = w.local(ctx, "down").Run() // it may never have started
	_ = os.RemoveAll(w.dir)        // what stays is in the system's directory for temporary files
}

// findSocket returns the directory of PostgreSQL's socket in the twin's directory.
func findSocket(dir string) (string, error) {
	found := ""
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == ".s.PGSQL.5432" {
			found = filepath.Dir(path)
			return filepath.SkipAll
		}
		return nil // a directory that is closed holds no socket for us
	})
	if err == nil && found == "" {
		err = fmt.Errorf("%s: no socket of PostgreSQL's", dir)
	}
	return found, err
}

// connect opens a connection to PostgreSQL by its socket, past the twin.
func (w *world) connect(ctx context.Context, user, database string) (*pgx.Conn, error) {
	return pgx.Connect(ctx, fmt.Sprintf("host=%s user=%s dbname=%s sslmode=disable", w.socket, user, database))
}

// stderr returns what a command that failed wrote to its standard error.
func stderr(err error) string {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return string(exit.Stderr)
	}
	return ""
}
