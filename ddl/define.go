package ddl

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// ViewDefinition is a checked view with every default applied: what SQL is
// made from. It does not change once made.
type ViewDefinition struct {
	schema, name  Ident
	streamSchema  Ident
	stream        string
	columns       []column
	badRecords    BadRecords
	distKey       Ident   // zero: none
	sortKey       []Ident // nil: none
	manualRefresh bool
	noBackup      bool
}

// column is a checked [Column]: one of metadata, expression and typ is set.
type column struct {
	name       Ident
	metadata   Metadata
	typ        Type
	path       []string // nil: the whole record
	expression string
}

// MaxStatementBytes is the longest statement that the Redshift Data API takes.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html
const MaxStatementBytes = 100 << 10

// maxPath is the deepest field that JSON_EXTRACT_PATH_TEXT finds.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/JSON_EXTRACT_PATH_TEXT.html
const maxPath = 5

// streamPattern is what a Kinesis stream may be called, in lower case.
//
// Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html
var streamPattern = regexp.MustCompile(`^[a-z0-9_.-]{1,128}$`)

// Define checks the declaration and applies its defaults. The error is
// [Problems], and then the definition is of no use.
func (v View) Define() (*ViewDefinition, error) {
	var problems Problems
	parse := func(path, name string) Ident {
		id, err := ParseIdent(name)
		problems.add(path, err)
		return id
	}
	d := &ViewDefinition{
		name:          parse("name", v.Name),
		schema:        parse("schema", or(v.Schema, "public")),
		stream:        v.Stream.Name,
		badRecords:    or(v.BadRecords, Keep),
		manualRefresh: v.ManualRefresh,
		noBackup:      v.NoBackup,
	}
	d.streamSchema, _ = ParseIdent(v.Stream.Schema)
	problems = append(problems, v.Stream.Check().Under("stream")...)
	if !slices.Contains([]BadRecords{Keep, Skip, Fail}, d.badRecords) {
		problems.add("badRecords", fmt.Errorf("%q is not a policy; write %s, %s or %s", d.badRecords, Keep, Skip, Fail))
	}
	d.columns = v.defineColumns(&problems)
	d.distKey, d.sortKey = v.defineKeys(&problems)
	if len(problems) == 0 {
		problems.add("", checkSize(d))
	}
	return d, problems.err()
}

func or[T ~string](s, otherwise T) T {
	if s == "" {
		return otherwise
	}
	return s
}

// Check returns what is wrong with the stream's declaration.
func (s Stream) Check() Problems {
	var problems Problems
	_, err := ParseIdent(s.Schema)
	problems.add("schema", err)
	problems.add("name", checkStream(s.Name))
	return problems
}

func checkStream(name string) error {
	switch {
	case name == "":
		return fmt.Errorf("required; write the stream's name")
	case streamPattern.MatchString(name):
		return nil
	case streamPattern.MatchString(strings.ToLower(name)):
		return fmt.Errorf("%q has upper-case letters, which Redshift folds away; name the stream %q", name, strings.ToLower(name))
	}
	return fmt.Errorf("%q is not a stream's name; write up to 128 lower-case letters, digits, _, - and dots", name)
}

func checkSize(d *ViewDefinition) error {
	if n := len(d.create(d.name).SQL); n > MaxStatementBytes {
		return fmt.Errorf("its CREATE statement is %d bytes long, but the Data API takes %d; write fewer or shorter columns", n, MaxStatementBytes)
	}
	return nil
}

func (v View) defineColumns(problems *Problems) []column {
	if len(v.Columns) == 0 {
		problems.add("columns", fmt.Errorf("required; write at least one"))
	}
	var columns []column
	seen := map[Ident]int{}
	for i, declared := range v.Columns {
		path := fmt.Sprintf("columns[%d]", i)
		c, found := declared.define()
		*problems = append(*problems, found.Under(path)...)
		columns = append(columns, c)
		if c.name == (Ident{}) {
			continue
		}
		if first, ok := seen[c.name]; ok {
			problems.add(path+".name", fmt.Errorf("%q is also columns[%d], since Redshift folds names to lower case; rename one", declared.Name, first))
		} else {
			seen[c.name] = i
		}
		if c.name.Name() == FailedPayload && or(v.BadRecords, Keep) == Keep {
			problems.add(path+".name", fmt.Errorf("%q is where badRecords %s puts what is not JSON; rename the column, or set badRecords to %s or %s", declared.Name, Keep, Skip, Fail))
		}
	}
	return columns
}

