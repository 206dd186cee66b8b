package ddl

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// maxStatementBytes is the longest statement that the Redshift Data API takes.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html
const maxStatementBytes = 100 << 10

// Check returns the view with every default set and every name and type as Redshift
// keeps it, and everything that is wrong with the declaration. Where something is wrong,
// the returned view is right in its other parts; a name that can't be read is "".
func (v View) Check() (View, Problems) {
	c, problems := v.check()
	if len(problems) == 0 {
		problems.add("", checkSize(c.sql()))
	}
	return c.View, problems
}

// SQL returns the CREATE statement of the view: a materialized view without auto refresh
// or, if From is set, a plain view. It is empty if Check finds a
// problem, unless the only one is that the statement is too long.
func (v View) SQL() string {
	c, problems := v.check()
	if len(problems) > 0 {
		return ""
	}
	return c.sql()
}

// checkedView is a view as Check returns it, with what the SQL of its columns is made
// from.
type checkedView struct {
	View
	columns []column
}

func (v View) check() (checkedView, Problems) {
	var problems Problems
	c := checkedView{View: v}
	c.Name = problems.name("name", v.Name)
	c.Schema = problems.name("schema", cmp.Or(v.Schema, "public"))
	c.Grants = checkGrants(v.Grants, &problems)
	if v.From != "" {
		c.From = problems.name("from", v.From)
		problems = append(problems, v.plainProblems()...)
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

func checkSize(sql string) error {
	if len(sql) > maxStatementBytes {
		return fmt.Errorf("its CREATE statement is %d bytes long, but the Data API takes %d; write fewer or shorter columns", len(sql), maxStatementBytes)
	}
	return nil
}

// checkColumns checks the columns, each by itself and against the others.
func (v View) checkColumns(problems *Problems) []column {
	if len(v.Columns) == 0 {
		problems.add("columns", fmt.Errorf("required; write at least one"))
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
			problems.add(path+".name", fmt.Errorf("%q is also columns[%d], since Redshift folds names to lower case; rename one", declared.Name, first))
		} else {
			seen[c.Name] = i
		}
		if c.Name == FailedPayload && v.keepsFailed() {
			problems.add(path+".name", fmt.Errorf("%q is where badRecords %s puts what is not JSON; rename the column, or set badRecords to %s or %s",
				declared.Name, KeepRecords, SkipRecords, FailRefresh))
		}
	}
	return columns
}

// checkKeys returns the names of the key columns as Redshift keeps them.
func (v View) checkKeys(problems *Problems) (dist string, sort []string) {
	names := map[string]bool{FailedPayload: v.keepsFailed()}
	for _, c := range v.Columns {
		names[fold(c.Name)] = true
	}
	key := func(path, name string) string {
		id, err := ParseIdent(name)
		if err == nil && !names[id.Name()] {
			err = fmt.Errorf("%q is not a column of the view; write one of its columns' names", name)
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

// checkDistStyle returns the style in upper case.
func (v View) checkDistStyle(problems *Problems) string {
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
func (v View) keepsFailed() bool {
	return v.From == "" && cmp.Or(v.BadRecords, KeepRecords) == KeepRecords
}

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
