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

// series is what the charts show. Its points are in order of time, a group
// without rows left out.
type series struct {
	Window  int      `json:"window"` // seconds
	Group   string   `json:"group"`
	Zone    string   `json:"zone"`
	Charts  []chart  `json:"charts"`
	Buckets []bucket `json:"buckets"`
}

// chart names one of a bucket's values.
type chart struct {
	Key   string `json:"key"` // rows, sum or distinct
	Label string `json:"label"`
	Of    string `json:"of"` // the column, empty for rows
}

// bucket is the rows of one group. Numbers keep the warehouse's digits.
type bucket struct {
	At       json.Number  `json:"at"` // seconds since 1970
	Rows     json.Number  `json:"rows"`
	Rejected json.Number  `json:"rejected"`
	Sum      *json.Number `json:"sum,omitempty"`
	Distinct *json.Number `json:"distinct,omitempty"`
}

// seriesOf reads the answer to shape.series.
func seriesOf(s shape, c choice, r answer) series {
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
			continue // rows without a time are in no group
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

// lists are what lies below the charts, the newest first.
type lists struct {
	Columns   []dataapi.Column `json:"columns"` // of Latest
	Latest    [][]*string      `json:"latest"`
	Rejected  []rejection      `json:"rejected"`
	Refreshes []refreshing     `json:"refreshes"`
}

// rejection is a record that has no row, or none with all its values.
type rejection struct {
	At     string `json:"at"`
	Reason string `json:"reason"`
	Record string `json:"record"` // its beginning
}

// refreshing is one refresh of the view.
type refreshing struct {
	At           string      `json:"at"`
	Microseconds json.Number `json:"microseconds"`
	Kind         string      `json:"kind"`
	Status       string      `json:"status"`
	OK           bool        `json:"ok"`
}

// details asks for the lists of what has arrived since begin.
func details(ctx context.Context, a *asker, s shape, begin string) (lists, error) {
	out := lists{Latest: [][]*string{}, Rejected: []rejection{}, Refreshes: []refreshing{}}
	statement, columns := s.latest(begin)
	r, err := a.ask(ctx, statement)
	if err != nil {
		return out, err
	}
	out.Columns, out.Latest = columns, append(out.Latest, r.rows...)
	if s.failed {
		statement, nullable := s.rejected(begin)
		if r, err = a.ask(ctx, statement); err != nil {
			return out, err
		}
		for _, row := range r.rows {
			out.Rejected = append(out.Rejected, rejectionOf(row, nullable))
		}
	}
	if r, err = a.ask(ctx, s.skipped()); err != nil {
		return out, err
	}
	for _, row := range r.rows {
		if len(row) == 2 {
			out.Rejected = append(out.Rejected, rejection{At: deref(row[0]), Reason: "skipped by Redshift: " + strings.TrimSpace(deref(row[1]))})
		}
	}
	if r, err = a.ask(ctx, s.refreshes()); err != nil {
		return out, err
	}
	for _, row := range r.rows {
		if len(row) == 4 {
			status := strings.TrimSpace(deref(row[3]))
			out.Refreshes = append(out.Refreshes, refreshing{
				deref(row[0]), json.Number(cmp.Or(deref(row[1]), "0")), strings.TrimSpace(deref(row[2])), status, !strings.Contains(strings.ToLower(status), "fail"),
			})
		}
	}
	return out, nil
}

// longestRecord is the longest record whose fields Redshift takes apart here.
const longestRecord = 65535

// rejectionOf reads a row of the answer to shape.rejected. nullable names the
// columns of which the row tells whether they are null.
func rejectionOf(row []*string, nullable []string) rejection {
	if len(row) != 4+len(nullable) {
		return rejection{Reason: "unknown"}
	}
	record, _ := hex.DecodeString(deref(row[3]))
	var absent []string
	for i, name := range nullable {
		if isTrue(row[4+i]) {
			absent = append(absent, name)
		}
	}
	r := rejection{At: deref(row[0]), Record: printable(record)}
	var length int
	_, _ = fmt.Sscan(deref(row[1]), &length) // 0 if it isn't known, which is not too long
	switch {
	case !isTrue(row[2]):
		r.Reason = "not JSON"
	case length > longestRecord:
		r.Reason = fmt.Sprintf("%d bytes, more than the %d whose fields can be taken apart", length, longestRecord)
	default:
		r.Reason = "a value that doesn't fit its column"
		if present := presentIn(record, absent); len(present) > 0 {
			r.Reason += ": " + strings.Join(present, ", ")
		}
	}
	return r
}

func isTrue(s *string) bool { return deref(s) == "true" || deref(s) == "t" }

// presentIn returns those of the columns that have no value although the record
// has a field of that name; all of them if the record can't be read.
func presentIn(record []byte, absent []string) []string {
	var fields map[string]json.RawMessage
	if json.Unmarshal(record, &fields) != nil {
		return absent
	}
	var present []string
	for _, column := range absent {
		for name, value := range fields {
			if strings.EqualFold(strings.TrimLeft(name, "_"), column) && string(value) != "null" {
				present = append(present, column)
			}
		}
	}
	return present
}

// printable returns bytes as text, what is no text as the replacement character,
// and cut where it is long.
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
