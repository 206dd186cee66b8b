package sqlengine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// rawView is the DDL that Tributary generates for the lab's view of whole records.
const rawView = `CREATE MATERIALIZED VIEW "public"."ev_station_data" BACKUP YES AUTO REFRESH NO AS
SELECT "approximate_arrival_timestamp" AS "approximatearrivaltimestamp", "partition_key" AS "partitionkey",
"shard_id" AS "shardid", "sequence_number" AS "sequencenumber",
CASE WHEN can_json_parse(kinesis_data) THEN json_parse(kinesis_data) END AS "payload",
CASE WHEN NOT can_json_parse(kinesis_data) THEN kinesis_data END AS "failed_payload" FROM STREAM`

// typedView returns the DDL that Tributary generates for the lab's typed view.
func typedView() string {
	const guard = "octet_length(kinesis_data) <= 65535 AND can_json_parse(kinesis_data)"
	field := func(name string) string {
		return "json_extract_path_text(from_varbyte(kinesis_data, 'utf-8'), '" + name + "', true)"
	}
	text := func(path, name, typ string, n int) string {
		return fmt.Sprintf(`(CASE WHEN %s AND octet_length(%s) <= %d THEN %s END)::%s(%d) AS %q`, guard, field(path), n, field(path), typ, n, name)
	}
	decimal := func(path, name string) string {
		return fmt.Sprintf(`TRY_CAST(NULLIF(CASE WHEN %s THEN %s END, '') AS DECIMAL(10,2)) AS %q`, guard, field(path), name)
	}
	columns := []string{
		`"approximate_arrival_timestamp" AS "approximatearrivaltimestamp"`, `"partition_key" AS "partitionkey"`,
		`"shard_id" AS "shardid"`, `"sequence_number" AS "sequencenumber"`,
		text("_id", "id", "CHAR", 36), text("clusterID", "clusterid", "VARCHAR", 30), text("connectionTime", "connectiontime", "VARCHAR", 20),
		decimal("kWhDelivered", "kwhdelivered"), decimal("stationID", "stationid"),
		text("spaceID", "spaceid", "VARCHAR", 100), text("timezone", "timezone", "VARCHAR", 30), text("userID", "userid", "VARCHAR", 30),
	}
	return `CREATE MATERIALIZED VIEW "public"."ev_station_data_extract" BACKUP YES DISTKEY("id") SORTKEY("approximatearrivaltimestamp") AUTO REFRESH NO AS SELECT ` +
		strings.Join(columns, ",\n") + ` FROM STREAM`
}

// usage is the lab's usage query.
const usage = `SELECT to_timestamp(connectiontime, 'YYYY-MM-DD HH24:MI:SS') AS connectiontime,
SUM(kwhdelivered) AS energy_consumed, count(distinct userid) AS "#Users"
FROM ev_station_data_extract GROUP BY 1 ORDER BY 1 DESC`

// evRecords returns n records like those of the lab.
func evRecords(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(`{
    "_id" : "b703da2c-2f81-4571-b0be-%012d",
    "clusterID": "%d",
        "connectionTime": "2026-11-01 10:00:%02d",
        "kWhDelivered": "%d.25",
        "stationID": "%d",
        "spaceID": "word-%d",

    "timezone": "America/Los_Angeles",
    "userID": "%d"
    }`, i, i%50+1, i%2, i%900, i%467+1, i%20+1, 1000+i%7)
	}
	return list
}

func TestLab(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.exec(rawView)
	d.exec(typedView())
	d.put(evRecords(5000)...)
	d.put("not json", "\xff\xfe", `{"kWhDelivered": "1e400", "stationID": "0x1f", "userID": 7, "clusterID": "`+strings.Repeat("x", 31)+`"}`)
	for _, view := range []string{"ev_station_data", "ev_station_data_extract"} {
		began := time.Now()
		d.exec("REFRESH MATERIALIZED VIEW " + view)
		t.Logf("%s: 5,000 records in %v", view, time.Since(began))
	}
	tests := map[string]struct {
		sql  string
		want []string
	}{
		"raw counts": {
			"SELECT count(*), count(payload), count(failed_payload), count(distinct sequencenumber), count(distinct shardid) FROM ev_station_data",
			[]string{"5003|5001|2|5003|2"},
		},
		"raw values": {
			`SELECT payload, failed_payload FROM ev_station_data WHERE failed_payload IS NOT NULL OR json_extract_path_text(json_serialize(payload), 'stationID') = '0x1f' ORDER BY sequencenumber`,
			[]string{
				"NULL|6e6f74206a736f6e", "NULL|fffe",
				`{"userID":7,"clusterID":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx","stationID":"0x1f","kWhDelivered":"1e400"}|NULL`,
			},
		},
		"typed values": {
			"SELECT id, clusterid, connectiontime, kwhdelivered, stationid, spaceid, timezone, userid FROM ev_station_data_extract WHERE sequencenumber IN (SELECT min(sequencenumber) FROM ev_station_data_extract) OR id IS NULL ORDER BY sequencenumber",
			[]string{
				"b703da2c-2f81-4571-b0be-000000000000|1|2026-11-01 10:00:00|0.25|1.00|word-1|America/Los_Angeles|1000",
				"NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL",
				"NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL",
				"NULL|NULL|NULL|NULL|NULL|NULL|NULL|7",
			},
		},
		"usage": {usage, []string{
			"NULL|NULL|1", "2026-11-01 10:00:01+00|1075625.00|7", "2026-11-01 10:00:00+00|1073125.00|7",
		}},
	}
	for name, tt := range tests {
		if diff := cmp.Diff(tt.want, d.rows(tt.sql)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
	columns := d.exec(usage).Columns
	var names []string
	for _, c := range columns {
		names = append(names, c.Name+" "+c.Type)
	}
	if diff := cmp.Diff([]string{"connectiontime timestamptz", "energy_consumed numeric", "#users int8"}, names); diff != "" {
		t.Errorf("columns of the usage query: -want +got:\n%s", diff)
	}
}
