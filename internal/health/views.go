// Package health queries a warehouse for the health of its streaming views: their freshness,
// their skipped records and their failed refreshes. CloudWatch has no metrics of these. A
// [Publisher] publishes them as metrics on a schedule, and the command tributary status
// prints them.
package health

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// Querier queries a warehouse's system tables. *dataapi.Runner implements it.
type Querier interface {
	// Rows runs a query and returns its rows. attempt is the number of failed attempts.
	Rows(ctx context.Context, s dataapi.Statement, attempt int) ([][]string, dataapi.Outcome, error)
}

// View is the health of one streaming view. Times are in UTC. A zero time means that the
// system tables, which go back seven days, contain no such event.
type View struct {
	Schema      string    `json:"schema"`
	Name        string    `json:"name"`
	AutoRefresh bool      `json:"autoRefresh"`
	Newest      time.Time `json:"newest,omitzero"`    // when the newest record that the view has read arrived in the stream
	Refreshed   time.Time `json:"refreshed,omitzero"` // when the last refresh began
	Outcome     string    `json:"outcome"`            // Redshift's status text of the last refresh

	// The following counts are of the period that was passed to [Query].
	Scanned         int64 `json:"scanned"`         // records that the view has read
	Skipped         int64 `json:"skipped"`         // records that the view has skipped
	Errors          int64 `json:"errors"`          // records in SYS_STREAM_SCAN_ERRORS
	FailedRefreshes int64 `json:"failedRefreshes"` // refreshes that failed
}

// Report is the health of all materialized views of a database.
type Report struct {
	Now   time.Time `json:"now"` // the time of the report, by the warehouse's clock; zero without views
	Views []View    `json:"views"`
}

// Query queries a warehouse for a report. Its counts are of the period before now.
//
// Sources: https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_MV_INFO.html,
// https://docs.aws.amazon.com/redshift/latest/dg/r_SYS_STREAM_SCAN_STATES.html,
// https://docs.aws.amazon.com/redshift/latest/dg/r_SYS_STREAM_SCAN_ERRORS.html and
// https://docs.aws.amazon.com/redshift/latest/dg/SYS_MV_REFRESH_HISTORY.html
func Query(ctx context.Context, q Querier, period time.Duration) (Report, error) {
	since := fmt.Sprintf("dateadd(second, -%d, getdate())", int64(period.Seconds()))
	var r Report
	rows, _, err := q.Rows(ctx, dataapi.Statement{Name: "health-views", SQL: "SELECT getdate(), schema_name, name, autorefresh FROM svv_mv_info ORDER BY 2, 3"}, 0)
	if err != nil {
		return r, err
	}
	for _, row := range rows {
		r.Now = parseTime(row[0])
		r.Views = append(r.Views, View{Schema: strings.TrimSpace(row[1]), Name: strings.TrimSpace(row[2]), AutoRefresh: strings.HasPrefix(row[3], "t") || strings.HasPrefix(row[3], "1")})
	}
	if len(rows) == 0 {
		return r, nil
	}
	scans, _, err := q.Rows(ctx, dataapi.Statement{Name: "health-scans", SQL: fmt.Sprintf(
		"SELECT mv_name, MAX(stream_record_time_max), SUM(CASE WHEN record_time >= %[1]s THEN scanned_rows ELSE 0 END), "+
			"SUM(CASE WHEN record_time >= %[1]s THEN skipped_rows ELSE 0 END) FROM sys_stream_scan_states GROUP BY mv_name", since)}, 0)
	if err != nil {
		return r, err
	}
	r.each(scans, func(v *View, row []string) {
		v.Newest, v.Scanned, v.Skipped = parseTime(row[1]), parseCount(row[2]), parseCount(row[3])
	})
	failed, _, err := q.Rows(ctx, dataapi.Statement{Name: "health-errors", SQL: "SELECT mv_name, COUNT(*) FROM sys_stream_scan_errors WHERE record_time >= " + since + " GROUP BY mv_name"}, 0)
	if err != nil {
		return r, err
	}
	r.each(failed, func(v *View, row []string) { v.Errors = parseCount(row[1]) })
	return r, r.refreshes(ctx, q, since)
}

// refreshes adds the views' last refreshes and the number of failed ones.
func (r *Report) refreshes(ctx context.Context, q Querier, since string) error {
	rows, _, err := q.Rows(ctx, dataapi.Statement{Name: "health-refreshes", SQL: fmt.Sprintf(
		"SELECT h.mv_name, h.start_time, h.status, t.failed FROM sys_mv_refresh_history h JOIN (SELECT mv_name, MAX(start_time) AS newest, "+
			"SUM(CASE WHEN start_time >= %s AND status LIKE 'Refresh failed%%' THEN 1 ELSE 0 END) AS failed FROM sys_mv_refresh_history GROUP BY mv_name) t "+
			"ON t.mv_name = h.mv_name AND t.newest = h.start_time", since)}, 0)
	if err != nil {
		return err
	}
	r.each(rows, func(v *View, row []string) {
		v.Refreshed, v.Outcome, v.FailedRefreshes = parseTime(row[1]), strings.TrimSpace(row[2]), parseCount(row[3])
	})
	return nil
}

// each calls f for each row, with each view of the name in the row's first column. The system
// tables contain the views' names without their schemas.
func (r *Report) each(rows [][]string, f func(*View, []string)) {
	for _, row := range rows {
		name := strings.TrimSpace(row[0])
		for i := range r.Views {
			if r.Views[i].Name == name {
				f(&r.Views[i], row)
			}
		}
	}
}

// Freshness returns the age of the newest record that the view has read, and false if the
// view has read none.
func (v View) Freshness(now time.Time) (time.Duration, bool) {
	if v.Newest.IsZero() {
		return 0, false
	}
	return max(0, now.Sub(v.Newest)), true
}

// Streaming returns the views that have read a stream or that have auto refresh.
func (r Report) Streaming() []View {
	return slices.DeleteFunc(slices.Clone(r.Views), func(v View) bool { return v.Newest.IsZero() && !v.AutoRefresh })
}

// parseTime parses a timestamp of the Data API. It returns zero for an invalid one.
func parseTime(text string) time.Time {
	at, _ := time.Parse("2006-01-02 15:04:05.999999", strings.TrimSpace(text))
	return at
}

// parseCount parses an integer of the Data API. It returns 0 for an invalid one.
func parseCount(text string) int64 {
	n, _ := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	return n
}
