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

// canary is a variable of the environment that the twin is started in. Nothing
// that runs in the twin may see it.
const canary = "TRIBUTARY_ATTACK_CANARY"

// world is a twin that is attacked, as its owner knows it.
type world struct {
	*twinprocess.Twin
	dir      string // the attacker's own; removed at the end
	socket   string // the directory of PostgreSQL's socket
	data     *redshiftdata.Client
	database string // the attacked database, as PostgreSQL knows it
}

// newWorld starts a twin, and what is attacked on it.
func newWorld(ctx context.Context, tributary string) (*world, error) {
	twin, err := twinprocess.Start(ctx, tributary, canary+"=seen")
	if err != nil {
		return nil, err
	}
	w := &world{Twin: twin, data: redshiftdata.NewFromConfig(twin.AWS)}
	if w.dir, err = os.MkdirTemp("", "attack-"); err == nil {
		w.socket, err = findSocket(w.Dir)
	}
	if err == nil {
		err = w.prepare(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

// close ends the twin and removes what the attacker had.
func (w *world) close() error { return errors.Join(w.Close(), os.RemoveAll(w.dir)) }

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
