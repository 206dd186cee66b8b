package table

import (
	"fmt"
	"io"
	"strings"
)

// plainEscapes escapes a value of the Plain format.
var plainEscapes = strings.NewReplacer("\t", `\t`, "\n", `\n`, "\r", `\r`, `\`, `\\`)

func writePlain(w io.Writer, t Table) (int, error) {
	return writeLines(w, t, "\t", func(value any) string {
		if value == nil {
			return `\N`
		}
		return plainEscapes.Replace(text(value))
	})
}

func writeCSV(w io.Writer, t Table) (int, error) {
	return writeLines(w, t, ",", func(value any) string {
		if value == nil {
			return ""
		}
		field := text(value)
		if field == "" || strings.ContainsAny(field, ",\"\r\n") || strings.TrimSpace(field) != field {
			return `"` + strings.ReplaceAll(field, `"`, `""`) + `"`
		}
		return field
	})
}

// writeLines prints one line with the column names, and one for each row. field returns a
// name or a value as it is printed.
func writeLines(w io.Writer, t Table, separator string, field func(any) string) (int, error) {
	line := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		line[i] = field(c.Name)
	}
	if _, err := fmt.Fprintln(w, strings.Join(line, separator)); err != nil {
		return 0, err
	}
	rows := 0
	for row, err := range t.Rows {
		if err != nil {
			return rows, err
		}
		for i, value := range row {
			line[i] = field(value)
		}
		if _, err := fmt.Fprintln(w, strings.Join(line, separator)); err != nil {
			return rows, err
		}
		rows++
	}
	return rows, nil
}
