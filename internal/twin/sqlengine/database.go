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
	name    string // as its users know it
	pgName  string // as PostgreSQL knows it
	pool    *pgxpool.Pool

	ownMu sync.Mutex      // held while an identity's own user is made
	own   map[string]bool // those that were given their rights

	mu       sync.Mutex
	watchers map[uint32]*watcher // by the view's oid
	stopped  bool                // no watcher may begin any more
}

// connect opens the pool. Its sessions speak as Redshift's do: a backslash in
// a string escapes. They run as the cluster's admin user and forget, between
// statements, what a statement has set.
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
	// The end of a statement's context cancels the statement in the server,
	// and only closes the connection if that doesn't help.
	config.ConnConfig.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: 5 * time.Second}
	}
	config.BeforeConnect = func(ctx context.Context, _ *pgx.ConnConfig) error { return d.engine.forgetSettings(ctx) }
	config.AfterRelease = func(c *pgx.Conn) bool {
		ctx, cancel := context.WithTimeout(d.cluster.ctx, 5*time.Second)
		defer cancel()
		_, err := c.Exec(ctx, "DISCARD ALL")
		return err == nil
	}
	d.pool, err = pgxpool.NewWithConfig(ctx, config)
	return err
}

// running returns ctx, ended early if the cluster is deleted.
func (d *database) running(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(d.cluster.ctx, cancel)
	return ctx, func() {
		stop()
		cancel()
	}
}
