package ddl

import (
	"fmt"
	"strings"
)

// data is the column in which a stream or a topic has a record's bytes.
type data string

// The two kinds of data.
//
// Sources: https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started.html
// and https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started-MSK.html
const (
	kinesisData data = "kinesis_data"
	kafkaValue  data = "kafka_value"
)

// data is where a streaming view finds a record's bytes.
func (v View) data() data {
	if v.Stream.Kafka {
		return kafkaValue
	}
	return kinesisData
}

// Parts of every statement that takes records apart. JSON_EXTRACT_PATH_TEXT takes
// text of at most 65,535 bytes, so the guard tests the length before it.
func (d data) text() string    { return "from_varbyte(" + string(d) + ", 'utf-8')" }
func (d data) isJSON() string  { return "can_json_parse(" + string(d) + ")" }
func (d data) isShort() string { return "octet_length(" + string(d) + ") <= 65535" }
func (d data) parsed() string  { return "json_parse(" + string(d) + ")" }

// In a plain view the record is the SUPER of the view below, and JSON_SERIALIZE
// gives its text.
//
// Sources: https://docs.aws.amazon.com/redshift/latest/dg/JSON_EXTRACT_PATH_TEXT.html,
// https://docs.aws.amazon.com/redshift/latest/dg/r_CAN_JSON_PARSE.html,
// https://docs.aws.amazon.com/redshift/latest/dg/JSON_SERIALIZE.html and
// https://docs.aws.amazon.com/redshift/latest/dg/r_json_size.html
const (
	payloadText = `json_serialize("` + landingPayload + `")`
	payloadFits = `json_size("` + landingPayload + `") <= 65535`
)

// sql returns the expression that gives the column's value. Unless the policy
// is FailRefresh, it is total: whatever the record, it gives a value or null, so that
// no record can block a refresh. An expression is the user's own, and is used as it is.
func (c column) sql(policy BadRecords) string {
	switch {
	case c.Metadata != "":
		return string(c.Metadata)
	case c.Expression != "":
		return c.Expression
	case c.Path == nil && c.plain:
		return Quote(landingPayload)
	case c.Path == nil && policy == FailRefresh:
		return c.data.parsed()
	case c.Path == nil:
		return "CASE WHEN " + c.data.isJSON() + " THEN " + c.data.parsed() + " END"
	case policy == FailRefresh:
		return c.strictSQL()
	}
	return c.totalSQL()
}

// strictSQL fails the refresh on a record that isn't JSON or doesn't fit.
func (c column) strictSQL() string {
	text := fmt.Sprintf("json_extract_path_text(%s%s)", c.data.text(), c.pathArguments())
	if c.typ.name == "SUPER" {
		return "json_parse(" + text + ")"
	}
	return text + "::" + c.typ.String()
}

// totalSQL gives null for whatever does not fit. The guard stands inside of the
// cast, so that the column keeps the cast's length, precision and scale.
// TRY_CAST is not defined for an empty string as a number, hence NULLIF, nor
// for BOOLEAN.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_TRY_CAST.html
func (c column) totalSQL() string {
	text, guard := c.text(), c.guard()
	when := func(more string) string {
		return fmt.Sprintf("CASE WHEN %s AND %s THEN %s END", guard, more, text)
	}
	switch c.typ.name {
	case "BOOLEAN":
		return fmt.Sprintf("CASE lower(%s) WHEN 'true' THEN true WHEN 'false' THEN false END", c.guarded())
	case "SUPER":
		return fmt.Sprintf("CASE WHEN %s AND can_json_parse(%s) THEN json_parse(%s) END", guard, text, text)
	case "VARCHAR":
		return fmt.Sprintf("(%s)::%s", when(fmt.Sprintf("octet_length(%s) <= %d", text, c.typ.length)), c.typ)
	case "CHAR": // holds single bytes only
		return fmt.Sprintf("(%s)::%s", when(fmt.Sprintf("octet_length(%s) <= %d AND octet_length(%s) = char_length(%s)", text, c.typ.length, text, text)), c.typ)
	}
	return fmt.Sprintf("TRY_CAST(NULLIF(%s, '') AS %s)", c.guarded(), c.typ)
}

// unfit is the condition under which the field is there and doesn't fit.
func (c column) unfit() string {
	return fmt.Sprintf("(%s IS NOT NULL AND %s IS NULL)", c.guarded(), c.totalSQL())
}

// text is the field's value as text, null where there is no such field.
func (c column) text() string {
	record := c.data.text()
	if c.plain {
		record = payloadText
	}
	return fmt.Sprintf("json_extract_path_text(%s%s, true)", record, c.pathArguments())
}

// guard is the condition under which text can be worked out.
func (c column) guard() string {
	if c.plain {
		return payloadFits
	}
	return c.data.isShort() + " AND " + c.data.isJSON()
}

func (c column) guarded() string {
	return fmt.Sprintf("CASE WHEN %s THEN %s END", c.guard(), c.text())
}

func (c column) pathArguments() string {
	var b strings.Builder
	for _, name := range c.Path {
		b.WriteString(", " + Literal(name))
	}
	return b.String()
}
