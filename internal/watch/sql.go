package watch

import (
	"fmt"
	"strings"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// Limits of what a page shows.
const (
	latestRows    = 10   // number of latest rows
	rejectedRows  = 8    // number of rejected records
	refreshRows   = 8    // number of refreshes
	shownText     = 160  // characters of a value
	shownRejected = 2000 // bytes of a rejected record
)

// describe returns a query for the view's columns. It returns no rows.
func (v view) describe() dataapi.Statement {
	return dataapi.Statement{Name: "watch-columns", SQL: "SELECT * FROM " + v.table() + " LIMIT 0"}
}

// newestArrival returns a query for the time at which the newest row arrived.
func (s resolvedView) newestArrival() dataapi.Statement {
	return dataapi.Statement{Name: "watch-newest", SQL: fmt.Sprintf("SELECT MAX(%s) FROM %s", ddl.Quote(s.arrived.Name), s.table())}
}

// arrivals returns a query whose result changes when rows arrive. Its one row has the
// number of rows, the time at which the newest row arrived, the current time, the number
// of rows in the last minute, and the time at which the chosen window begins, rounded
// down to a whole group. If since is not empty, the query only counts rows that arrived
// later than one minute before since, and is cheap if the view is sorted by arrival. The
// minute is for rows of other shards, which may appear later.
func (s resolvedView) arrivals(c choice, since string) dataapi.Statement {
	arrived := ddl.Quote(s.arrived.Name)
	st := dataapi.Statement{
		Name: "watch-arrivals",
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

// series returns a query for the points of the charts. It returns one row for each group
// that contains rows: the start in seconds since 1970, the number of rows, the number of
// rejected rows, and, if the options ask for them, the sum and the number of distinct
// values. begin is when the window begins, UTC.
//
// Even if the charts are grouped by another time, the query first selects rows by
// arrival, because the view is probably sorted by it. That loses no rows: an event within
// the window also arrived within the window.
func (s resolvedView) series(c choice, begin string) dataapi.Statement {
	when := s.timestamp()
	failed := "0"
	if s.hasFailed {
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

// latest returns a query for the newest rows of the window, and their columns. Long
// values are cut.
func (s resolvedView) latest(begin string) (dataapi.Statement, []dataapi.Column) {
	var values []string
	var shown []dataapi.Column
	for _, col := range s.columns {
		name := ddl.Quote(col.Name)
		switch {
		case col.Type == "varbyte":
			continue // bytes are not readable; the page shows rejected records in another list
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

// rejected returns a query for the newest rejected records of the window, which the view
// has kept as bytes. Each row has the time of arrival, the length, whether the record is
// JSON, and its first bytes as hexadecimal digits. These are followed by whether each
// column is null, in the order of the returned column names.
func (s resolvedView) rejected(begin string) (dataapi.Statement, []string) {
	var nullable []string
	values := []string{
		ddl.Quote(s.arrived.Name), "octet_length(failed_payload)", "can_json_parse(failed_payload)",
		fmt.Sprintf("from_varbyte(substring(failed_payload, 1, %d), 'hex')", shownRejected),
	}
	for _, col := range s.columns {
		if col.Name != "failed_payload" && !metadata[col.Name] {
			nullable = append(nullable, col.Name)
			values = append(values, ddl.Quote(col.Name)+" IS NULL")
		}
	}
	return dataapi.Statement{
		Name: "watch-rejected",
		SQL: fmt.Sprintf("SELECT %s FROM %s WHERE failed_payload IS NOT NULL AND %s ORDER BY 1 DESC LIMIT %d",
			strings.Join(values, ", "), s.table(), s.within(), rejectedRows),
		Parameters: map[string]string{"begin": begin},
	}, nullable
}

// metadata are the names of columns that are never null, because Redshift fills them
// whatever the record contains. The names are those in AWS's documentation and labs. The
// map is read-only.
var metadata = map[string]bool{
	"approximate_arrival_timestamp": true, "approximatearrivaltimestamp": true, "arrived": true, "partition_key": true, "partitionkey": true,
	"shard_id": true, "shardid": true, "sequence_number": true, "sequencenumber": true, "refresh_time": true,
}

// skipped returns a query for the newest records that Redshift skipped.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_SYS_STREAM_SCAN_ERRORS.html
func (s resolvedView) skipped() dataapi.Statement {
	return dataapi.Statement{
		Name:       "watch-skipped",
		SQL:        fmt.Sprintf("SELECT stream_timestamp, error_reason FROM sys_stream_scan_errors WHERE mv_name = :view ORDER BY record_time DESC LIMIT %d", rejectedRows),
		Parameters: map[string]string{"view": s.name.Name()},
	}
}

// refreshes returns a query for the newest refreshes: start time, duration in
// microseconds, kind and status.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/SYS_MV_REFRESH_HISTORY.html
func (s resolvedView) refreshes() dataapi.Statement {
	return dataapi.Statement{
		Name: "watch-refreshes",
		SQL: fmt.Sprintf("SELECT start_time, duration, refresh_type, status FROM sys_mv_refresh_history "+
			"WHERE schema_name = :schema AND mv_name = :view ORDER BY start_time DESC LIMIT %d", refreshRows),
		Parameters: map[string]string{"schema": s.schema.Name(), "view": s.name.Name()},
	}
}

// within returns the condition that a row has arrived since the window's begin. It
// compares the bare column with a constant, so that Redshift can skip blocks by their
// zone maps.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/t_Sorting_data.html
func (s resolvedView) within() string {
	begin := "CAST(:begin AS TIMESTAMP)"
	if s.arrived.Type == "timestamptz" {
		begin += " AT TIME ZONE 'UTC'"
	}
	return ddl.Quote(s.arrived.Name) + " >= " + begin
}

// timestamp returns the time by which the charts are grouped, as an expression of type
// TIMESTAMPTZ.
func (s resolvedView) timestamp() string {
	if !s.time.given() {
		return zoned(ddl.Quote(s.arrived.Name), s.arrived.Type)
	}
	c, _ := s.find(s.time.column.Name())
	if len(s.time.path) > 0 || isText(c.Type) {
		return zoned(fmt.Sprintf("TRY_CAST(NULLIF(%s, '') AS TIMESTAMP)", s.value(s.time)), "timestamp")
	}
	return zoned(s.value(s.time), c.Type)
}

// zoned returns a time as an expression of type TIMESTAMPTZ. A time without a zone is
// UTC, like the times of arrival.
func zoned(expression, typeName string) string {
	switch typeName {
	case "timestamptz":
		return expression
	case "timestamp":
		return "(" + expression + " AT TIME ZONE 'UTC')"
	}
	return "(CAST(" + expression + " AS TIMESTAMP) AT TIME ZONE 'UTC')"
}

// number returns a field's value as an expression that can be summed up. Text that is not
// a number becomes null.
func (s resolvedView) number(f field) string {
	c, _ := s.find(f.column.Name())
	if len(f.path) > 0 || isText(c.Type) {
		return fmt.Sprintf("TRY_CAST(NULLIF(%s, '') AS DECIMAL(38, 4))", s.value(f))
	}
	return s.value(f)
}

// value returns the value of a field as an expression. A field of a SUPER column is
// extracted from the column's text. Navigation in SUPER values would ignore the case of
// names unless the session is configured otherwise, and not every Data API keeps a
// session.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/super-configurations.html
func (s resolvedView) value(f field) string {
	if len(f.path) == 0 {
		return f.column.String()
	}
	path := make([]string, len(f.path))
	for i, name := range f.path {
		path[i] = ddl.Literal(name)
	}
	return fmt.Sprintf("json_extract_path_text(%s, %s, true)", serialized(f.column.String()), strings.Join(path, ", "))
}

// serialized returns the text of a SUPER value as an expression, which is null if the
// text would be too long.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/JSON_SERIALIZE.html
func serialized(super string) string {
	return fmt.Sprintf("json_serialize(CASE WHEN json_size(%[1]s) <= %[2]d THEN %[1]s END)", super, longestRecord)
}
