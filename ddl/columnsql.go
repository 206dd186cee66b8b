package ddl

import (
	"fmt"
	"strings"
)

// recordColumn is the name of the column with a record's bytes in a stream or a topic.
type recordColumn string

// The columns of a Kinesis stream and of a Kafka topic.
//
// Sources: https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started.html
// and https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started-MSK.html
const (
	kinesisData recordColumn = "kinesis_data"
	kafkaValue  recordColumn = "kafka_value"
)

// recordColumn returns the column from which a streaming view reads a record's bytes.
func (v View) recordColumn() recordColumn {
	if v.Stream.Kafka {
		return kafkaValue
	}
	return kinesisData
}

// These methods return the SQL that a streaming view applies to a record's bytes.
// JSON_EXTRACT_PATH_TEXT accepts at most 65,535 bytes of text, so isShort has to be tested
// before a field is extracted.
func (c recordColumn) text() string    { return "from_varbyte(" + string(c) + ", 'utf-8')" }
func (c recordColumn) isJSON() string  { return "can_json_parse(" + string(c) + ")" }
func (c recordColumn) isShort() string { return "octet_length(" + string(c) + ") <= 65535" }
func (c recordColumn) parsed() string  { return "json_parse(" + string(c) + ")" }

// A plain view reads the record from the SUPER column payload of the view that From names.
// These constants are the SQL of the record's text, and of the test whether
// JSON_EXTRACT_PATH_TEXT accepts text of that length.
//
// Sources: https://docs.aws.amazon.com/redshift/latest/dg/JSON_EXTRACT_PATH_TEXT.html,
// https://docs.aws.amazon.com/redshift/latest/dg/r_CAN_JSON_PARSE.html,
// https://docs.aws.amazon.com/redshift/latest/dg/JSON_SERIALIZE.html and
// https://docs.aws.amazon.com/redshift/latest/dg/r_json_size.html
const (
	payloadText = `json_serialize("payload")`
	payloadFits = `json_size("payload") <= 65535`
)

// sql returns the SQL of the column's value. Unless policy is FailRefresh, the SQL has a
// value or null for every possible record, so that no record can make a refresh fail. An
// expression of the user is the exception: it is returned unchanged.
func (c column) sql(policy BadRecords) string {
	if c.Metadata != "" {
		return string(c.Metadata)
	}
	if c.Expression != "" {
		return c.Expression
	}
	if c.Path == nil {
		return c.payloadSQL(policy)
	}
	if policy == FailRefresh {
		return c.failingSQL()
	}
	return c.nullingSQL()
}

// payloadSQL returns the SQL of a column with the whole record.
func (c column) payloadSQL(policy BadRecords) string {
	if c.plain {
		return Quote(landingPayload)
	}
	if policy == FailRefresh {
		return c.record.parsed()
	}
	return "CASE WHEN " + c.record.isJSON() + " THEN " + c.record.parsed() + " END"
}

// failingSQL returns SQL that fails the refresh if the record isn't JSON, or if the field
// can't be converted to the column's type.
func (c column) failingSQL() string {
	text := fmt.Sprintf("json_extract_path_text(%s%s)", c.record.text(), c.pathArguments())
	if c.typ.name == "SUPER" {
		return "json_parse(" + text + ")"
	}
	return text + "::" + c.typ.String()
}

// nullingSQL returns SQL that is null if the field can't be converted to the column's type.
// The test for that is inside the cast, so that the column keeps the length, precision and
// scale of the cast. TRY_CAST of an empty string to a number is not documented, so NULLIF
// removes empty strings. TRY_CAST doesn't support BOOLEAN, so CASE replaces it.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_TRY_CAST.html
func (c column) nullingSQL() string {
	text, guard := c.text(), c.guard()
	textIf := func(condition string) string {
		return fmt.Sprintf("CASE WHEN %s AND %s THEN %s END", guard, condition, text)
	}
	switch c.typ.name {
	case "BOOLEAN":
		return fmt.Sprintf("CASE lower(%s) WHEN 'true' THEN true WHEN 'false' THEN false END", c.guardedText())
	case "SUPER":
		return fmt.Sprintf("CASE WHEN %s AND can_json_parse(%s) THEN json_parse(%s) END", guard, text, text)
	case "VARCHAR":
		return fmt.Sprintf("(%s)::%s", textIf(fmt.Sprintf("octet_length(%s) <= %d", text, c.typ.length)), c.typ)
	case "CHAR": // accepts only single-byte characters
		return fmt.Sprintf("(%s)::%s", textIf(fmt.Sprintf("octet_length(%s) <= %d AND octet_length(%s) = char_length(%s)", text, c.typ.length, text, text)), c.typ)
	}
	return fmt.Sprintf("TRY_CAST(NULLIF(%s, '') AS %s)", c.guardedText(), c.typ)
}

// mismatch returns the SQL condition that the field exists, but can't be converted to the
// column's type.
func (c column) mismatch() string {
	return fmt.Sprintf("(%s IS NOT NULL AND %s IS NULL)", c.guardedText(), c.nullingSQL())
}

// text returns the SQL of the field's value as text. It is null if the record has no such
// field. It is valid only for records for which guard is true.
func (c column) text() string {
	record := c.record.text()
	if c.plain {
		record = payloadText
	}
	return fmt.Sprintf("json_extract_path_text(%s%s, true)", record, c.pathArguments())
}

// guard returns the SQL condition that text doesn't fail.
func (c column) guard() string {
	if c.plain {
		return payloadFits
	}
	return c.record.isShort() + " AND " + c.record.isJSON()
}

// guardedText returns text with its guard: SQL that is null if the guard is false.
func (c column) guardedText() string {
	return fmt.Sprintf("CASE WHEN %s THEN %s END", c.guard(), c.text())
}

// pathArguments returns the path as further arguments of JSON_EXTRACT_PATH_TEXT.
func (c column) pathArguments() string {
	var b strings.Builder
	for _, name := range c.Path {
		b.WriteString(", " + Literal(name))
	}
	return b.String()
}
