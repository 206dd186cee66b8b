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
	kafka         bool // the stream is a topic
	columns       []column
	badRecords    BadRecords
	from          Ident // of a plain view: what it is over; zero: a streaming view
	onReplace     OnReplace
	distStyle     string  // "": EVEN, or by distKey
	distKey       Ident   // zero: none
	sortKey       []Ident // nil: none
	manualRefresh bool
	noBackup      bool
	grants        []grantee
}

// plain reports whether the view holds no rows of its own.
func (d *ViewDefinition) plain() bool { return d.from != Ident{} }

// data is where a streaming view finds a record's bytes.
func (d *ViewDefinition) data() data {
	if d.kafka {
		return kafkaValue
	}
	return kinesisData
}

// column is a checked [Column]: one of metadata, expression and typ is set.
type column struct {
	name       Ident
	metadata   Metadata
	typ        Type
	path       []string // nil: the whole record
	expression string
	plain      bool // of a plain view, over the payload of the one below
	data       data // of a streaming one
}

// MaxStatementBytes is the longest statement that the Redshift Data API takes.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html
const MaxStatementBytes = 100 << 10

// maxPath is the deepest field that JSON_EXTRACT_PATH_TEXT finds.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/JSON_EXTRACT_PATH_TEXT.html
const maxPath = 5

// streamPattern is what a Kinesis stream may be called, in lower case, and
// maxStream how long that may be.
//
// Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html
var streamPattern = regexp.MustCompile(`^[a-z0-9_.-]+$`)

const maxStream = 128

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
		kafka:         v.Stream.Kafka,
		badRecords:    or(v.BadRecords, Keep),
		manualRefresh: v.ManualRefresh,
		noBackup:      v.NoBackup,
		onReplace:     or(v.OnReplace, KeepRows),
		grants:        defineGrants(v.Grants, &problems),
	}
	if v.From != "" {
		d.from = parse("from", v.From)
		problems = append(problems, v.plainProblems()...)
	} else {
		d.streamSchema, _ = ParseIdent(v.Stream.Schema)
		problems = append(problems, v.Stream.Check().Under("stream")...)
	}
	if !slices.Contains([]OnReplace{KeepRows, DiscardRows, RefuseChange}, d.onReplace) {
		problems.add("onReplace", fmt.Errorf("%q is not a policy; write %s, %s or %s", d.onReplace, KeepRows, DiscardRows, RefuseChange))
	}
	if !slices.Contains([]BadRecords{Keep, Skip, Fail}, d.badRecords) {
		problems.add("badRecords", fmt.Errorf("%q is not a policy; write %s, %s or %s", d.badRecords, Keep, Skip, Fail))
	}
	d.columns = v.defineColumns(d.data(), &problems)
	d.distKey, d.sortKey = v.defineKeys(&problems)
	d.distStyle = v.defineDistStyle(&problems)
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
	if s.Kafka {
		problems.add("name", checkTopic(s.Name))
	} else {
		problems.add("name", checkStream(s.Name))
	}
	return problems
}

func checkStream(name string) error {
	switch {
	case name == "":
		return fmt.Errorf("required; write the stream's name")
	case len(name) <= maxStream && streamPattern.MatchString(name):
		return nil
	case len(name) <= maxStream && streamPattern.MatchString(strings.ToLower(name)):
		return fmt.Errorf("%q has upper-case letters, which Redshift folds away; name the stream %q", name, strings.ToLower(name))
	}
	return fmt.Errorf("%q is not a stream's name; write up to 128 lower-case letters, digits, _, - and dots", name)
}

// topicPattern is what a Kafka topic may be called, in lower case: quoted names
// are folded as those of streams are.
var topicPattern = regexp.MustCompile(`^[a-z0-9_.-]+$`)

// maxTopic is the longest name of a Kafka topic.
const maxTopic = 249

