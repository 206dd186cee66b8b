package watch

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// series is the data of the event "series": the points of the charts.
type series struct {
	Window  int      `json:"window"` // seconds
	Group   string   `json:"group"`
	Zone    string   `json:"zone"`
	Charts  []chart  `json:"charts"`
	Buckets []bucket `json:"buckets"` // sorted by time; groups without rows are missing
}

// chart describes one chart, which shows one of the values of each bucket.
type chart struct {
	Key   string `json:"key"` // the bucket's value: rows, sum or distinct
	Label string `json:"label"`
	Of    string `json:"of"` // the column; empty for rows
}

// bucket contains the values of one group of rows. Numbers have the same digits as in the
// warehouse.
type bucket struct {
	At       json.Number  `json:"at"` // when the group begins, in seconds since 1970
	Rows     json.Number  `json:"rows"`
	Rejected json.Number  `json:"rejected"`
	Sum      *json.Number `json:"sum,omitempty"`
	Distinct *json.Number `json:"distinct,omitempty"`
}

// seriesOf returns the series for the result of [resolvedView.series].
func seriesOf(s resolvedView, c choice, r queryResult) series {
	out := series{Window: c.window.seconds, Group: c.group, Zone: c.zone, Buckets: []bucket{}}
	o := s.options
	if s.sum.given() {
		out.Charts = append(out.Charts, chart{"sum", cmp.Or(o.SumLabel, "Sum of "+o.Sum), o.Sum})
	}
	if s.distinct.given() {
		out.Charts = append(out.Charts, chart{"distinct", cmp.Or(o.DistinctLabel, "Distinct "+o.Distinct), o.Distinct})
	}
	out.Charts = append(out.Charts, chart{Key: "rows", Label: "Rows"})
	for _, row := range r.rows {
		number := func(i int) *json.Number {
			if i >= len(row) || row[i] == nil {
				return nil
			}
			n := json.Number(*row[i])
			return &n
		}
		if number(0) == nil || number(1) == nil || number(2) == nil {
			continue // rows without a time belong to no group
		}
		b := bucket{At: *number(0), Rows: *number(1), Rejected: *number(2)}
		next := 3
		if s.sum.given() {
			b.Sum = number(next)
			next++
		}
		if s.distinct.given() {
			b.Distinct = number(next)
		}
		out.Buckets = append(out.Buckets, b)
	}
	return out
}

// lists is the data of the event "lists": the lists below the charts. Each has its newest
// item first.
type lists struct {
	Columns   []dataapi.Column `json:"columns"` // the columns of Latest
	Latest    [][]*string      `json:"latest"`
	Rejected  []rejection      `json:"rejected"`
	Refreshes []refresh        `json:"refreshes"`
}

// rejection is a record that Redshift skipped, or that is in the view without all its
// values.
type rejection struct {
	At     string `json:"at"`
	Reason string `json:"reason"`
	Record string `json:"record"` // the first bytes of the record
}

// refresh is one refresh of the view.
type refresh struct {
	At           string      `json:"at"`
	Microseconds json.Number `json:"microseconds"`
	Kind         string      `json:"kind"`
	Status       string      `json:"status"`
	OK           bool        `json:"ok"`
}

// queryLists queries the lists. Latest and Rejected contain only rows that have arrived
// since begin.
func queryLists(ctx context.Context, q *querier, s resolvedView, begin string) (lists, error) {
	out := lists{Latest: [][]*string{}, Rejected: []rejection{}, Refreshes: []refresh{}}
	statement, columns := s.latest(begin)
	r, err := q.query(ctx, statement)
	if err != nil {
		return out, err
	}
	out.Columns, out.Latest = columns, append(out.Latest, r.rows...)
	if s.hasFailed {
		statement, nullable := s.rejected(begin)
		if r, err = q.query(ctx, statement); err != nil {
			return out, err
		}
		for _, row := range r.rows {
			out.Rejected = append(out.Rejected, rejectionOf(row, nullable))
		}
	}
	if r, err = q.query(ctx, s.skipped()); err != nil {
		return out, err
	}
	for _, row := range r.rows {
		if len(row) == 2 {
			out.Rejected = append(out.Rejected, rejection{At: deref(row[0]), Reason: "skipped by Redshift: " + strings.TrimSpace(deref(row[1]))})
		}
	}
	if r, err = q.query(ctx, s.refreshes()); err != nil {
		return out, err
	}
	for _, row := range r.rows {
		if len(row) == 4 {
			status := strings.TrimSpace(deref(row[3]))
			out.Refreshes = append(out.Refreshes, refresh{
				deref(row[0]), json.Number(cmp.Or(deref(row[1]), "0")), strings.TrimSpace(deref(row[2])), status, !strings.Contains(strings.ToLower(status), "fail"),
			})
		}
	}
	return out, nil
}

// longestRecord is the size in bytes of the longest record whose fields Redshift can
// extract.
const longestRecord = 65535

// rejectionOf returns the rejection for a row of the result of [resolvedView.rejected].
// nullable are the columns for which the row says whether they are null.
func rejectionOf(row []*string, nullable []string) rejection {
	if len(row) != 4+len(nullable) {
		return rejection{Reason: "unknown"}
	}
	record, _ := hex.DecodeString(deref(row[3]))
	var nulls []string
	for i, name := range nullable {
		if isTrue(row[4+i]) {
			nulls = append(nulls, name)
		}
	}
	r := rejection{At: deref(row[0]), Record: printable(record)}
	var length int
	_, _ = fmt.Sscan(deref(row[1]), &length) // stays 0 if the length is not a number
	switch {
	case !isTrue(row[2]):
		r.Reason = "not JSON"
	case length > longestRecord:
		r.Reason = fmt.Sprintf("%d bytes; Redshift extracts fields from at most %d", length, longestRecord)
	default:
		r.Reason = "a value that doesn't fit its column"
		if columns := presentIn(record, nulls); len(columns) > 0 {
			r.Reason += ": " + strings.Join(columns, ", ")
		}
	}
	return r
}

func isTrue(s *string) bool { return deref(s) == "true" || deref(s) == "t" }

// presentIn returns the columns for which the record has a field that is not null. It
// returns all columns if the record is not a JSON object, such as a record that was cut.
func presentIn(record []byte, columns []string) []string {
	var fields map[string]json.RawMessage
	if json.Unmarshal(record, &fields) != nil {
		return columns
	}
	var present []string
	for _, column := range columns {
		for name, value := range fields {
			if strings.EqualFold(strings.TrimLeft(name, "_"), column) && string(value) != "null" {
				present = append(present, column)
			}
		}
	}
	return present
}

// printable returns bytes as text. Bytes that are not UTF-8 become the replacement
// character. Long text is cut.
func printable(record []byte) string {
	cut := len(record) > 2*shownText
	if cut {
		record = record[:2*shownText]
		for len(record) > 0 && !utf8.Valid(record) && utf8.RuneStart(record[len(record)-1]) {
			record = record[:len(record)-1]
		}
	}
	s := string(bytes.ToValidUTF8(record, []byte("\uFFFD")))
	if cut {
		s += "…"
	}
	return s
}
