package watch

import (
	"fmt"
	"strings"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// How many rows a page gets of each list.
const (
	latestRows    = 10
	rejectedRows  = 8
	refreshRows   = 8
	shownText     = 160  // characters of a value
	shownRejected = 2000 // bytes of a rejected record
)

// describe asks for the view's columns, and for no row.
func (v view) describe() dataapi.Statement {
	return dataapi.Statement{Name: "watch-columns", SQL: "SELECT * FROM " + v.table() + " LIMIT 0"}
}

// newest asks when the newest row arrived. Nothing has to be known for that.
func (s shape) newest() dataapi.Statement {
	return dataapi.Statement{Name: "watch-newest", SQL: fmt.Sprintf("SELECT MAX(%s) FROM %s", ddl.Quote(s.arrived.Name), s.table())}
}

// marker asks what changes when rows come: how many have arrived since a time,
// when the newest did, what time it is there, how many came in its last minute, and
// when the window begins, with a whole group. It is cheap where the view is sorted
// by arrival. since is when the newest row known arrived, empty if there is none;
// the minute before it counts too, in which another shard may have more.
func (s shape) marker(c choice, since string) dataapi.Statement {
	arrived := ddl.Quote(s.arrived.Name)
	st := dataapi.Statement{
		Name: "watch-marker",
		SQL: fmt.Sprintf("SELECT COUNT(*), MAX(%[1]s), getdate(), SUM(CASE WHEN %[1]s >= dateadd(second, -60, getdate()) THEN 1 ELSE 0 END), "+
			"date_trunc('%[2]s', dateadd(second, -%[3]d, getdate()) AT TIME ZONE 'UTC' AT TIME ZONE :zone) AT TIME ZONE :zone AT TIME ZONE 'UTC' FROM %[4]s",
			arrived, c.group, c.window.seconds, s.table()),
		Parameters: map[string]string{"zone": c.zone},
	}
	if since != "" {
		st.SQL += fmt.Sprintf(" WHERE %s >= CAST(:since AS %s) - INTERVAL '60 seconds'", arrived, strings.ToUpper(s.arrived.Type))
		st.Parameters["since"] = since
	}
	return st
}

// series asks for the charts' points: for each group in which there are rows, its
// start in seconds since 1970, the number of rows, the number of rejected ones, and
// the sum and distinct values if asked for. begin is when the window does, UTC.
//
// Whatever the charts go by, rows are first chosen by arrival, which the view is
// likely sorted by: what happened within the window also arrived within it.
func (s shape) series(c choice, begin string) dataapi.Statement {
	when := s.timestamp()
	failed := "0"
	if s.failed {
		failed = "SUM(CASE WHEN failed_payload IS NOT NULL THEN 1 ELSE 0 END)"
	}
	values := []string{
		fmt.Sprintf("CAST(extract(epoch FROM (date_trunc('%s', %s AT TIME ZONE :zone) AT TIME ZONE :zone)) AS BIGINT)", c.group, when),
		"COUNT(*)", failed,
	}
	if s.sum.given() {
		values = append(values, "SUM("+s.number(s.sum)+")")
	}
	if s.distinct.given() {
		values = append(values, "COUNT(DISTINCT "+s.value(s.distinct)+")")
	}
	within := s.within()
	if s.time.given() {
		within += " AND " + when + " >= CAST(:begin AS TIMESTAMP) AT TIME ZONE 'UTC'"
	}
	return dataapi.Statement{
		Name:       "watch-series",
		SQL:        fmt.Sprintf("SELECT %s FROM %s WHERE %s GROUP BY 1 ORDER BY 1", strings.Join(values, ", "), s.table(), within),
		Parameters: map[string]string{"zone": c.zone, "begin": begin},
	}
}

// latest asks for the newest rows of the window, long values cut.
func (s shape) latest(begin string) (dataapi.Statement, []dataapi.Column) {
	var values []string
	var shown []dataapi.Column
	for _, col := range s.columns {
		name := ddl.Quote(col.Name)
		switch {
		case col.Type == "varbyte":
			continue // bytes say nothing to people; the rejected ones are shown apart
		case col.Type == "super":
			name = fmt.Sprintf("substring(%s, 1, %d)", serialized(name), shownText)
		case isText(col.Type):
			name = fmt.Sprintf("substring(%s, 1, %d)", name, shownText)
		}
		values, shown = append(values, name), append(shown, col)
	}
	return dataapi.Statement{
		Name: "watch-latest",
		SQL: fmt.Sprintf("SELECT %s FROM %s WHERE %s ORDER BY %s DESC LIMIT %d",
			strings.Join(values, ", "), s.table(), s.within(), ddl.Quote(s.arrived.Name), latestRows),
		Parameters: map[string]string{"begin": begin},
	}, shown
}

// rejected asks for the newest records of the window that were kept as bytes: when
// each arrived, its length, whether it is JSON, its first bytes in hexadecimal
// digits, and of which columns it has no value.
func (s shape) rejected(begin string) (dataapi.Statement, []string) {
	var absent []string
	values := []string{
		ddl.Quote(s.arrived.Name), "octet_length(failed_payload)", "can_json_parse(failed_payload)",
		fmt.Sprintf("from_varbyte(substring(failed_payload, 1, %d), 'hex')", shownRejected),
	}
	for _, col := range s.columns {
		if col.Name != "failed_payload" && !metadata[col.Name] {
			absent = append(absent, col.Name)
			values = append(values, ddl.Quote(col.Name)+" IS NULL")
		}
	}
	return dataapi.Statement{
		Name: "watch-rejected",
		SQL: fmt.Sprintf("SELECT %s FROM %s WHERE failed_payload IS NOT NULL AND %s ORDER BY 1 DESC LIMIT %d",
			strings.Join(values, ", "), s.table(), s.within(), rejectedRows),
		Parameters: map[string]string{"begin": begin},
	}, absent
}

// metadata are the columns which no record can leave without a value, by the
// names that AWS and its labs give them.
var metadata = map[string]bool{
	"approximate_arrival_timestamp": true, "approximatearrivaltimestamp": true, "arrived": true, "partition_key": true, "partitionkey": true,
	"shard_id": true, "shardid": true, "sequence_number": true, "sequencenumber": true, "refresh_time": true,
}

// skipped asks for the newest records that Redshift itself left out.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_SYS_STREAM_SCAN_ERRORS.html
func (s shape) skipped() dataapi.Statement {
	return dataapi.Statement{
		Name:       "watch-skipped",
		SQL:        fmt.Sprintf("SELECT stream_timestamp, error_reason FROM sys_stream_scan_errors WHERE mv_name = :view ORDER BY record_time DESC LIMIT %d", rejectedRows),
		Parameters: map[string]string{"view": s.name.Name()},
	}
}

// refreshes asks for the newest refreshes: begin, microseconds, kind and status.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/SYS_MV_REFRESH_HISTORY.html
func (s shape) refreshes() dataapi.Statement {
	return dataapi.Statement{
		Name: "watch-refreshes",
		SQL: fmt.Sprintf("SELECT start_time, duration, refresh_type, status FROM sys_mv_refresh_history "+
			"WHERE schema_name = :schema AND mv_name = :view ORDER BY start_time DESC LIMIT %d", refreshRows),
		Parameters: map[string]string{"schema": s.schema.Name(), "view": s.name.Name()},
	}
}

// within is the condition that a row arrived since the window's begin. The column
// stands bare beside a constant, so that Redshift can skip blocks by their zone maps.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/t_Sorting_data.html
func (s shape) within() string {
	begin := "CAST(:begin AS TIMESTAMP)"
	if s.arrived.Type == "timestamptz" {
		begin += " AT TIME ZONE 'UTC'"
	}
	return ddl.Quote(s.arrived.Name) + " >= " + begin
}

// timestamp is what the charts go by, with its zone.
func (s shape) timestamp() string {
	if !s.time.given() {
		return zoned(ddl.Quote(s.arrived.Name), s.arrived.Type)
	}
	c, _ := s.find(s.time.column.Name())
	if len(s.time.path) > 0 || isText(c.Type) {
		return zoned(fmt.Sprintf("TRY_CAST(NULLIF(%s, '') AS TIMESTAMP)", s.value(s.time)), "timestamp")
	}
	return zoned(s.value(s.time), c.Type)
}

// zoned is a point in time with its zone. One without is UTC, as arrivals are.
func zoned(expression, typeName string) string {
	switch typeName {
	case "timestamptz":
		return expression
	case "timestamp":
		return "(" + expression + " AT TIME ZONE 'UTC')"
	}
	return "(CAST(" + expression + " AS TIMESTAMP) AT TIME ZONE 'UTC')"
}

// number is a field's value as something to be summed up: null where text isn't a
// number.
func (s shape) number(f field) string {
	c, _ := s.find(f.column.Name())
	if len(f.path) > 0 || isText(c.Type) {
		return fmt.Sprintf("TRY_CAST(NULLIF(%s, '') AS DECIMAL(38, 4))", s.value(f))
	}
	return s.value(f)
}

// value is a field's value. What lies in a SUPER is reached through its text,
// since navigation loses the case of names unless the session says otherwise, and
// not every Data API keeps one.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/super-configurations.html
func (s shape) value(f field) string {
	if len(f.path) == 0 {
		return f.column.String()
	}
	path := make([]string, len(f.path))
	for i, name := range f.path {
		path[i] = ddl.Literal(name)
	}
	return fmt.Sprintf("json_extract_path_text(%s, %s, true)", serialized(f.column.String()), strings.Join(path, ", "))
}

// serialized is a SUPER's text, null where that is longer than text can be.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/JSON_SERIALIZE.html
func serialized(super string) string {
	return fmt.Sprintf("json_serialize(CASE WHEN json_size(%[1]s) <= %[2]d THEN %[1]s END)", super, longestRecord)
}
