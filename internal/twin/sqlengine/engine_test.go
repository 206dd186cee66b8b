package sqlengine_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/tributary-cdk/tributary/internal/twin/sqlengine"
)

func TestFunctions(t *testing.T) {
	t.Parallel()
	d := open(t)
	tests := map[string]struct{ sql, want string }{
		"database":              {"SELECT current_database(), current_user", "dev|admin"},
		"path present, absent":  {`SELECT json_extract_path_text('{"a":{"b":"c"}}','a','b'), json_extract_path_text('{"a":1}','b')`, "c|NULL"},
		"path keeps the text":   {`SELECT json_extract_path_text('{"a": {"b" : 1e3}}','a'), json_extract_path_text('{"a":1e3}','a')`, `{"b" : 1e3}|1e3`},
		"path of invalid JSON":  {`SELECT json_extract_path_text('x','a',true), json_extract_path_text(NULL,'a',true)`, "NULL|NULL"},
		"can_json_parse":        {`SELECT can_json_parse('{}'), can_json_parse('x'), can_json_parse('"\\u0000"'), can_json_parse(to_varbyte('ff','hex')), can_json_parse(to_varbyte('[1]','utf8'))`, "t|f|f|f|t"},
		"is_valid_json":         {`SELECT is_valid_json('{}'), is_valid_json('{')`, "t|f"},
		"json_parse":            {`SELECT json_parse('{"a": [1, 2.50]}')`, `{"a":[1,2.50]}`},
		"varbyte":               {"SELECT to_varbyte('abc','utf8'), from_varbyte(to_varbyte('616263','hex'),'utf-8'), from_varbyte(to_varbyte('abc','utf8'),'hex')", "616263|abc|616263"},
		"try_cast numbers":      {"SELECT TRY_CAST('1.255' AS decimal(10,2)), TRY_CAST('1e2' AS decimal(10,2)), TRY_CAST(' 7 ' AS int), TRY_CAST('-3' AS bigint)", "1.26|100.00|7|-3"},
		"try_cast out of range": {"SELECT TRY_CAST('1e400' AS decimal(10,2)), TRY_CAST('123456789.1' AS decimal(10,2)), TRY_CAST('70000' AS smallint)", "NULL|NULL|NULL"},
		"try_cast not a number": {"SELECT TRY_CAST('NaN' AS decimal(10,2)), TRY_CAST('0x1f' AS int), TRY_CAST('1_000' AS int), TRY_CAST('' AS int), TRY_CAST('infinity' AS double precision)", "NULL|NULL|NULL|NULL|NULL"},
		"try_cast dates":        {"SELECT TRY_CAST('2026-02-28' AS date), TRY_CAST('2026-02-30' AS date), TRY_CAST('now' AS timestamp), TRY_CAST('2026-01-02 03:04:05' AS timestamp)", "2026-02-28|NULL|NULL|2026-01-02 03:04:05"},
		"to_timestamp":          {"SELECT to_timestamp('','YYYY'), to_timestamp('2026-01-02 03:04:05','YYYY-MM-DD HH24:MI:SS')", "0001-01-01 00:00:00+00|2026-01-02 03:04:05+00"},
		"dates":                 {"SELECT dateadd(month, 1, '2026-01-31'), dateadd(quarter, 1, '2026-01-01'), datediff(week, '2026-01-01', '2026-01-31'), datediff(hours, '2026-01-01 00:59', '2026-01-01 01:00')", "2026-02-28 00:00:00|2026-04-01 00:00:00|4|1"},
		"nvl, len":              {"SELECT nvl(NULL, 'x'), nvl(NULL, NULL, 3), len('añb')", "x|3|3"},
		"backslash escapes":     {`SELECT 'a\\b', 'it\'s'`, `a\b|it's`},
		"text sorts by byte":    {"SELECT min(a) FROM (SELECT 'a' AS a UNION SELECT 'B') x", "B"},
		"quoted names fold":     {`SELECT "A" FROM (SELECT 1 AS "a") x`, "1"},
		"external schemas":      {"SELECT eskind, schemaname, esoptions FROM svv_external_schemas", `9|evdata|{"IAM_ROLE" : "arn:aws:iam::123456789012:role/streaming", "REGION" : null}`},
		"namespace":             {"SELECT count(*) FROM pg_namespace WHERE nspname = 'evdata'", "1"},
	}
	for name, tt := range tests {
		if got := d.rows(tt.sql); !cmp.Equal([]string{tt.want}, got) {
			t.Errorf("%s: want %q, got %q", name, tt.want, got)
		}
	}
}

