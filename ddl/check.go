package ddl

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// maxStatementBytes is the length of the longest statement that the Redshift Data API
// accepts, in bytes.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html
const maxStatementBytes = 100 << 10

// Check returns a copy of the view with every default set, every name in lower case, and
// every type in its full form, such as VARCHAR(256). It also returns every problem of the
// declaration. If there are problems, the other fields of the copy are still correct. A
// name that is not valid is "" in the copy.
func (v View) Check() (View, Problems) {
	c, problems := v.check()
	if len(problems) == 0 {
		problems.add("", checkSize(c.sql()))
	}
	return c.View, problems
}

// SQL returns the CREATE statement of the view. If From is set, it is CREATE VIEW.
// Otherwise it is CREATE MATERIALIZED VIEW, without auto refresh. SQL returns "" if
// [View.Check] finds a problem. It still returns a statement that is too long for the
// Data API.
func (v View) SQL() string {
	c, problems := v.check()
	if len(problems) > 0 {
		return ""
	}
	return c.sql()
}

// checkedView is the view that Check returns, with the data from which sql generates the
// SQL of each column.
type checkedView struct {
	View
	columns []column
}

// check is Check without the limit on the statement's length.
func (v View) check() (checkedView, Problems) {
	var problems Problems
	c := checkedView{View: v}
	c.Name = problems.name("name", v.Name, "view")
	c.Schema = problems.name("schema", cmp.Or(v.Schema, "public"), "schema")
	c.Grants = checkGrants(v.Grants, &problems)
	if v.From != "" {
		c.From = problems.name("from", v.From, "view")
		problems = append(problems, v.streamingOnlyProblems()...)
	} else {
		var found Problems
		c.Stream, found = v.Stream.Check()
		problems = append(problems, found.Under("stream")...)
		c.BadRecords, c.OnReplace = cmp.Or(v.BadRecords, KeepRecords), cmp.Or(v.OnReplace, KeepRows)
	}
	if c.OnReplace != "" && !slices.Contains([]OnReplace{KeepRows, DiscardRows, RefuseChange}, c.OnReplace) {
		problems.add("onReplace", fmt.Errorf("%q is not a policy; write %s, %s or %s", c.OnReplace, KeepRows, DiscardRows, RefuseChange))
	}
	if c.BadRecords != "" && !slices.Contains([]BadRecords{KeepRecords, SkipRecords, FailRefresh}, c.BadRecords) {
		problems.add("badRecords", fmt.Errorf("%q is not a policy; write %s, %s or %s", c.BadRecords, KeepRecords, SkipRecords, FailRefresh))
	}
	c.columns = v.checkColumns(&problems)
	c.Columns = make([]Column, len(c.columns))
	for i, checked := range c.columns {
		c.Columns[i] = checked.Column
	}
	c.DistKey, c.SortKey = v.checkKeys(&problems)
	c.DistStyle = v.checkDistStyle(&problems)
	return c, problems
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

// checkSize returns an error if the statement is too long for the Data API.
func checkSize(sql string) error {
	if len(sql) > maxStatementBytes {
		return fmt.Errorf("the CREATE statement of the view is %d bytes long, but the Data API accepts at most %d; declare fewer or shorter columns", len(sql), maxStatementBytes)
	}
	return nil
}

// checkColumns checks each column, and that no two columns have the same name.
func (v View) checkColumns(problems *Problems) []column {
	if len(v.Columns) == 0 {
		problems.add("columns", fmt.Errorf("required; declare at least one column"))
	}
	var columns []column
	seen := map[string]int{}
	for i, declared := range v.Columns {
		path := fmt.Sprintf("columns[%d]", i)
		c, found := declared.check(v)
		*problems = append(*problems, found.Under(path)...)
		columns = append(columns, c)
		if c.Name == "" {
			continue
		}
		if first, ok := seen[c.Name]; ok {
			problems.add(path+".name", fmt.Errorf("%q is also the name of columns[%d], since Redshift folds names to lower case; rename one of them", declared.Name, first))
		} else {
			seen[c.Name] = i
		}
		if c.Name == FailedPayload && v.keepsFailed() {
			problems.add(path+".name", fmt.Errorf("%q is the name of the column that badRecords %s adds to the view; rename your column, or set badRecords to %s or %s",
				declared.Name, KeepRecords, SkipRecords, FailRefresh))
		}
	}
	return columns
}

// checkKeys returns the names of the distribution key and of the sort key's columns in
// lower case.
func (v View) checkKeys(problems *Problems) (dist string, sort []string) {
	names := map[string]bool{FailedPayload: v.keepsFailed()}
	for _, c := range v.Columns {
		names[fold(c.Name)] = true
	}
	key := func(path, name string) string {
		id, err := ParseIdent(name)
		if err == nil && !names[id.Name()] {
			err = fmt.Errorf("%q is not a column of the view; write the name of one of its columns", name)
		}
		problems.add(path, err)
		return id.Name()
	}
	if v.DistKey != "" {
		dist = key("distKey", v.DistKey)
	}
	for i, name := range v.SortKey {
		sort = append(sort, key(fmt.Sprintf("sortKey[%d]", i), name))
	}
	return dist, sort
}

// checkDistStyle returns the distribution style in upper case, or "" if it is not valid.
func (v View) checkDistStyle(problems *Problems) string {
	style := strings.ToUpper(v.DistStyle)
	switch {
	case style == "" || v.DistKey == "" && slices.Contains([]string{"EVEN", "ALL", distAuto}, style):
		return style
	case v.DistKey != "":
		problems.add("distStyle", fmt.Errorf("%q can't be combined with a distKey; remove one of them", v.DistStyle))
	default:
		problems.add("distStyle", fmt.Errorf("%q is not a distribution style; write EVEN, ALL or AUTO, or set distKey instead", v.DistStyle))
	}
	return ""
}

// keepsFailed reports whether the view has the column FailedPayload.
func (v View) keepsFailed() bool {
	return v.From == "" && cmp.Or(v.BadRecords, KeepRecords) == KeepRecords
}

// streamingOnlyProblems returns a problem for each field that is set although a plain view
// can't have it.
func (v View) streamingOnlyProblems() Problems {
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
			problems.add(has.path, fmt.Errorf("applies only to streaming views, but from is set to %q; remove one of them", v.From))
		}
	}
	return problems
}