func checkTopic(name string) error {
	switch {
	case name == "":
		return fmt.Errorf("required; write the topic's name")
	case len(name) <= maxTopic && topicPattern.MatchString(name):
		return nil
	case len(name) <= maxTopic && topicPattern.MatchString(strings.ToLower(name)):
		return fmt.Errorf("%q has upper-case letters, which Redshift folds away; name the topic %q", name, strings.ToLower(name))
	}
	return fmt.Errorf("%q is not a topic's name; write up to %d lower-case letters, digits, _, - and dots", name, maxTopic)
}

// metadata returns the metadata columns that the view can have.
func (v View) metadata() []Metadata {
	switch {
	case v.From != "":
		return append(append([]Metadata{}, kinesisMetadata...), kafkaMetadata...)
	case v.Stream.Kafka:
		return kafkaMetadata
	}
	return kinesisMetadata
}

func checkSize(d *ViewDefinition) error {
	if n := len(d.create(d.name).SQL); n > MaxStatementBytes {
		return fmt.Errorf("its CREATE statement is %d bytes long, but the Data API takes %d; write fewer or shorter columns", n, MaxStatementBytes)
	}
	return nil
}

func (v View) defineColumns(from data, problems *Problems) []column {
	if len(v.Columns) == 0 {
		problems.add("columns", fmt.Errorf("required; write at least one"))
	}
	var columns []column
	seen := map[Ident]int{}
	for i, declared := range v.Columns {
		path := fmt.Sprintf("columns[%d]", i)
		c, found := declared.define(v.metadata())
		c.plain, c.data = v.From != "", from
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
		if c.name.Name() == FailedPayload && v.keepsFailed() {
			problems.add(path+".name", fmt.Errorf("%q is where badRecords %s puts what is not JSON; rename the column, or set badRecords to %s or %s", declared.Name, Keep, Skip, Fail))
		}
	}
	return columns
}

func (v View) defineKeys(problems *Problems) (dist Ident, sort []Ident) {
	names := map[string]bool{FailedPayload: v.keepsFailed()}
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

func (v View) defineDistStyle(problems *Problems) string {
	style := strings.ToUpper(v.DistStyle)
	switch {
	case style == "" || v.DistKey == "" && slices.Contains([]string{"EVEN", "ALL", distAuto}, style):
		return style
	case v.DistKey != "":
		problems.add("distStyle", fmt.Errorf("%q and a distKey contradict each other; leave one out", v.DistStyle))
	default:
		problems.add("distStyle", fmt.Errorf("%q is not a style; write EVEN, ALL or AUTO, or name a distKey", v.DistStyle))
	}
	return ""
}

// keepsFailed reports whether the view has the column FailedPayload.
func (v View) keepsFailed() bool { return v.From == "" && or(v.BadRecords, Keep) == Keep }

// plainProblems returns what a plain view, which holds no rows, can't have.
func (v View) plainProblems() Problems {
	var problems Problems
	for _, has := range []struct {
		path string
		set  bool
	}{
		{"stream", v.Stream != Stream{}},
		{"badRecords", v.BadRecords != ""},
		{"onReplace", v.OnReplace != ""},
		{"distStyle", v.DistStyle != ""},
		{"distKey", v.DistKey != ""},
		{"sortKey", len(v.SortKey) > 0},
		{"manualRefresh", v.ManualRefresh},
		{"noBackup", v.NoBackup},
	} {
		if has.set {
			problems.add(has.path, fmt.Errorf("is for views that read a stream, and this one is over %q; leave one of both out", v.From))
		}
	}
	return problems
}

// From names the streaming view that a plain view is over; for a streaming view
// it is the zero Object.
func (d *ViewDefinition) From() Object {
	if !d.plain() {
		return Object{}
	}
	return Object{Kind: ViewObject, Schema: d.schema, Name: d.from}
}

// Object names the view: `view "public"."ev_station_data"`.
func (d *ViewDefinition) Object() Object {
	return Object{Kind: ViewObject, Schema: d.schema, Name: d.name}
}
