package sqlengine

import (
	"cmp"
	"context"
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// New runs these files in the template database, in this order.
var (
	//go:embed catalog.sql
	catalog string
	//go:embed systemviews.sql
	systemViews string
	// rights revokes privileges that would let a statement access more than its database.
	//
	//go:embed rights.sql
	rights string
)

// template is the PostgreSQL database from which the databases of clusters are copied.
const template = "redshift_template"

// maxConnections is the maximum number of the admin user's connections to one database, for
// statements and automatic refreshes together.
const maxConnections = 20

// Server is the PostgreSQL server that contains the databases.
type Server interface {
	// ConnString returns a connection string with which pgx connects to a database as
	// the superuser. The Engine uses it to create databases and roles, and never to run
	// the statements of users.
	ConnString(database string) string
}

// Record is a record of a stream.
type Record struct {
	SequenceNumber, PartitionKey string
	Data                         []byte
	Arrived                      time.Time
}

// Streams are the Kinesis streams that external schemas can read.
type Streams interface {
	// Shards returns the ids of a stream's shards, or an error if the stream doesn't
	// exist.
	Shards(stream string) ([]string, error)
	// Read returns up to limit records of a shard whose sequence numbers are greater
	// than after, oldest first. An empty after means all records.
	Read(stream, shard, after string, limit int) ([]Record, error)
	// Subscribe returns a channel that receives a value after records are put into the
	// stream, until stop is called. There may be fewer values than records.
	Subscribe(stream string) (changed <-chan struct{}, stop func())
}

// Options configure an Engine.
type Options struct {
	Server  Server
	Streams Streams
	// Now is the clock. Nil means time.Now.
	Now func() time.Time
	// Authorizer decides what the roles of external schemas may do. Nil allows
	// everything.
	Authorizer Authorizer
	// Strictness configures in which respects the Engine is as strict as Redshift.
	Strictness Strictness
	// Log receives errors that are returned to no caller, such as the error of an
	// automatic refresh. Nil discards them.
	Log *slog.Logger
}

// Strictness configures in which respects an Engine is as strict as Redshift. By default,
// it is not strict.
type Strictness struct {
	// Snapshot sets the isolation level to SNAPSHOT, which is the default of new
	// warehouses. Otherwise, the level is SERIALIZABLE.
	//
	// Source: https://docs.aws.amazon.com/redshift/latest/dg/c_serial_isolation.html
	Snapshot bool
	// UntypedParameters refuses a parameter that is an item of a SELECT list and has
	// no CAST.
	UntypedParameters bool
	// HiddenDependents removes the objects that depend on a materialized view from
	// pg_depend. In Redshift, they may depend on the internal table of the view instead.
	HiddenDependents bool
}

// Authorizer decides what a cluster may do with IAM roles. The parameter roles is a role's
// ARN, or a chain of ARNs that are separated by commas. The text of an error is the text of
// Redshift's error.
type Authorizer interface {
	// Attached returns an error if the cluster can't assume the roles.
	Attached(cluster, roles string) error
	// MayRead returns an error if the roles don't allow the cluster to read the stream.
	MayRead(cluster, roles, stream string) error
}

// Engine is a set of Redshift clusters. It is safe for concurrent use.
type Engine struct {
	server  Server
	streams Streams
	roles   Authorizer // nil allows everything
	strict  Strictness
	now     func() time.Time
	log     *slog.Logger
	admin   *pgxpool.Pool // connections of the superuser to the database postgres
	queries atomic.Int64  // the id of the last query
	number  atomic.Int64  // the number in the name of the last PostgreSQL database

	usersKey string // the secret argument of the functions that create and drop users

	adminsMu sync.Mutex
	admins   map[string]bool // the names of admin users

	mu         sync.Mutex
	clusters   map[string]*cluster
	workgroups map[string]string // cluster ids by the names of workgroups
}

// Cluster describes a cluster, or the databases of a Serverless namespace.
type Cluster struct {
	ID string // the cluster's identifier
	// Database is the name of the first database.
	Database string
	// AdminUser is the name of the admin user. Empty means "awsuser".
	AdminUser string
	// SecretARN is the ARN of the admin user's secret. It is empty if there is no secret.
	SecretARN string
	// Paused is true while the cluster is paused. See SetPaused.
	Paused bool
}

// cluster is a Cluster in an Engine.
type cluster struct {
	Cluster
	ctx       context.Context // ends when the cluster is deleted
	end       context.CancelFunc
	databases map[string]*database // by name
}

// New returns an Engine whose databases are in o.Server. It creates the template database,
// so a server can have one Engine only. The caller must call Close.
func New(ctx context.Context, o Options) (*Engine, error) {
	e := &Engine{
		server: o.Server, streams: o.Streams, roles: o.Authorizer, strict: o.Strictness, now: o.Now,
		log: cmp.Or(o.Log, slog.New(slog.DiscardHandler)), clusters: map[string]*cluster{}, workgroups: map[string]string{},
		usersKey: rand.Text(), admins: map[string]bool{},
	}
	if e.now == nil {
		e.now = time.Now
	}
	admin, err := pgxpool.New(ctx, o.Server.ConnString("postgres"))
	if err != nil {
		return nil, fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	e.admin = admin
	if err := e.makeTemplate(ctx); err != nil {
		admin.Close()
		return nil, fmt.Errorf("create the Redshift catalog: %w", err)
	}
	return e, nil
}

// makeTemplate creates the template database and runs the SQL files in it.
func (e *Engine) makeTemplate(ctx context.Context) error {
	if _, err := e.admin.Exec(ctx, "CREATE DATABASE "+template); err != nil {
		return err
	}
	if _, err := e.admin.Exec(ctx, "REVOKE ALL ON DATABASE postgres, template1, "+template+" FROM PUBLIC"); err != nil {
		return err
	}
	conn, err := pgconn.Connect(ctx, e.server.ConnString(template))
	if err != nil {
		return err
	}
	for _, sql := range []string{catalog, systemViews, rights} {
		if _, err = conn.Exec(ctx, sql).ReadAll(); err != nil {
			break
		}
	}
	if err == nil {
		err = conn.ExecParams(ctx, "INSERT INTO pg_streaming_users.key VALUES ($1)", [][]byte{[]byte(e.usersKey)}, nil, nil, nil).Read().Err
	}
	return errors.Join(err, conn.Close(ctx))
}

// Close deletes every cluster.
func (e *Engine) Close(ctx context.Context) error {
	e.mu.Lock()
	var ids []string
	for id := range e.clusters {
		ids = append(ids, id)
	}
	e.mu.Unlock()
	var errs []error
	for _, id := range ids {
		errs = append(errs, e.DeleteCluster(ctx, id))
	}
	e.admin.Close()
	return errors.Join(errs...)
}

// CreateCluster creates a cluster and its first database. It returns an error if a cluster
// with that id exists.
func (e *Engine) CreateCluster(ctx context.Context, c Cluster) error {
	if c.ID == "" || c.Database == "" {
		return errors.New("cluster: needs an ID and a Database")
	}
	c.AdminUser = cmp.Or(c.AdminUser, "awsuser")
	created := &cluster{Cluster: c, databases: map[string]*database{}}
	created.ctx, created.end = context.WithCancel(context.WithoutCancel(ctx))
	e.mu.Lock()
	if e.clusters[c.ID] != nil {
		e.mu.Unlock()
		created.end()
		return fmt.Errorf("cluster %q already exists", c.ID)
	}
	e.clusters[c.ID] = created
	created.Paused = true // until its database exists
	e.mu.Unlock()

	d, err := e.createDatabase(ctx, created, c.Database)
	e.mu.Lock()
	defer e.mu.Unlock()
	if err != nil {
		created.end()
		delete(e.clusters, c.ID)
		return fmt.Errorf("create cluster %q: %w", c.ID, err)
	}
	created.databases[c.Database], created.Paused = d, c.Paused
	return nil
}

// createDatabase creates a database, and the admin user's role if it doesn't exist.
func (e *Engine) createDatabase(ctx context.Context, c *cluster, name string) (*database, error) {
	if err := e.makeAdmin(ctx, c.AdminUser); err != nil {
		return nil, err
	}
	d := &database{engine: e, cluster: c, name: name, pgName: fmt.Sprintf("redshift_%d", e.number.Add(1)), watchers: map[uint32]*watcher{}, own: map[string]bool{}}
	if _, err := e.admin.Exec(ctx, "CREATE DATABASE "+d.pgName+" TEMPLATE "+template+" STRATEGY file_copy"); err != nil {
		return nil, err
	}
	if err := e.grantToAdmin(ctx, d); err != nil {
		return nil, err
	}
	return d, d.connect(ctx)
}

// DeleteCluster cancels the statements and automatic refreshes of a cluster, and drops its
// databases. If the cluster doesn't exist, it does nothing and returns nil.
func (e *Engine) DeleteCluster(ctx context.Context, id string) error {
	e.mu.Lock()
	c := e.clusters[id]
	delete(e.clusters, id)
	e.mu.Unlock()
	if c == nil {
		return nil
	}
	c.end()
	var errs []error
	for _, d := range c.databases {
		d.stopAll()
		d.pool.Close()
		_, err := e.admin.Exec(ctx, "DROP DATABASE "+d.pgName+" WITH (FORCE)")
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
