package ddl

import (
	"fmt"
	"strings"
)

// plain reports whether the view holds no rows of its own.
func (v View) plain() bool { return v.From != "" }

// sql returns the statement that makes the view. A streaming view is not yet refreshed
// by itself, so that the first refresh is one that somebody waits for.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-create-sql-command.html
func (v checkedView) sql() string {
	var b strings.Builder
	if v.plain() {
		fmt.Fprintf(&b, "CREATE VIEW %s AS SELECT\n  ", qualified(v.Schema, v.Name))
	} else {
		fmt.Fprintf(&b, "CREATE MATERIALIZED VIEW %s", qualified(v.Schema, v.Name))
		if v.NoBackup {
			b.WriteString(" BACKUP NO")
		}
		b.WriteString(v.attributes() + " AUTO REFRESH NO AS SELECT\n  ")
	}
	var items []string
	for _, c := range v.columns {
		items = append(items, c.sql(v.BadRecords)+" AS "+Quote(c.Name))
	}
	if v.BadRecords == KeepRecords {
		items = append(items, "CASE WHEN "+v.failed()+" THEN "+string(v.data())+" END AS "+Quote(FailedPayload))
	}
	b.WriteString(strings.Join(items, ",\n  "))
	if v.plain() {
		b.WriteString("\nFROM " + qualified(v.Schema, v.From))
	} else {
		fmt.Fprintf(&b, "\nFROM %s", qualified(v.Stream.Schema, v.Stream.Name))
	}
	if v.BadRecords == SkipRecords {
		b.WriteString("\nWHERE " + v.data().isJSON())
	}
	return b.String()
}

// distAuto is the style that Redshift chooses and changes by itself. CREATE
// MATERIALIZED VIEW doesn't take it, ALTER MATERIALIZED VIEW does.
const distAuto = "AUTO"

// attributes returns how the view's rows are distributed and sorted, as far as
// CREATE MATERIALIZED VIEW says it.
func (v checkedView) attributes() string {
	text := ""
	if v.DistStyle != "" && v.DistStyle != distAuto {
		text += " DISTSTYLE " + v.DistStyle
	}
	if v.DistKey != "" {
		text += " DISTKEY(" + Quote(v.DistKey) + ")"
	}
	if len(v.SortKey) > 0 {
		text += " SORTKEY(" + list(v.SortKey) + ")"
	}
	return text
}

// qualified returns a name behind its schema's, both quoted.
func qualified(schema, name string) string { return Quote(schema) + "." + Quote(name) }

func list(names []string) string {
	text := make([]string, len(names))
	for i, name := range names {
		text[i] = Quote(name)
	}
	return strings.Join(text, ", ")
}

// failed is the condition under which a record is kept as it came: it isn't
// JSON, or one of its fields is there and doesn't fit its column. A record too
// long to take apart is kept where there are fields; in a SUPER it is whole.
func (v checkedView) failed() string {
	conditions := []string{"NOT " + v.data().isJSON()}
	fields := false
	for _, c := range v.columns {
		if c.typ != (columnType{}) && c.Path != nil {
			fields = true
			conditions = append(conditions, c.unfit())
		}
	}
	if fields {
		conditions[0] = "NOT (" + v.data().isShort() + " AND " + v.data().isJSON() + ")"
	}
	return strings.Join(conditions, "\n    OR ")
}
