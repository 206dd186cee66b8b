package sqlengine_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const streamingView = "CREATE MATERIALIZED VIEW v AS SELECT sequence_number, from_varbyte(kinesis_data, 'utf-8')::int AS n, refresh_time FROM STREAM"

func TestStreamColumns(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.exec("CREATE MATERIALIZED VIEW everything AS SELECT * FROM STREAM")
	var got []string
	for _, c := range d.exec("SELECT * FROM everything").Columns {
		got = append(got, fmt.Sprintf("%s %s %d", c.Name, c.Type, c.Length))
	}
	want := []string{
		"approximate_arrival_timestamp timestamp 0", "partition_key varchar 256", "shard_id bpchar 20",
		"sequence_number varchar 128", "refresh_time timestamp 0", "kinesis_data varbyte 0",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("columns: -want +got:\n%s", diff)
	}
	if n := d.rows("SELECT count(*) FROM everything"); n[0] != "0" {
		t.Errorf("rows of a new view: want 0, got %s", n[0])
	}
	d.put("a", "b")
	d.exec("REFRESH MATERIALIZED VIEW everything")
	rows := d.rows("SELECT shard_id, kinesis_data, approximate_arrival_timestamp <= refresh_time FROM everything ORDER BY 1")
	if diff := cmp.Diff([]string{"shardId-000000000000|61|t", "shardId-000000000001|62|t"}, rows); diff != "" {
		t.Errorf("rows: -want +got:\n%s", diff)
	}
}

// TestRefreshFromCheckpoint checks that a refresh reads only the records after those of the
// refresh before.
func TestRefreshFromCheckpoint(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.exec(streamingView)
	d.put("1", "2", "3")
	d.exec("REFRESH MATERIALIZED VIEW v")
	d.put("4")
	d.exec("REFRESH MATERIALIZED VIEW v")
	d.exec("REFRESH MATERIALIZED VIEW v")
	if diff := cmp.Diff([]string{"4|10|2"}, d.rows("SELECT count(*), sum(n), count(distinct refresh_time) FROM v")); diff != "" {
		t.Errorf("rows: -want +got:\n%s", diff)
	}
	want := []string{
		"Manual|Refresh successfully updated MV incrementally",
		"Manual|Refresh successfully updated MV incrementally",
		"Manual|Refresh successfully updated MV incrementally. Stream returned no new data",
	}
	if diff := cmp.Diff(want, d.rows("SELECT trim(refresh_type), status FROM sys_mv_refresh_history WHERE mv_name = 'v' ORDER BY start_time")); diff != "" {
		t.Errorf("history: -want +got:\n%s", diff)
	}
	want = []string{"evdata|" + d.stream + "|v|shardId-000000000000|3|0|3", "evdata|" + d.stream + "|v|shardId-000000000001|1|0|1"}
	if diff := cmp.Diff(want, d.rows(`SELECT trim(external_schema_name), trim(stream_name), trim(mv_name), trim(partition_id),
		sum(scanned_rows), sum(skipped_rows), sum(scanned_bytes) FROM sys_stream_scan_states GROUP BY 1, 2, 3, 4 ORDER BY 4`)); diff != "" {
		t.Errorf("scans: -want +got:\n%s", diff)
	}
}

// TestFailedRefresh checks that a refresh that fails changes neither rows nor checkpoints.
func TestFailedRefresh(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.exec(streamingView)
	d.put("1")
	d.exec("REFRESH MATERIALIZED VIEW v")
	d.put("2", "not a number", "3")
	for range 2 { // the second refresh reads the bad record again
		if got, want := d.fails("REFRESH MATERIALIZED VIEW v").Error(), `ERROR: invalid input syntax for type integer: "not a number"`; got != want {
			t.Errorf("want %q, got %q", want, got)
		}
	}
	if diff := cmp.Diff([]string{"1|1"}, d.rows("SELECT count(*), sum(n) FROM v")); diff != "" {
		t.Errorf("rows: -want +got:\n%s", diff)
	}
	want := []string{`Refresh failed. ERROR: invalid input syntax for type integer: "not a number"|2`}
	if diff := cmp.Diff(want, d.rows("SELECT status, count(*) FROM sys_mv_refresh_history WHERE status LIKE 'Refresh failed%' GROUP BY 1")); diff != "" {
		t.Errorf("history: -want +got:\n%s", diff)
	}
}

