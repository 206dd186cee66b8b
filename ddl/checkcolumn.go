package ddl

import (
	"fmt"
	"slices"
	"strings"
)

// maxPath is the highest number of nested field names that JSON_EXTRACT_PATH_TEXT accepts.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/JSON_EXTRACT_PATH_TEXT.html
const maxPath = 5

// column is a checked [Column]: one of Metadata, Expression and Type is set.
type column struct {
	Column
	typ    columnType   // the parsed Type; zero unless Type is set
	plain  bool         // true if the column is one of a plain view
	record recordColumn // the column of the stream or topic that has the record's bytes
}

// check returns the column with its name in lower case and its type in full form, and
// every problem of the declaration. v is the view that has the column.
func (c Column) check(v View) (column, Problems) {
	var problems Problems
	d := column{Column: c, plain: v.From != "", record: v.recordColumn()}
	d.Name = problems.name("name", c.Name, "column")
	d.Expression = strings.TrimSpace(c.Expression)
	if len(c.Path) == 0 {
		d.Path = nil
	}
	set := 0
	for _, s := range []string{string(c.Metadata), c.Type, d.Expression} {
		if s != "" {
			set++
		}
	}
	if set != 1 {
		problems.add("", fmt.Errorf("sets %d of metadata, type and expression; set exactly one", set))
	}
	if allowed := v.metadata(); c.Metadata != "" && !slices.Contains(allowed, c.Metadata) {
		problems.add("metadata", fmt.Errorf("%q is not a metadata column; write one of %s", c.Metadata, joined(allowed)))
	}
	if d.Expression != "" {
		problems.add("expression", checkExpression(d.Expression))
	}
	if c.Type != "" {
		var err error
		d.typ, err = parseType(c.Type)
		d.Type = d.typ.String()
		problems.add("type", err)
	}
	problems.add("path", c.checkPath(d.typ))
	return d, problems
}

// The metadata columns of a Kinesis stream and of a Kafka topic.
var (
	kinesisMetadata = []Metadata{ApproximateArrivalTimestamp, PartitionKey, ShardID, SequenceNumber, RefreshTime}
	kafkaMetadata   = []Metadata{KafkaPartition, KafkaOffset, KafkaTimestampType, KafkaTimestamp, KafkaKey, KafkaHeaders, RefreshTime}
)

// joined returns the strings of list with commas between them.
func joined[T ~string](list []T) string {
	text := make([]string, len(list))
	for i, s := range list {
		text[i] = string(s)
	}
	return strings.Join(text, ", ")
}

// checkPath returns an error if Path is not valid for a column of type t. t is zero if the
// column has no valid Type.
func (c Column) checkPath(t columnType) error {
	if len(c.Path) == 0 {
		if t != (columnType{}) && t.name != "SUPER" {
			return fmt.Errorf("required for type %s; write the field's name, or set type SUPER to store the whole record", t)
		}
		return nil
	}
	if c.Type == "" {
		return fmt.Errorf("applies only to a field column; set type, or remove path")
	}
	if len(c.Path) > maxPath {
		return fmt.Errorf("has %d names, but JSON_EXTRACT_PATH_TEXT accepts at most %d; use an expression with JSON_PARSE", len(c.Path), maxPath)
	}
	if slices.ContainsFunc(c.Path, func(name string) bool { return checkText(name) != nil }) {
		return fmt.Errorf("%q has a name with a NUL character, a byte that is not UTF-8, or a character that changes the direction of the text; use an expression with JSON_PARSE", c.Path)
	}
	if slices.Contains(c.Path, "") {
		return fmt.Errorf("%q has an empty name; write each name of the path", c.Path)
	}
	return nil
}
