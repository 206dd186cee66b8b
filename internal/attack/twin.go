package attack

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/jackc/pgx/v5"

	"github.com/tributary-cdk/tributary/internal/twinprocess"
)

// canary is an environment variable with which the twin is started. No process that the
// twin starts may have it.
const canary = "TRIBUTARY_ATTACK_CANARY"

// attackedTwin is a running twin that is attacked. The embedded Twin has the owner's
// credentials.
type attackedTwin struct {
	*twinprocess.Twin
	dir      string // temporary directory for files of the attacks
	socket   string // the directory of PostgreSQL's socket
	data     *redshiftdata.Client
	database string // PostgreSQL's name of the attacked database
}

// startTwin starts a twin and creates the resources to attack.
func startTwin(ctx context.Context, tributary string) (*attackedTwin, error) {
	twin, err := twinprocess.Start(ctx, tributary, canary+"=seen")
	if err != nil {
		return nil, err
	}
	tw := &attackedTwin{Twin: twin, data: redshiftdata.NewFromConfig(twin.AWS)}
	if tw.dir, err = os.MkdirTemp("", "attack-"); err == nil {
		tw.socket, err = findSocket(tw.Dir)
	}
	if err == nil {
		err = tw.prepare(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, tw.close())
	}
	return tw, nil
}

// close stops the twin and removes the temporary directory.
func (tw *attackedTwin) close() error { return errors.Join(tw.Close(), os.RemoveAll(tw.dir)) }

// findSocket returns the directory of PostgreSQL's socket, below the twin's directory dir.
func findSocket(dir string) (string, error) {
	found := ""
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == ".s.PGSQL.5432" {
			found = filepath.Dir(path)
			return filepath.SkipAll
		}
		return nil // the socket is not in a directory that can't be read
	})
	if err == nil && found == "" {
		err = fmt.Errorf("no PostgreSQL socket in %q", dir)
	}
	return found, err
}

// connect opens a connection to PostgreSQL's socket, which bypasses the twin's checks.
func (tw *attackedTwin) connect(ctx context.Context, user, database string) (*pgx.Conn, error) {
	return pgx.Connect(ctx, fmt.Sprintf("host=%s user=%s dbname=%s sslmode=disable", tw.socket, user, database))
}
