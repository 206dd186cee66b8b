package table

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	pretty "github.com/jedib0t/go-pretty/v6/table"
	style "github.com/jedib0t/go-pretty/v6/text"
)

// maxCell is the largest width of a cell, in columns. Longer text continues on the next
// line of the cell.
const maxCell = 60

func writeGrid(w io.Writer, t Table, o Options) (int, error) {
	grid := pretty.NewWriter()
	grid.SetStyle(pretty.StyleLight)
	grid.Style().Format.Header = style.FormatDefault
	header := make(pretty.Row, len(t.Columns))
	configs := make([]pretty.ColumnConfig, len(t.Columns))
	for i, c := range t.Columns {
		header[i] = printable(c.Name)
		configs[i] = pretty.ColumnConfig{Number: i + 1, WidthMax: maxCell, WidthMaxEnforcer: style.WrapHard}
		if c.Numeric {
			configs[i].Align, configs[i].AlignHeader = style.AlignRight, style.AlignRight
		}
	}
	grid.AppendHeader(header)
	grid.SetColumnConfigs(configs)
	rows := 0
	for row, err := range t.Rows {
		if err != nil {
			return rows, err
		}
		cells := make(pretty.Row, len(row))
		for i, value := range row {
			cells[i] = cell(value, o)
		}
		grid.AppendRow(cells)
		rows++
	}
	_, err := io.WriteString(w, grid.Render()+"\n")
	return rows, err
}

func cell(value any, o Options) string {
	switch {
	case value != nil:
		return printable(text(value))
	case o.Color:
		return "\x1b[2mNULL\x1b[0m"
	}
	return "NULL"
}

// printable returns the text with its control characters escaped, so that a value can't
// send commands to the terminal. Newlines are kept.
func printable(text string) string {
	if strings.IndexFunc(text, isControl) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if isControl(r) {
			b.WriteString(escape(r))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// isControl reports whether a terminal may act on the character.
func isControl(r rune) bool { return r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) }

// escape returns the character as an escape sequence of a Go string.
func escape(r rune) string { return strings.Trim(fmt.Sprintf("%+q", r), "'") }
