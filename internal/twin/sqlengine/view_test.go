package sqlengine_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/internal/twin/sqlengine"
)

// TestCreateChangeDropView creates a streaming view, checks the errors of statements about
// it, drops it, and creates it again.
func TestCreateChangeDropView(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.exec(strings.Replace(streamingView, " AS ", " DISTKEY(2) SORTKEY(sequence_number) AS ", 1))
	d.put("1", "2")
	d.exec("REFRESH MATERIALIZED VIEW v")
	d.exec("CREATE VIEW on_top AS SELECT n FROM v")

	tests := map[string]struct{ sql, want string }{
		"create again":     {streamingView, `ERROR: relation "v" already exists`},
		"as a table":       {"CREATE TABLE v (a int)", `ERROR: relation "v" already exists`},
		"as a view":        {"CREATE OR REPLACE VIEW v AS SELECT 1", `ERROR: relation "v" already exists`},
		"unknown stream":   {`CREATE MATERIALIZED VIEW w AS SELECT * FROM evdata.nothing`, `ERROR: stream "nothing" of external schema "evdata" not found: no stream "nothing"`},
		"unknown function": {"CREATE MATERIALIZED VIEW w AS SELECT no_such(kinesis_data) FROM STREAM", "ERROR: function no_such does not exist\n  Position: 38"},
		"no key column":    {strings.Replace(strings.Replace(streamingView, " v ", " w ", 1), " AS ", " DISTKEY(id) AS ", 1), `ERROR: column "id" named in key does not exist`},
		"no key ordinal":   {strings.Replace(strings.Replace(streamingView, " v ", " w ", 1), " AS ", " SORTKEY(4) AS ", 1), `ERROR: key column 4 does not exist: the relation has 3`},
		"insert":           {"INSERT INTO v VALUES ('1', 1, getdate())", `ERROR: cannot change materialized view "v"`},
		"update":           {"UPDATE v SET n = 1", `ERROR: cannot change materialized view "v"`},
		"delete":           {"DELETE FROM v", `ERROR: cannot change materialized view "v"`},
		"truncate":         {"TRUNCATE v", `ERROR: cannot change materialized view "v"`},
		"drop table":       {"DROP TABLE v", "ERROR: \"v\" is not a table\n  Hint: Use DROP MATERIALIZED VIEW to remove a materialized view."},
		"alter table":      {"ALTER TABLE v RENAME TO w", `ERROR: cannot change materialized view "v"`},
		"drop view":        {"DROP VIEW v", "ERROR: \"v\" is not a view\n  Hint: Use DROP TABLE to remove a table."},
		"drop, in use": {"DROP MATERIALIZED VIEW v", "ERROR: cannot drop materialized view v because other objects depend on it\n" +
			"  Detail: view on_top depends on materialized view v\n  Hint: Use DROP ... CASCADE to drop the dependent objects too."},
		"drop a plain view": {"DROP MATERIALIZED VIEW IF EXISTS on_top", "ERROR: \"on_top\" is not a materialized view\n  Hint: Use DROP VIEW to remove a view."},
		"drop schema, in use": {"DROP SCHEMA evdata", "ERROR: cannot drop schema evdata because other objects depend on it\n" +
			"  Detail: materialized view public.v depends on schema evdata\n  Hint: Use DROP ... CASCADE to drop the dependent objects too."},
		"refresh an unknown view": {"REFRESH MATERIALIZED VIEW nothing", `ERROR: relation "nothing" does not exist`},
		"alter an unknown view":   {"ALTER MATERIALIZED VIEW nothing AUTO REFRESH YES", `ERROR: relation "nothing" does not exist`},
		"select from the stream":  {"SELECT * FROM STREAM", `ERROR: the stream "evdata"."` + d.stream + `" can be read in the definition of a materialized view only`},
	}
	for name, tt := range tests {
		if got := d.fails(tt.sql).Error(); got != tt.want {
			t.Errorf("%s: want %q, got %q", name, tt.want, got)
		}
	}

	d.exec("DROP VIEW on_top")
	d.exec("DROP MATERIALIZED VIEW v RESTRICT")
	d.exec("DROP MATERIALIZED VIEW IF EXISTS v")
	d.exec(streamingView)
	d.exec("REFRESH MATERIALIZED VIEW v")
	if diff := cmp.Diff([]string{"2"}, d.rows("SELECT count(*) FROM v")); diff != "" {
		t.Errorf("rows of the view that was created again, which reads all records: -want +got:\n%s", diff)
	}
	d.exec("DROP SCHEMA evdata CASCADE")
	if diff := cmp.Diff([]string(nil), d.rows("SELECT name FROM svv_mv_info UNION ALL SELECT schemaname FROM svv_external_schemas")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	d.exec("DROP SCHEMA IF EXISTS evdata")
}

func TestAppend(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.exec(strings.Replace(streamingView, " AS ", " DISTKEY(n) SORTKEY(sequence_number) AS ", 1))
	d.put("1", "2")
	d.exec("REFRESH MATERIALIZED VIEW v")
	d.exec("CREATE TABLE kept (LIKE v)")
	if r := d.exec("ALTER TABLE kept APPEND FROM v"); r.RowsAffected != 2 {
		t.Errorf("moved rows: want 2, got %d", r.RowsAffected)
	}
	d.put("3")
	d.exec("REFRESH MATERIALIZED VIEW v")
	if diff := cmp.Diff([]string{"kept|1", "kept|2", "v|3"}, d.rows("SELECT 'kept', n FROM kept UNION ALL SELECT 'v', n FROM v ORDER BY 1, 2")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	d.exec("CREATE TABLE no_keys AS SELECT * FROM v")
	d.exec("CREATE TABLE other (a int)")
	tests := map[string]struct{ sql, want string }{
		"other keys":    {"ALTER TABLE no_keys APPEND FROM v", "Distribution"},
		"other columns": {"ALTER TABLE other APPEND FROM v", "Columns of the source and the target table differ"},
		"to a view":     {"ALTER TABLE v APPEND FROM kept", `cannot change materialized view "v"`},
	}
	for name, tt := range tests {
		if got := d.fails(tt.sql).Error(); !strings.Contains(got, tt.want) {
			t.Errorf("%s: want %q, got %q", name, tt.want, got)
		}
	}
}

func TestMaterializedViewsOverTables(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.exec("CREATE TABLE t (a INTEGER ENCODE az64, b VARCHAR(10)) DISTSTYLE KEY DISTKEY(a) SORTKEY(b)")
	d.exec("INSERT INTO t VALUES (1, 'x'), (2, 'y')")
	d.exec("CREATE MATERIALIZED VIEW m SORTKEY(total) AS SELECT b, sum(a) AS total FROM t GROUP BY b")
	d.exec("INSERT INTO t VALUES (3, 'y')")
	if diff := cmp.Diff([]string{"x|1", "y|2"}, d.rows("SELECT * FROM m ORDER BY 1")); diff != "" {
		t.Errorf("before the refresh: -want +got:\n%s", diff)
	}
	d.exec("REFRESH MATERIALIZED VIEW m")
	if diff := cmp.Diff([]string{"x|1", "y|5"}, d.rows("SELECT * FROM m ORDER BY 1")); diff != "" {
		t.Errorf("after the refresh: -want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"m|0|f"}, d.rows("SELECT trim(name), state, autorefresh FROM svv_mv_info")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	want := "ERROR: Auto-refresh is not supported for materialized views defined on other materialized views."
	if got := d.fails("CREATE MATERIALIZED VIEW m2 AUTO REFRESH YES AS SELECT * FROM m").Error(); got != want {
		t.Errorf("want %q, got %q", want, got)
	}
	d.exec("DROP MATERIALIZED VIEW m")
}

// TestLabSQL runs the SQL of the lab's instructions.
func TestLabSQL(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.exec("CREATE MATERIALIZED VIEW ev_station_data AS SELECT json_parse(from_varbyte(kinesis_data, 'utf-8')) AS payload FROM STREAM")
	d.exec(`CREATE MATERIALIZED VIEW ev_station_data_extract DISTKEY(5) sortkey(1) AS
		SELECT approximate_arrival_timestamp, partition_key, shard_id, sequence_number,
		json_extract_path_text(from_varbyte(kinesis_data, 'utf-8'),'_id')::character(36) as ID,
		json_extract_path_text(from_varbyte(kinesis_data, 'utf-8'),'connectionTime')::varchar(20) as connectionTime,
		json_extract_path_text(from_varbyte(kinesis_data, 'utf-8'),'kWhDelivered')::DECIMAL(10,2) as kWhDelivered,
		json_extract_path_text(from_varbyte(kinesis_data, 'utf-8'),'userID')::varchar(30) as userID
		FROM STREAM`)
	d.put(evRecords(4)...)
	d.exec("REFRESH MATERIALIZED VIEW ev_station_data")
	d.exec("REFRESH MATERIALIZED VIEW ev_station_data_extract")
	got := d.rows(`SELECT to_timestamp(connectionTime, 'YYYY-MM-DD HH24:MI:SS') as connectiontime ,SUM(kWhDelivered) AS Energy_Consumed
		,count(distinct userID) AS #Users from ev_station_data_extract
		group by  to_timestamp(connectionTime, 'YYYY-MM-DD HH24:MI:SS') order by 1 desc;`)
	if diff := cmp.Diff([]string{"2026-11-01 10:00:01+00|4.50|2", "2026-11-01 10:00:00+00|2.50|2"}, got); diff != "" {
		t.Errorf("usage: -want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"NULL"}, d.rows("SELECT DISTINCT payload.clusterID FROM ev_station_data")); diff != "" {
		t.Errorf("SUPER by default: -want +got:\n%s", diff)
	}
	// AWS's tutorial sets the parameter and runs the query in one session, which is a batch
	// in the Data API.
	results, err := shared.ExecBatch(t.Context(), d.Target, []string{
		"SET enable_case_sensitive_super_attribute to TRUE",
		"SELECT e.payload.connectionTime::date, SUM(e.payload.kWhDelivered::decimal(10,2)), count(distinct e.payload.userID) AS #Users FROM ev_station_data e GROUP BY 1",
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][][]byte{{[]byte("2026-11-01"), []byte("7.00"), []byte("4")}}, results[1].Rows); diff != "" {
		t.Errorf("SUPER: -want +got:\n%s", diff)
	}
	d.put("not json")
	if got := d.fails("REFRESH MATERIALIZED VIEW ev_station_data").Error(); !strings.Contains(got, "invalid input syntax for type json") {
		t.Errorf("record that isn't JSON: want an error, got %q", got)
	}
}

func TestOldColumnNames(t *testing.T) {
	t.Parallel()
	d := open(t)
	got := d.fails("CREATE MATERIALIZED VIEW v AS SELECT approximatearrivaltimestamp FROM STREAM")
	if want := `ERROR: column "approximatearrivaltimestamp" does not exist`; !strings.HasPrefix(got.Error(), want) {
		t.Errorf("want %q, got %q", want, got)
	}
}

var _ sqlengine.Streams = (*streams)(nil)
