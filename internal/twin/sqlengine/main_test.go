package sqlengine_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/postgres"
	"github.com/tributary-cdk/tributary/internal/twin/postgres/postgrestest"
	"github.com/tributary-cdk/tributary/internal/twin/sqlengine"
)

// The engines that the tests share, since each needs a PostgreSQL server, which takes
// a second to start. Each test creates its own cluster.
var (
	server        *postgres.Server  // of shared
	shared        *sqlengine.Engine // without strictness
	strictEngine  *sqlengine.Engine // with all kinds of strictness
	sharedStreams *streams          // of both engines
)

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

// run starts both engines, runs the tests, and stops the engines. It returns the exit
// code.
func run(m *testing.M) int {
	ctx := context.Background()
	sharedStreams = newStreams(time.Now)
	sharedStreams.create("s", 1)
	var strictServer *postgres.Server
	var err, strictErr error
	var starts sync.WaitGroup
	starts.Go(func() { server, shared, err = startEngine(ctx, sqlengine.Strictness{}) })
	starts.Go(func() {
		strictServer, strictEngine, strictErr = startEngine(ctx, sqlengine.Strictness{Snapshot: true, UntypedParameters: true, HiddenDependents: true})
	})
	starts.Wait()
	defer stopEngine(ctx, server, shared)
	defer stopEngine(ctx, strictServer, strictEngine)
	if err := errors.Join(err, strictErr); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// startEngine starts an engine that reads sharedStreams, on a new PostgreSQL server.
func startEngine(ctx context.Context, strictness sqlengine.Strictness) (*postgres.Server, *sqlengine.Engine, error) {
	server, err := postgrestest.Start(ctx)
	if err != nil {
		return nil, nil, err
	}
	engine, err := sqlengine.New(ctx, sqlengine.Options{Server: server, Streams: sharedStreams, Strictness: strictness})
	return server, engine, err
}

// stopEngine closes what startEngine returned. Both may be nil.
func stopEngine(ctx context.Context, server *postgres.Server, engine *sqlengine.Engine) {
	if engine != nil {
		_ = engine.Close(ctx) // the tests have ended
	}
	if server != nil {
		_ = server.Close() // the tests have ended
	}
}

// database is the database of a cluster that one test uses, with a stream that only this
// test uses.
type database struct {
	testing.TB
	sqlengine.Target
	stream string
}

// open creates a cluster in the engine shared, a stream of two shards, and the external
// schema evdata.
func open(t testing.TB) *database {
	t.Helper()
	target := createCluster(t, shared)
	d := &database{TB: t, Target: target, stream: "stream-" + target.Cluster}
	sharedStreams.create(d.stream, 2)
	d.exec("CREATE EXTERNAL SCHEMA evdata FROM KINESIS IAM_ROLE 'arn:aws:iam::123456789012:role/streaming'")
	return d
}

// createCluster creates a cluster for the test, with the database dev, and deletes it
// when the test has ended.
func createCluster(t testing.TB, engine *sqlengine.Engine) sqlengine.Target {
	t.Helper()
	id := strings.NewReplacer("/", "-", "_", "-").Replace(strings.ToLower(t.Name()))
	if err := engine.CreateCluster(t.Context(), sqlengine.Cluster{ID: id, Database: "dev", AdminUser: "admin"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.DeleteCluster(context.Background(), id); err != nil { // t's context has ended
			t.Error(err)
		}
	})
	return sqlengine.Target{Cluster: id, Database: "dev"}
}

// put puts records into the stream, alternately into its two shards.
func (d *database) put(data ...string) {
	for i, r := range data {
		sharedStreams.put(d.stream, shardID(i%2), r)
	}
}

// sql replaces STREAM in a text by the quoted name of the stream.
func (d *database) sql(text string) string {
	return strings.ReplaceAll(text, "STREAM", `evdata."`+d.stream+`"`)
}

// exec runs a statement, which must succeed.
func (d *database) exec(sql string) sqlengine.Result {
	d.Helper()
	r, err := shared.Exec(d.Context(), d.Target, d.sql(sql), nil)
	if err != nil {
		d.Fatalf("%s: %v", sql, err)
	}
	return r
}

// rows runs a query and returns its rows, each with its values joined by "|".
func (d *database) rows(sql string) []string {
	d.Helper()
	var list []string
	for _, row := range d.exec(sql).Rows {
		var values []string
		for _, v := range row {
			if v == nil {
				v = []byte("NULL")
			}
			values = append(values, string(v))
		}
		list = append(list, strings.Join(values, "|"))
	}
	return list
}

// fails runs a statement, which must fail, and returns its error.
func (d *database) fails(sql string) *sqlengine.Error {
	d.Helper()
	_, err := shared.Exec(d.Context(), d.Target, d.sql(sql), nil)
	var e *sqlengine.Error
	if !errors.As(err, &e) {
		d.Fatalf("%s: want a *sqlengine.Error, got %v", sql, err)
	}
	return e
}
