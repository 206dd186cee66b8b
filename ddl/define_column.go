package ddl

import (
	"fmt"
	"slices"
	"strings"
)

// define checks one column of a view that can have these metadata columns.
func (c Column) define(allowed []Metadata) (column, Problems) {
	var problems Problems
	name, err := ParseIdent(c.Name)
	problems.add("name", err)
	d := column{name: name, metadata: c.Metadata, expression: strings.TrimSpace(c.Expression)}
	if len(c.Path) > 0 {
		d.path = c.Path
	}
	set := 0
	for _, s := range []string{string(c.Metadata), c.Type, d.expression} {
		if s != "" {
			set++
		}
	}
	if set != 1 {
		problems.add("", fmt.Errorf("has %d of metadata, type and expression; set exactly one", set))
	}
	if c.Metadata != "" && !slices.Contains(allowed, c.Metadata) {
		problems.add("metadata", fmt.Errorf("%q is not a metadata column; write one of %s", c.Metadata, joined(allowed)))
	}
	if d.expression != "" {
		problems.add("expression", checkExpression(d.expression))
	}
	if c.Type != "" {
		d.typ, err = ParseType(c.Type)
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

func (c Column) checkPath(t Type) error {
	switch {
	case len(c.Path) > 0 && c.Type == "":
		return fmt.Errorf("is only for a field; set type, or leave path out")
	case len(c.Path) > maxPath:
		return fmt.Errorf("has %d names, but JSON_EXTRACT_PATH_TEXT goes %d deep; use an expression over JSON_PARSE", len(c.Path), maxPath)
	case slices.ContainsFunc(c.Path, func(name string) bool { return checkText(name) != nil }):
		return fmt.Errorf("%q has a name with NUL, a byte that is not UTF-8, or a character that hides the order of the text; use an expression over JSON_PARSE", c.Path)
	case slices.Contains(c.Path, ""):
		return fmt.Errorf("%q has an empty name; write each name of the path", c.Path)
	case len(c.Path) == 0 && t != (Type{}) && t.name != "SUPER":
		return fmt.Errorf("required for a %s; write the field's name, or make the column SUPER to hold the whole record", t)
	}
	return nil
}