func TestTableDef(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.exec("CREATE TABLE defined (a int DISTKEY, b varchar(5) NOT NULL, c date) COMPOUND SORTKEY (c, b)")
	want := []string{"public|a|integer|t|0|f", "public|b|character varying(5)|f|2|t", "public|c|date|f|1|f"}
	got := d.rows(`SELECT schemaname, "column", trim(type), distkey, sortkey, "notnull" FROM pg_table_def WHERE tablename = 'defined' ORDER BY 2`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestSessionState checks that settings and temporary tables end with the statement that
// creates them.
func TestSessionState(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.exec("SET search_path TO evdata")
	d.exec("CREATE TEMP TABLE gone (a int)")
	for range 3 { // the pool may have several connections
		if diff := cmp.Diff([]string{`"$user", public`}, d.rows("SHOW search_path")); diff != "" {
			t.Errorf("search_path after the statement that sets it: -want +got:\n%s", diff)
		}
		if got, want := d.fails("SELECT * FROM gone").Error(), `ERROR: relation "gone" does not exist`; got != want {
			t.Errorf("want %q, got %q", want, got)
		}
	}
}

func TestParameters(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.exec("CREATE TABLE t (a int, b varchar(20))")
	insert := map[string]string{"a": "7", "b": `it's \ :a`}
	if _, err := shared.Exec(t.Context(), d.Target, "INSERT INTO t VALUES (:a, :b)", insert); err != nil {
		t.Fatal(err)
	}
	r, err := shared.Exec(t.Context(), d.Target, "SELECT a, b FROM t WHERE a = :a AND b = :b", insert)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][][]byte{{[]byte("7"), []byte(`it's \ :a`)}}, r.Rows); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestExecBatch(t *testing.T) {
	t.Parallel()
	d := open(t)
	results, err := shared.ExecBatch(t.Context(), d.Target, []string{"CREATE TABLE t (a int)", "INSERT INTO t VALUES (1), (2)", "SELECT no_such FROM t"}, nil)
	if err == nil || err.Error() != `ERROR: column "no_such" does not exist` || len(results) != 2 {
		t.Errorf("want two results and the error of the third statement, got %d, %v", len(results), err)
	}
	if got, want := d.fails("SELECT * FROM t").Error(), `ERROR: relation "t" does not exist`; got != want {
		t.Errorf("table of the batch that was rolled back: want %q, got %q", want, got)
	}
	refused := map[string]string{
		"ALTER TABLE t APPEND FROM u":   "ERROR: ALTER TABLE APPEND cannot run inside a transaction block",
		"REFRESH MATERIALIZED VIEW v":   "ERROR: the local twin doesn't run REFRESH MATERIALIZED VIEW in a transaction; send it outside a batch",
		"DROP MATERIALIZED VIEW none":   "ERROR: the local twin doesn't run DROP MATERIALIZED VIEW in a transaction; send it outside a batch",
		"SELECT 1 ->> 2":                "ERROR: syntax error at or near \"->>\"\n  Position: 10",
		"SELECT * FROM evdata.anything": `ERROR: the stream "evdata"."anything" can be read in the definition of a materialized view only`,
	}
	for sql, want := range refused {
		if _, err := shared.ExecBatch(t.Context(), d.Target, []string{sql}, nil); err == nil || err.Error() != want {
			t.Errorf("%s: want %q, got %v", sql, want, err)
		}
	}
}

func TestWritesAreSerializable(t *testing.T) {
	t.Parallel()
	d := open(t)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if _, err := shared.Exec(t.Context(), d.Target, "CREATE TABLE IF NOT EXISTS ledger (object VARCHAR(600) NOT NULL)", nil); err != nil {
				t.Error(err)
			}
			for n := range 10 {
				_, err := shared.Exec(t.Context(), d.Target, "INSERT INTO ledger SELECT :o WHERE NOT EXISTS (SELECT 1 FROM ledger WHERE object = :o)",
					map[string]string{"o": fmt.Sprint(n)})
				if err != nil && !strings.Contains(err.Error(), "Serializable isolation violation") {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if diff := cmp.Diff([]string{"0"}, d.rows("SELECT count(*) - count(distinct object) FROM ledger")); diff != "" {
		t.Errorf("rows inserted twice: -want +got:\n%s", diff)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	d := open(t)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := shared.Exec(ctx, d.Target, endless, nil)
	var e *sqlengine.Error
	if !errors.As(err, &e) || e.Error() != "ERROR: Query cancelled on user's request" {
		t.Errorf("want the error of a cancelled query, got %v", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("duration: want about 100 ms, got %v", took)
	}
	conn := superuser(t, "postgres")
	for running := 1; running > 0; {
		if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE query = $1 AND state = 'active'", endless).Scan(&running); err != nil {
			t.Fatal(err)
		}
	}
}

// endless is a query that runs longer than any test.
const endless = "SELECT count(*) FROM pg_class a, pg_class b, pg_class c, pg_class d"

// superuser opens a connection as PostgreSQL's superuser.
func superuser(t *testing.T, database string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), server.ConnString(database))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) }) // t's context has ended
	return conn
}

