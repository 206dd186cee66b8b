package definition

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"github.com/tributary-cdk/tributary/ddl"
)

// KeptTable is the table that keeps the rows of a view from before its replacement. Its
// name is <view>_until_<UTC time>; a view's name too long for that is cut. It is in the
// view's schema.
type KeptTable struct {
	view   *View
	object Object
}

// KeptTable returns the table that keeps the view's rows of before an update at now.
func (v *View) KeptTable(now time.Time) *KeptTable {
	return &KeptTable{v, v.named(withSuffix(v.declared.Name, "_until_"+now.UTC().Format("20060102t150405")))}
}

// String returns the table's schema and name, without quotes.
func (t *KeptTable) String() string { return t.object.Schema.Name() + "." + t.object.Name.Name() }

// Exists looks for the table.
func (t *KeptTable) Exists() Step { return t.object.exists() }

// HasRows has a row if the table has one.
func (t *KeptTable) HasRows() Step {
	return Step{Name: StepSomeKept, SQL: "SELECT 1 FROM " + t.object.sql() + " LIMIT 1"}
}

// Drop removes the table.
func (t *KeptTable) Drop() Step {
	return Step{Name: StepForgetRows, SQL: "DROP TABLE IF EXISTS " + t.object.sql()}
}

// keep puts the view's rows into the table: by ALTER TABLE APPEND, which moves blocks
// instead of copying them and is documented for streaming views; where Redshift refuses
// that, by a copy. The rows are counted before and after: see [KeptTable.Check].
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE_APPEND.html
func (t *KeptTable) keep() []Step {
	table, view := t.object.sql(), t.view.Object().sql()
	return []Step{
		{Name: StepKeptTable, SQL: "CREATE TABLE " + table + t.view.keptAttributes() + " AS SELECT * FROM " + view + " WHERE 1 = 0"},
		{Name: StepCountRows, SQL: "SELECT COUNT(*) FROM " + view},
		{Name: StepKeepRows, SQL: "ALTER TABLE " + table + " APPEND FROM " + view, Effect: MovesRows, Instead: []Step{
			// It may have moved the rows and have failed after that, so the table stays.
			{Name: StepCopyRows, SQL: "INSERT INTO " + table + " SELECT * FROM " + view, Effect: CopiesRows},
		}},
		{Name: StepCountKept, SQL: "SELECT COUNT(*) FROM " + table},
	}
}

// keptAttributes returns how the rows of the kept table are distributed and sorted: as
// the view's are, which APPEND asks for. A view that declares no style has EVEN. CREATE
// TABLE AS would choose a style of its own.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_CTAS_usage_notes.html
func (v *View) keptAttributes() string {
	attributes := " DISTKEY(" + ddl.Quote(v.declared.DistKey) + ")"
	if v.declared.DistKey == "" {
		attributes = " DISTSTYLE " + cmp.Or(v.declared.DistStyle, "EVEN")
	}
	if len(v.declared.SortKey) > 0 {
		attributes += " SORTKEY(" + v.sortColumns() + ")"
	}
	return attributes
}

// Check returns an error unless the table holds all rows of the view. before are the rows
// of [StepCountRows], after those of [StepCountKept]. More rows than before are no error: a
// refresh that was under way added them.
func (t *KeptTable) Check(before, after [][]string) error {
	had, err := count(before)
	if err != nil {
		return fmt.Errorf("count the rows of %s: %w", t.view.Object(), err)
	}
	kept, err := count(after)
	if err != nil {
		return fmt.Errorf("count the rows of the table %s: %w", t.object.sql(), err)
	}
	if kept < had {
		return fmt.Errorf("%s had %d rows, but the table %s holds %d; the view was not dropped, and rows that were moved are in the table",
			t.view.Object(), had, t.object.sql(), kept)
	}
	return nil
}

// count reads the one value of the one row.
func count(rows [][]string) (int64, error) {
	if len(rows) != 1 || len(rows[0]) != 1 {
		return 0, fmt.Errorf("want one value, got %q", rows)
	}
	return strconv.ParseInt(rows[0][0], 10, 64)
}
