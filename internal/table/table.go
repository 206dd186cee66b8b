// Package table prints the rows of a query: as a table for people, as plain lines,
// CSV or JSON for programs. Null is never the same as an empty string.
package table

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"math"
	"strconv"
)

// Format is how to print a table.
type Format string

// The formats.
const (
	// Grid draws a table with lines, numbers to the right. It keeps all rows in
	// memory, since any may widen a column; the others print rows as they come.
	Grid Format = "table"
	// Plain prints a line of column names and a line per row, values parted by
	// tabs. A tab, newline, carriage return or backslash in a value is \t, \n, \r
	// or \\, and null is \N, as PostgreSQL's COPY has it.
	Plain Format = "plain"
	// CSV prints comma-separated values as RFC 4180 has them, lines ended by a
	// newline. Null is nothing at all, an empty string "".
	CSV Format = "csv"
	// JSON prints an array of objects, whose keys are the column names, in order.
	// A name that was there already gets _2, _3 and so on.
	JSON Format = "json"
)

// Column describes one column.
type Column struct {
	Name    string
	Numeric bool // printed to the right in a Grid
}

// Table is the result of a query. A row has one value per column: nil for null,
// bool, int64, float64, string, []byte, json.Number for a number whose digits are
// to be kept, or json.RawMessage for a JSON value. Rows ends at its first error.
type Table struct {
	Columns []Column
	Rows    iter.Seq2[[]any, error]
}

// Options are what the place that is written to can show.
type Options struct {
	Color bool // a terminal that wants colors: null is dim then
}

// Write prints t in a format, and returns how many rows it had. The error is w's
// or that of the rows; what came before it is printed, but for a Grid.
func Write(w io.Writer, t Table, format Format, o Options) (rows int, err error) {
	buffered := bufio.NewWriter(w)
	switch format {
	case Grid:
		rows, err = writeGrid(buffered, t, o)
	case Plain:
		rows, err = writePlain(buffered, t)
	case CSV:
		rows, err = writeCSV(buffered, t)
	case JSON:
		rows, err = writeJSON(buffered, t)
	default:
		err = fmt.Errorf("format: %s, %s, %s or %s, got %q", Grid, Plain, CSV, JSON, format)
	}
	if flushed := buffered.Flush(); err == nil {
		err = flushed
	}
	return rows, err
}

// text returns a value that isn't null as text.
func text(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return float(v)
	case json.Number:
		return v.String()
	case json.RawMessage:
		return string(v)
	case []byte:
		return `\x` + hex.EncodeToString(v)
	}
	return fmt.Sprint(value)
}

// float returns the shortest text that reads back as v.
func float(v float64) string {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "Infinity"
	case math.IsInf(v, -1):
		return "-Infinity"
	}
	digits, _ := json.Marshal(v) // a finite number always has a JSON form
	return string(digits)
}