func TestUsersAndGrants(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.exec("CREATE USER analyst PASSWORD 'Passw0rd'")
	t.Cleanup(func() { // a role exists in the whole server
		_, _ = shared.Exec(context.Background(), d.Target, "DROP USER analyst", nil) // t's context has ended
	})
	d.exec(streamingView)
	target := d.Target
	target.User = "analyst"
	read := func() error {
		_, err := shared.Exec(t.Context(), target, "SELECT count(*) FROM v", nil)
		return err
	}
	if err := read(); err == nil || err.Error() != "ERROR: permission denied for table v" {
		t.Errorf("before the grant: got %v", err)
	}
	d.exec(`GRANT SELECT ON "public"."v" TO "analyst"`)
	if err := read(); err != nil {
		t.Errorf("after the grant: %v", err)
	}
	_, err := shared.Exec(t.Context(), target, "REFRESH MATERIALIZED VIEW v", nil)
	if want := `ERROR: the local twin runs REFRESH MATERIALIZED VIEW as the admin user "admin" only, got "analyst"`; err == nil || err.Error() != want {
		t.Errorf("want %q, got %v", want, err)
	}
	d.exec("REVOKE ALL ON v FROM analyst")
	target.User = "nobody_known"
	if err := read(); err == nil || err.Error() != `FATAL: user "nobody_known" does not exist` {
		t.Errorf("unknown user: got %v", err)
	}
}

func TestClusters(t *testing.T) {
	t.Parallel()
	d := open(t)
	if err := shared.CreateCluster(t.Context(), sqlengine.Cluster{ID: d.Cluster, Database: "dev"}); err == nil {
		t.Error("create a cluster with the same id: want an error")
	}
	if diff := cmp.Diff([]string{"dev"}, shared.Databases(d.Cluster)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	target := d.Target
	target.Database = "x"
	if _, err := shared.Exec(t.Context(), target, "SELECT 1", nil); err == nil || err.Error() != `FATAL: database "x" does not exist` {
		t.Errorf("unknown database: got %v", err)
	}
	running := make(chan error)
	go func() {
		_, err := shared.Exec(context.WithoutCancel(t.Context()), d.Target, endless, nil)
		running <- err
	}()
	time.Sleep(100 * time.Millisecond)
	if err := shared.DeleteCluster(t.Context(), d.Cluster); err != nil {
		t.Fatal(err)
	}
	if err := <-running; err == nil {
		t.Error("a statement that runs while its cluster is deleted: want an error")
	}
	if _, ok := shared.Cluster(d.Cluster); ok {
		t.Error("the deleted cluster still exists")
	}
}
