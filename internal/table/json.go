package table

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
)

func writeJSON(w io.Writer, t Table) (int, error) {
	keys := jsonKeys(t.Columns)
	rows, separator := 0, "[\n"
	var object []byte
	for row, err := range t.Rows {
		if err != nil {
			return rows, err
		}
		object = append(object[:0], separator+"  {"...)
		for i, value := range row {
			if i > 0 {
				object = append(object, ", "...)
			}
			text, err := json.Marshal(jsonValue(value))
			if err != nil {
				return rows, fmt.Errorf("row %d, column %q: %w", rows+1, t.Columns[i].Name, err)
			}
			object = append(append(object, keys[i]...), text...)
		}
		if _, err := w.Write(append(object, '}')); err != nil {
			return rows, err
		}
		rows, separator = rows+1, ",\n"
	}
	end := "\n]\n"
	if rows == 0 {
		end = "[]\n"
	}
	_, err := io.WriteString(w, end)
	return rows, err
}

// jsonKeys returns a unique JSON key for each column, followed by a colon and a space.
func jsonKeys(columns []Column) []string {
	keys := make([]string, len(columns))
	taken := map[string]bool{}
	for i, c := range columns {
		name := c.Name
		for n := 2; taken[name]; n++ {
			name = fmt.Sprintf("%s_%d", c.Name, n)
		}
		taken[name] = true
		key, _ := json.Marshal(name) // a string can always be encoded
		keys[i] = string(key) + ": "
	}
	return keys
}

// jsonValue returns the value to be encoded by encoding/json. A number that JSON can't
// represent, such as NaN, becomes a string.
func jsonValue(value any) any {
	switch v := value.(type) {
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return float(v)
		}
	case json.Number:
		if !json.Valid([]byte(v)) {
			return v.String()
		}
	case []byte:
		return text(v)
	}
	return value
}
