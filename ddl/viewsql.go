package ddl

import (
	"fmt"
	"strings"
)

// create returns the statement that makes the view under name, which is the
// view's own or a temporary one. A streaming view is not yet refreshed by
// itself, so that the first refresh is one that somebody waits for.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-create-sql-command.html
func (d *ViewDefinition) create(name Ident) Statement {
	var b strings.Builder
	if d.plain() {
		fmt.Fprintf(&b, "CREATE VIEW %s AS SELECT\n  ", d.qualified(name))
	} else {
		fmt.Fprintf(&b, "CREATE MATERIALIZED VIEW %s", d.qualified(name))
		if d.noBackup {
			b.WriteString(" BACKUP NO")
		}
		b.WriteString(d.attributes() + " AUTO REFRESH NO AS SELECT\n  ")
	}
	b.WriteString(strings.Join(d.selectList(), ",\n  "))
	if d.plain() {
		b.WriteString("\nFROM " + d.qualified(d.from))
	} else {
		fmt.Fprintf(&b, "\nFROM %s.%s", d.streamSchema, quoted(d.stream))
	}
	if d.badRecords == Skip {
		b.WriteString("\nWHERE " + d.data().isJSON())
	}
	return Statement{Step: StepCreate, SQL: b.String()}
}

// distAuto is the style that Redshift chooses and changes by itself. CREATE
// MATERIALIZED VIEW doesn't take it, ALTER MATERIALIZED VIEW does.
const distAuto = "AUTO"

// attributes returns how the view's rows are distributed and sorted, as far as
// CREATE MATERIALIZED VIEW says it.
func (d *ViewDefinition) attributes() string {
	text := ""
	if d.distStyle != "" && d.distStyle != distAuto {
		text += " DISTSTYLE " + d.distStyle
	}
	if d.distKey != (Ident{}) {
		text += " DISTKEY(" + d.distKey.String() + ")"
	}
	if len(d.sortKey) > 0 {
		text += " SORTKEY(" + list(d.sortKey) + ")"
	}
	return text
}

func list(names []Ident) string {
	text := make([]string, len(names))
	for i, name := range names {
		text[i] = name.String()
	}
	return strings.Join(text, ", ")
}

func (d *ViewDefinition) selectList() []string {
	var items []string
	for _, c := range d.columns {
		items = append(items, c.sql(d.badRecords)+" AS "+c.name.String())
	}
	if !d.plain() && d.badRecords == Keep {
		items = append(items, "CASE WHEN "+d.failed()+" THEN "+string(d.data())+" END AS "+quoted(FailedPayload))
	}
	return items
}

// failed is the condition under which a record is kept as it came: it isn't
// JSON, or one of its fields is there and doesn't fit its column. A record too
// long to take apart is kept where there are fields; in a SUPER it is whole.
func (d *ViewDefinition) failed() string {
	conditions := []string{"NOT " + d.data().isJSON()}
	fields := false
	for _, c := range d.columns {
		if c.typ != (Type{}) && c.path != nil {
			fields = true
			conditions = append(conditions, c.unfit())
		}
	}
	if fields {
		conditions[0] = "NOT (" + d.data().isShort() + " AND " + d.data().isJSON() + ")"
	}
	return strings.Join(conditions, "\n    OR ")
}
