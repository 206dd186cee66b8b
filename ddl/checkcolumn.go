package ddl

import (
	"fmt"
	"slices"
	"strings"
)

// maxPath is the deepest field that JSON_EXTRACT_PATH_TEXT finds.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/JSON_EXTRACT_PATH_TEXT.html
const maxPath = 5

// column is a checked [Column]: one of Metadata, Expression and Type is set.
type column struct {
	Column
	typ   columnType // of a field
	plain bool       // of a plain view, over the payload of the one below
	data  data       // of a streaming one
}

// check returns the column with its name and its type as Redshift keeps them, and
// everything that is wrong with the declaration. v is the view that has the column.
func (c Column) check(v View) (column, Problems) {
	var problems Problems
	d := column{Column: c, plain: v.From != "", data: v.data()}
	d.Name = problems.name("name", c.Name)
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
		problems.add("", fmt.Errorf("has %d of metadata, type and expression; set exactly one", set))
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

// What Redshift knows of each record of a stream, and of a topic.
var (
	kinesisMetadata = []Metadata{ApproximateArrivalTimestamp, PartitionKey, ShardID, SequenceNumber, RefreshTime}
	kafkaMetadata   = []Metadata{KafkaPartition, KafkaOffset, KafkaTimestampType, KafkaTimestamp, KafkaKey, KafkaHeaders, RefreshTime}
)

func joined[T ~string](list []T) string {
	text := make([]string, len(list))
	for i, s := range list {
		text[i] = string(s)
	}
	return strings.Join(text, ", ")
}

func (c Column) checkPath(t columnType) error {
	switch {
	case len(c.Path) > 0 && c.Type == "":
		return fmt.Errorf("is only for a field; set type, or leave path out")
	case len(c.Path) > maxPath:
		return fmt.Errorf("has %d names, but JSON_EXTRACT_PATH_TEXT goes %d deep; use an expression over JSON_PARSE", len(c.Path), maxPath)
	case slices.ContainsFunc(c.Path, func(name string) bool { return checkText(name) != nil }):
		return fmt.Errorf("%q has a name with NUL, a byte that is not UTF-8, or a character that hides the order of the text; use an expression over JSON_PARSE", c.Path)
	case slices.Contains(c.Path, ""):
		return fmt.Errorf("%q has an empty name; write each name of the path", c.Path)
	case len(c.Path) == 0 && t != (columnType{}) && t.name != "SUPER":
		return fmt.Errorf("required for a %s; write the field's name, or make the column SUPER to hold the whole record", t)
	}
	return nil
}
