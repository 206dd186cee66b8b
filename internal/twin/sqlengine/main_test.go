package sqlengine_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tributary-cdk/tributary/internal/twin/postgres"
	"github.com/tributary-cdk/tributary/internal/twin/sqlengine"
)

// shared is the engine of all tests, on the server; each has a cluster of its own.
var (
	server        *postgres.Server
	shared        *sqlengine.Engine
	sharedStreams *streams
)

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

// run runs the tests on one PostgreSQL.
func run(m *testing.M) int {
	ctx := context.Background()
	var err error
	server, err = postgres.Start(ctx, postgres.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer server.Close() //nolint:errcheck // the tests have ended
	sharedStreams = newStreams(time.Now)
	shared, err = sqlengine.New(ctx, sqlengine.Options{Server: server, Streams: sharedStreams})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer shared.Close(ctx) //nolint:errcheck // the tests have ended
	return m.Run()
}

// database is a cluster of a test's own, with a stream of the same name.
type database struct {
	testing.TB
	sqlengine.Target
	stream string
}

// open makes a cluster, a stream of two shards and the external schema evdata.
func open(t testing.TB) *database {
	t.Helper()
	id := strings.NewReplacer("/", "-", "_", "-").Replace(strings.ToLower(t.Name()))
	d := &database{TB: t, Target: sqlengine.Target{Cluster: id, Database: "dev"}, stream: "stream-" + id}
	if err := shared.CreateCluster(t.Context(), sqlengine.Cluster{ID: id, Database: "dev", AdminUser: "admin"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := shared.DeleteCluster(context.Background(), id); err != nil { // t's context has ended
			t.Error(err)
		}
	})
	sharedStreams.create(d.stream, 2)
	d.exec("CREATE EXTERNAL SCHEMA evdata FROM KINESIS IAM_ROLE 'arn:aws:iam::123456789012:role/streaming'")
	return d
}

// put puts records to the stream's shards in turn.
func (d *database) put(data ...string) {
	for i, r := range data {
		sharedStreams.put(d.stream, shardID(i%2), r)
	}
}

// sql fills in the stream's name.
func (d *database) sql(text string) string {
	return strings.ReplaceAll(text, "STREAM", `evdata."`+d.stream+`"`)
}

// exec runs a statement that must succeed.
func (d *database) exec(sql string) sqlengine.Result {
	d.Helper()
	r, err := shared.Exec(d.Context(), d.Target, d.sql(sql), nil)
	if err != nil {
		d.Fatalf("%s: %v", sql, err)
	}
	return r
}

// rows runs a query and returns each row's values joined by |.
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

// fails runs a statement that must fail and returns its error.
func (d *database) fails(sql string) *sqlengine.Error {
	d.Helper()
	_, err := shared.Exec(d.Context(), d.Target, d.sql(sql), nil)
	var e *sqlengine.Error
	if !errors.As(err, &e) {
		d.Fatalf("%s: want a *sqlengine.Error, got %v", sql, err)
	}
	return e
}