// define checks one column.
func (c Column) define() (column, Problems) {
	var problems Problems
	name, err := ParseIdent(c.Name)
	problems.add("name", err)
	d := column{name: name, metadata: c.Metadata, path: c.Path, expression: strings.TrimSpace(c.Expression)}
	set := 0
	for _, s := range []string{string(c.Metadata), c.Type, d.expression} {
		if s != "" {
			set++
		}
	}
	if set != 1 {
		problems.add("", fmt.Errorf("has %d of metadata, type and expression; set exactly one", set))
	}
	if c.Metadata != "" && !slices.Contains(allMetadata, c.Metadata) {
		problems.add("metadata", fmt.Errorf("%q is not a metadata column; write one of %s", c.Metadata, joined(allMetadata)))
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

var allMetadata = []Metadata{ApproximateArrivalTimestamp, PartitionKey, ShardID, SequenceNumber, RefreshTime}

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
	case slices.Contains(c.Path, ""):
		return fmt.Errorf("%q has an empty name; write each name of the path", c.Path)
	case len(c.Path) == 0 && t != (Type{}) && t.name != "SUPER":
		return fmt.Errorf("required for a %s; write the field's name, or make the column SUPER to hold the whole record", t)
	case len(c.Path) > 0 && t.name == "SUPER":
		return fmt.Errorf("a SUPER holds the whole record here; leave path out and navigate in the query, or give the field a type")
	}
	return nil
}

// checkExpression finds what would end the expression early and let the rest
// of it act as SQL of its own. What Redshift makes of the rest, only Redshift
// knows.
func checkExpression(sql string) error {
	depth := 0
	for i := 0; i < len(sql); i++ {
		switch c := sql[i]; {
		case c == '\'' || c == '"':
			end := strings.IndexByte(sql[i+1:], c)
			if end < 0 {
				return fmt.Errorf("%q has a %c that is not closed; close it", sql, c)
			}
			i += end + 1
		case strings.HasPrefix(sql[i:], "--"), strings.HasPrefix(sql[i:], "/*"):
			return fmt.Errorf("%q has a comment; leave it out", sql)
		case c == ';':
			return fmt.Errorf("%q has a semicolon; write one expression", sql)
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ',' && depth == 0:
			return fmt.Errorf("%q has a comma outside parentheses; write one expression", sql)
		}
		if depth < 0 {
			return fmt.Errorf("%q has a ) without its (; balance them", sql)
		}
	}
	if depth != 0 {
		return fmt.Errorf("%q has a ( without its ); balance them", sql)
	}
	return nil
}

func (v View) defineKeys(problems *Problems) (dist Ident, sort []Ident) {
	names := map[string]bool{FailedPayload: or(v.BadRecords, Keep) == Keep}
	for _, c := range v.Columns {
		names[fold(c.Name)] = true
	}
	key := func(path, name string) Ident {
		id, err := ParseIdent(name)
		if err == nil && !names[id.Name()] {
			err = fmt.Errorf("%q is not a column of the view; write one of its columns' names", name)
		}
		problems.add(path, err)
		return id
	}
	if v.DistKey != "" {
		dist = key("distKey", v.DistKey)
	}
	for i, name := range v.SortKey {
		sort = append(sort, key(fmt.Sprintf("sortKey[%d]", i), name))
	}
	return dist, sort
}

// Object names the view: `view "public"."ev_station_data"`.
func (d *ViewDefinition) Object() Object {
	return Object{Kind: ViewObject, Schema: d.schema, Name: d.name}
}
