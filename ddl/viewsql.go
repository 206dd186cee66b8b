package ddl

import (
	"fmt"
	"strings"
)

// Parts of every statement that reads a record. JSON_EXTRACT_PATH_TEXT takes
// text of at most 65,535 bytes, so that the guard tests the length before it.
//
// Sources: https://docs.aws.amazon.com/redshift/latest/dg/JSON_EXTRACT_PATH_TEXT.html
// and https://docs.aws.amazon.com/redshift/latest/dg/r_CAN_JSON_PARSE.html
const (
	recordText = "from_varbyte(kinesis_data, 'utf-8')"
	isJSON     = "can_json_parse(kinesis_data)"
	isShort    = "octet_length(kinesis_data) <= 65535"
)

// create returns the statement that makes the view under name, which is the
// view's own or a temporary one. It is not yet refreshed by itself, so that the
// first refresh is one that somebody waits for.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-create-sql-command.html
func (d *ViewDefinition) create(name Ident) Statement {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE MATERIALIZED VIEW %s.%s", d.schema, name)
	if d.noBackup {
		b.WriteString(" BACKUP NO")
	}
	if d.distKey != (Ident{}) {
		fmt.Fprintf(&b, " DISTKEY(%s)", d.distKey)
	}
	if len(d.sortKey) > 0 {
		fmt.Fprintf(&b, " SORTKEY(%s)", list(d.sortKey))
	}
	b.WriteString(" AUTO REFRESH NO AS SELECT\n  ")
	b.WriteString(strings.Join(d.selectList(), ",\n  "))
	fmt.Fprintf(&b, "\nFROM %s.%s", d.streamSchema, quoted(d.stream))
	if d.badRecords == Skip {
		b.WriteString("\nWHERE " + isJSON)
	}
	return Statement{Step: StepCreate, SQL: b.String()}
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
	if d.badRecords == Keep {
		items = append(items, fmt.Sprintf("CASE WHEN NOT %s THEN kinesis_data END AS %s", d.readable(), quoted(FailedPayload)))
	}
	return items
}

// readable is the condition under which the view takes a record apart: one that
// is too long for JSON_EXTRACT_PATH_TEXT is whole in a SUPER, but is kept as
// bytes where there are only fields.
func (d *ViewDefinition) readable() string {
	for _, c := range d.columns {
		if c.typ.name == "SUPER" {
			return isJSON
		}
	}
	return "(" + isShort + " AND " + isJSON + ")"
}

// sql returns the expression that gives the column's value. Unless the policy
// is Fail, it is total: whatever the record, it gives a value or null, so that
// no record can block a refresh.
func (c column) sql(policy BadRecords) string {
	switch {
	case c.metadata != "":
		return string(c.metadata)
	case c.expression != "":
		return c.expression
	case policy == Fail:
		return c.strictSQL()
	case c.typ.name == "SUPER":
		return "CASE WHEN " + isJSON + " THEN json_parse(kinesis_data) END"
	}
	return c.totalSQL()
}

// strictSQL fails the refresh on a record that isn't JSON or doesn't fit.
func (c column) strictSQL() string {
	if c.typ.name == "SUPER" {
		return "json_parse(kinesis_data)"
	}
	return fmt.Sprintf("json_extract_path_text(%s%s)::%s", recordText, c.pathArguments(), c.typ)
}

// totalSQL gives null for whatever does not fit. The guard stands inside of the
// cast, so that the column keeps the cast's length, precision and scale.
// TRY_CAST is not defined for an empty string as a number, hence NULLIF, nor
// for BOOLEAN.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_TRY_CAST.html
func (c column) totalSQL() string {
	guard := isShort + " AND " + isJSON
	text := fmt.Sprintf("json_extract_path_text(%s%s, true)", recordText, c.pathArguments())
	guarded := fmt.Sprintf("CASE WHEN %s THEN %s END", guard, text)
	switch c.typ.name {
	case "BOOLEAN":
		return fmt.Sprintf("CASE lower(%s) WHEN 'true' THEN true WHEN 'false' THEN false END", guarded)
	case "VARCHAR":
		return fmt.Sprintf("(CASE WHEN %s AND octet_length(%s) <= %d THEN %s END)::%s", guard, text, c.typ.length, text, c.typ)
	case "CHAR": // holds single bytes only
		return fmt.Sprintf("(CASE WHEN %s AND octet_length(%s) <= %d AND octet_length(%s) = char_length(%s) THEN %s END)::%s",
			guard, text, c.typ.length, text, text, text, c.typ)
	}
	return fmt.Sprintf("TRY_CAST(NULLIF(%s, '') AS %s)", guarded, c.typ)
}

func (c column) pathArguments() string {
	var b strings.Builder
	for _, name := range c.path {
		b.WriteString(", " + Literal(name))
	}
	return b.String()
}
