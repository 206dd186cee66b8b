// Package table prints the rows of a query: as a table for people, and as plain lines,
// CSV or JSON for programs. Null always differs from the empty string.
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

// Format is an output format.
type Format string

// The formats.
const (
	// Grid is a table with borders. Numbers are aligned to the right. Grid keeps all rows
	// in memory, because the widths of the columns depend on all rows. The other formats
	// print each row at once.
	Grid Format = "table"
	// Plain is one line with the column names and one line for each row, with tabs
	// between the values. A tab, newline, carriage return or backslash in a value is \t,
	// \n, \r or \\, and null is \N, as in PostgreSQL's COPY.
	Plain Format = "plain"
	// CSV is comma-separated values as in RFC 4180, but with LF at the end of lines. Null
	// is an empty field, and the empty string is "".
	CSV Format = "csv"
	// JSON is an array of objects. The keys are the column names, in order. If several
	// columns have the same name, the suffixes _2, _3 and so on make the keys unique.
	JSON Format = "json"
)

// Column describes one column.
type Column struct {
	Name    string
	Numeric bool // whether a Grid aligns the column to the right
}

// Table is the result of a query. A row has one value for each column: nil for null,
// bool, int64, float64, string, []byte, json.Number for a number whose digits must not
// change, or json.RawMessage for a JSON value. Rows ends after the first error.
type Table struct {
	Columns []Column
	Rows    iter.Seq2[[]any, error]
}

// Options describe the output device.
type Options struct {
	Color bool // whether to write color codes of a terminal; null is dim then
}

// Write prints t, and returns the number of rows printed. It returns the first error of w
// or of the rows. The rows before the error are printed, except by a Grid.
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
		err = fmt.Errorf("format: got %q; write one of %s, %s, %s, %s", format, Grid, Plain, CSV, JSON)
	}
	if flushErr := buffered.Flush(); err == nil {
		err = flushErr
	}
	return rows, err
}

// text returns a value other than null as text.
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

// float returns the shortest text from which v can be read back.
func float(v float64) string {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "Infinity"
	case math.IsInf(v, -1):
		return "-Infinity"
	}
	digits, _ := json.Marshal(v) // a finite number can always be encoded
	return string(digits)
}
