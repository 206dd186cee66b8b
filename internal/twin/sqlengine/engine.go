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

// The files are run in this order, in the database that is copied.
var (
	//go:embed catalog.sql
	catalog string
	//go:embed systemviews.sql
	systemViews string
	// rights takes from everybody what reaches out of a database.
	//
	//go:embed rights.sql
	rights string
)

// template is the database that clusters' databases are copies of.
const template = "redshift_template"

// maxConnections bounds the sessions of one database: those of statements and
// of refreshes together.
const maxConnections = 20

// Server is the PostgreSQL server that holds the databases.
type Server interface {
	// ConnString returns how pgx connects to a database as the superuser, which the
	// Engine does to make databases and roles. No statement of SQL runs so.
	ConnString(database string) string
}

// Record is one record of a stream, as a refresh reads it.
type Record struct {
	SequenceNumber, PartitionKey string
	Data                         []byte
	Arrived                      time.Time
}

// Streams are the Kinesis streams that external schemas map.
type Streams interface {
	// Shards returns the ids of a stream's shards, or an error if there is no
	// such stream.
	Shards(stream string) ([]string, error)
	// Read returns up to limit records of a shard after a sequence number, in
	// order; from the oldest one if after is empty.
	Read(stream, shard, after string, limit int) ([]Record, error)
	// Subscribe returns a channel that signals after records were put, once for
	// any number of them, until stop is called.
	Subscribe(stream string) (changed <-chan struct{}, stop func())
}

// Options say where an Engine's data lies.
type Options struct {
	Server  Server
	Streams Streams
	// Now is the clock. Nil means time.Now.
	Now func() time.Time
	// Authorizer is asked about roles. Nil lets every role do everything.
	Authorizer Authorizer
	// Strictness says where the Engine is as strict as Redshift can be.
	Strictness Strictness
	// Log receives what no caller hears of, such as a failed automatic refresh.
	// Nil discards it.
	Log *slog.Logger
}

// Strictness says where an Engine is as strict as Redshift can be.
type Strictness struct {
	// Snapshot isolates transactions as SNAPSHOT does, which new warehouses have, not
	// as SERIALIZABLE does.
	//
	// Source: https://docs.aws.amazon.com/redshift/latest/dg/c_serial_isolation.html
	Snapshot bool
	// UntypedParameters refuses a parameter that is an item of a SELECT list and has
	// no CAST.
	UntypedParameters bool
	// HiddenDependents keeps from pg_depend what depends on a materialized view, as if
	// it hung on the table that Redshift hides behind one.
	HiddenDependents bool
}

// Authorizer says what a cluster may do by its roles. An error is what Redshift says.
type Authorizer interface {
	// Attached refuses a role, or a chain of them, that the cluster can't assume.
	Attached(cluster, roles string) error
	// MayRead refuses a role, or a chain of them, that may not read the stream.
	MayRead(cluster, roles, stream string) error
}

// Engine is a set of Redshift clusters. It is safe for concurrent use.
type Engine struct {
	server  Server
	streams Streams
	roles   Authorizer // nil: none is asked
	strict  Strictness
	now     func() time.Time
	log     *slog.Logger
	admin   *pgxpool.Pool
	queries atomic.Int64 // the last query id given
	number  atomic.Int64 // of the last PostgreSQL database made

	usersKey string // makes and drops users; no statement knows it

	adminsMu sync.Mutex
	admins   map[string]bool // the roles that are clusters' admin users

	mu         sync.Mutex
	clusters   map[string]*cluster
	workgroups map[string]string // by name: the cluster's id
}

// Cluster describes a cluster, or a serverless workgroup in its place.
type Cluster struct {
	ID string // the cluster identifier, or the workgroup's name
	// Database is the first database's name.
	Database string
	// AdminUser owns what is created. Empty means "awsuser".
	AdminUser string
	// SecretARN is the admin user's secret, empty if there is none.
	SecretARN string
	// Paused says that the cluster runs nothing at present. See SetPaused.
	Paused bool
}

// cluster is a Cluster that exists.
type cluster struct {
	Cluster
	ctx       context.Context // ends with the cluster
	end       context.CancelFunc
	databases map[string]*database
}

// New prepares server's template database. The Engine is usable until Close.
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
		return nil, fmt.Errorf("make the Redshift catalog: %w", err)
	}
	return e, nil
}

// makeTemplate makes the template database and its catalog.
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

// CreateCluster makes a cluster with its first database. A cluster of that id
// must not exist.
func (e *Engine) CreateCluster(ctx context.Context, c Cluster) error {
	if c.ID == "" || c.Database == "" {
		return errors.New("cluster: needs an ID and a Database")
	}
	c.AdminUser = cmp.Or(c.AdminUser, "awsuser")
	made := &cluster{Cluster: c, databases: map[string]*database{}}
	made.ctx, made.end = context.WithCancel(context.WithoutCancel(ctx))
	e.mu.Lock()
	if e.clusters[c.ID] != nil {
		e.mu.Unlock()
		made.end()
		return fmt.Errorf("cluster %q already exists", c.ID)
	}
	e.clusters[c.ID] = made
	made.Paused = true // until it is there
	e.mu.Unlock()

	d, err := e.createDatabase(ctx, made, c.Database)
	e.mu.Lock()
	defer e.mu.Unlock()
	if err != nil {
		made.end()
		delete(e.clusters, c.ID)
		return fmt.Errorf("create cluster %q: %w", c.ID, err)
	}
	made.databases[c.Database], made.Paused = d, c.Paused
	return nil
}

// createDatabase makes the admin role, if it isn't there, and a database.
func (e *Engine) createDatabase(ctx context.Context, c *cluster, name string) (*database, error) {
	if err := e.makeAdmin(ctx, c.AdminUser); err != nil {
		return nil, err
	}
	d := &database{engine: e, cluster: c, name: name, pgName: fmt.Sprintf("redshift_%d", e.number.Add(1)), watchers: map[uint32]*watcher{}, own: map[string]bool{}}
	if _, err := e.admin.Exec(ctx, "CREATE DATABASE "+d.pgName+" TEMPLATE "+template+" STRATEGY file_copy"); err != nil {
		return nil, err
	}
	if err := e.hand(ctx, d); err != nil {
		return nil, err
	}
	return d, d.connect(ctx)
}

// DeleteCluster ends what a cluster runs, automatic refreshes too, and drops
// its databases. A cluster that doesn't exist is no error.
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
