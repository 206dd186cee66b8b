package sqlengine

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"
)

// database is one database of a cluster.
type database struct {
	engine  *Engine
	cluster *cluster
	name    string        // in Redshift
	pgName  string        // in PostgreSQL
	pool    *pgxpool.Pool // connections of the admin user

	ownMu sync.Mutex      // held while the own user of an IAM identity is created
	own   map[string]bool // the own users that have their privileges

	mu       sync.Mutex
	watchers map[uint32]*watcher // by the OID of the view
	stopped  bool                // true if no watcher may start any more
}

// connect opens the pool of the admin user's connections. In their sessions, a backslash
// escapes in a string, as in Redshift. After each use, a session discards its settings and
// temporary tables.
func (d *database) connect(ctx context.Context) error {
	config, err := pgxpool.ParseConfig(d.engine.server.ConnString(d.pgName))
	if err != nil {
		return err
	}
	config.MaxConns = maxConnections
	config.ConnConfig.User = d.cluster.AdminUser
	config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec
	config.ConnConfig.RuntimeParams = map[string]string{
		"application_name": "redshift", "redshift.database": d.name,
		"standard_conforming_strings": "off", "escape_string_warning": "off", "backslash_quote": "on",
		"client_min_messages": "error",
	}
	// When a statement's context ends, cancel the statement in the server. If it has not
	// ended after 5 seconds, close the connection.
	config.ConnConfig.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: 5 * time.Second}
	}
	config.BeforeConnect = func(ctx context.Context, _ *pgx.ConnConfig) error { return d.engine.resetRoleSettings(ctx) }
	config.AfterRelease = func(c *pgx.Conn) bool {
		ctx, cancel := context.WithTimeout(d.cluster.ctx, 5*time.Second)
		defer cancel()
		_, err := c.Exec(ctx, "DISCARD ALL")
		return err == nil
	}
	d.pool, err = pgxpool.NewWithConfig(ctx, config)
	return err
}

// running returns a context that ends when ctx ends or the cluster is deleted.
func (d *database) running(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(d.cluster.ctx, cancel)
	return ctx, func() {
		stop()
		cancel()
	}
}
