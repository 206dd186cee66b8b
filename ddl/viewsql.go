package ddl

import (
	"fmt"
	"strings"
)

// plain reports whether the view is a plain view.
func (v View) plain() bool { return v.From != "" }

// sql returns the CREATE statement of the view. It creates a streaming view without auto
// refresh, so that Redshift doesn't start the first refresh before the deployment does.
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
		items = append(items, "CASE WHEN "+v.failedCondition()+" THEN "+string(v.recordColumn())+" END AS "+Quote(FailedPayload))
	}
	b.WriteString(strings.Join(items, ",\n  "))
	if v.plain() {
		b.WriteString("\nFROM " + qualified(v.Schema, v.From))
	} else {
		fmt.Fprintf(&b, "\nFROM %s", qualified(v.Stream.Schema, v.Stream.Name))
	}
	if v.BadRecords == SkipRecords {
		b.WriteString("\nWHERE " + v.recordColumn().isJSON())
	}
	return b.String()
}

// distAuto is the distribution style with which Redshift itself chooses how to distribute
// the rows. ALTER MATERIALIZED VIEW supports it, CREATE MATERIALIZED VIEW doesn't.
const distAuto = "AUTO"

// attributes returns the attributes of CREATE MATERIALIZED VIEW that say how the view's
// rows are distributed and sorted.
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

// qualified returns schema.name with both names quoted.
func qualified(schema, name string) string { return Quote(schema) + "." + Quote(name) }

// list returns the names, quoted, with commas between them.
func list(names []string) string {
	text := make([]string, len(names))
	for i, name := range names {
		text[i] = Quote(name)
	}
	return strings.Join(text, ", ")
}

// failedCondition returns the SQL condition that the column [FailedPayload] has the record's
// bytes: the record isn't JSON, or one of its fields exists and can't be converted to its
// column's type. If the view has field columns, records that are too long for
// JSON_EXTRACT_PATH_TEXT fulfill the condition, too.
func (v checkedView) failedCondition() string {
	conditions := []string{"NOT " + v.recordColumn().isJSON()}
	fields := false
	for _, c := range v.columns {
		if c.typ != (columnType{}) && c.Path != nil {
			fields = true
			conditions = append(conditions, c.mismatch())
		}
	}
	if fields {
		conditions[0] = "NOT (" + v.recordColumn().isShort() + " AND " + v.recordColumn().isJSON() + ")"
	}
	return strings.Join(conditions, "\n    OR ")
}