func TestRefreshSkipsOversizeRecords(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.exec("CREATE MATERIALIZED VIEW v AS SELECT octet_length(kinesis_data) AS n FROM STREAM")
	d.put("1", "2", strings.Repeat("x", 16<<20+1))
	d.exec("REFRESH MATERIALIZED VIEW v")
	if diff := cmp.Diff([]string{"1", "1"}, d.rows("SELECT n FROM v")); diff != "" {
		t.Errorf("rows: -want +got:\n%s", diff)
	}
	want := []string{"v|shardId-000000000000|The record is larger than 16777216 bytes."}
	if diff := cmp.Diff(want, d.rows("SELECT trim(mv_name), trim(partition_id), error_reason FROM sys_stream_scan_errors")); diff != "" {
		t.Errorf("errors: -want +got:\n%s", diff)
	}
}

// TestConcurrentRefreshes checks that concurrent refreshes of a view insert each record once.
func TestConcurrentRefreshes(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.exec(streamingView)
	d.exec(strings.Replace(streamingView, " v ", " w ", 1))
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for n := range 10 {
				d.put(fmt.Sprint(n))
				view := []string{"v", "w"}[i%2]
				if _, err := shared.Exec(t.Context(), d.Target, "REFRESH MATERIALIZED VIEW "+view, nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	for _, view := range []string{"v", "w"} {
		d.exec("REFRESH MATERIALIZED VIEW " + view)
		if diff := cmp.Diff([]string{"80|80|360"}, d.rows("SELECT count(*), count(distinct sequence_number), sum(n) FROM "+view)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", view, diff)
		}
	}
}

// eventually waits until a query returns the rows want, and returns how long it waited.
func (d *database) eventually(sql string, want ...string) time.Duration {
	d.Helper()
	began := time.Now()
	for {
		got := d.rows(sql)
		if cmp.Equal(want, got) {
			return time.Since(began)
		}
		if time.Since(began) > 20*time.Second {
			d.Fatalf("%s: want %q, still got %q", sql, want, got)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestAutoRefresh(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.put("1")
	d.exec(strings.Replace(streamingView, " AS ", " AUTO REFRESH YES AS ", 1))
	d.eventually("SELECT sum(n) FROM v", "1")
	d.put("2", "3")
	t.Logf("time from PutRecords to the rows: %v", d.eventually("SELECT sum(n) FROM v", "6"))
	if diff := cmp.Diff([]string{"v|t|1"}, d.rows("SELECT trim(name), autorefresh, state FROM svv_mv_info")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}

	d.put("bad")
	d.eventually("SELECT count(*) > 0 FROM sys_mv_refresh_history WHERE refresh_type = 'Auto' AND status LIKE 'Refresh failed.%'", "t")

	d.exec("ALTER MATERIALIZED VIEW v AUTO REFRESH NO")
	runs := d.rows("SELECT count(*) FROM sys_mv_refresh_history")
	d.put("4")
	time.Sleep(300 * time.Millisecond)
	if diff := cmp.Diff(runs, d.rows("SELECT count(*) FROM sys_mv_refresh_history")); diff != "" {
		t.Errorf("number of refreshes after AUTO REFRESH NO: -want +got:\n%s", diff)
	}
}

func TestPause(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.exec(strings.Replace(streamingView, " AS ", " AUTO REFRESH YES AS ", 1))
	if err := shared.SetPaused(d.Cluster, true); err != nil {
		t.Fatal(err)
	}
	if got, want := d.fails("SELECT 1").Error(), `FATAL: the cluster "testpause" is paused`; got != want {
		t.Errorf("want %q, got %q", want, got)
	}
	d.put("1")
	time.Sleep(300 * time.Millisecond)
	if err := shared.SetPaused(d.Cluster, false); err != nil {
		t.Fatal(err)
	}
	d.eventually("SELECT sum(n) FROM v", "1")
}
