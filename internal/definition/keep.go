package definition

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"github.com/tributary-cdk/tributary/ddl"
)

// KeptTable is the table that keeps a view's old rows when the view is replaced. It is in
// the view's schema, and its name is <view>_until_<UTC time>. A view name that is too
// long for the suffix is shortened.
type KeptTable struct {
	view   *View
	object Object
}

// KeptTable returns the table that keeps the view's old rows in an update that began at
// now.
func (v *View) KeptTable(now time.Time) *KeptTable {
	return &KeptTable{v, v.named(withSuffix(v.declared.Name, "_until_"+now.UTC().Format("20060102t150405")))}
}

// String returns the table's schema and name, without quotes.
func (t *KeptTable) String() string { return t.object.Schema.Name() + "." + t.object.Name.Name() }

// Exists checks whether the table exists.
func (t *KeptTable) Exists() Step { return t.object.exists() }

// HasRows returns a query whose result has a row if the table has any.
func (t *KeptTable) HasRows() Step {
	return Step{Name: StepKeptTableHasRows, SQL: "SELECT 1 FROM " + t.object.sql() + " LIMIT 1"}
}

// Drop drops the table.
func (t *KeptTable) Drop() Step {
	return Step{Name: StepDropKeptTable, SQL: "DROP TABLE IF EXISTS " + t.object.sql()}
}

// keepRows creates the table and puts the view's rows into it. ALTER TABLE APPEND moves
// blocks instead of copying rows, and is documented for streaming views. If Redshift
// refuses it, the rows are copied. The rows are counted before and after: see
// [KeptTable.Check].
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE_APPEND.html
func (t *KeptTable) keepRows() []Step {
	table, view := t.object.sql(), t.view.Object().sql()
	return []Step{
		{Name: StepCreateKeptTable, SQL: "CREATE TABLE " + table + t.view.keptAttributes() + " AS SELECT * FROM " + view + " WHERE 1 = 0"},
		{Name: StepCountRows, SQL: "SELECT COUNT(*) FROM " + view},
		{Name: StepMoveRows, SQL: "ALTER TABLE " + table + " APPEND FROM " + view, Effect: MovesRows, Instead: []Step{
			// Don't drop the table first: ALTER TABLE APPEND may have moved rows before it failed.
			{Name: StepCopyRows, SQL: "INSERT INTO " + table + " SELECT * FROM " + view, Effect: CopiesRows},
		}},
		{Name: StepCountKeptRows, SQL: "SELECT COUNT(*) FROM " + table},
	}
}

// keptAttributes returns the DISTSTYLE or DISTKEY clause and the SORTKEY clause of the
// kept table. They are the same as the view's, as ALTER TABLE APPEND requires. The
// default style of a view is EVEN, whereas CREATE TABLE AS would choose a style by
// itself.
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

// Check returns an error if the table has fewer rows than the view had. before is the
// result of [StepCountRows], and after is the result of [StepCountKeptRows]. The table
// may have more rows, because a refresh may have added rows after the view's rows were
// counted.
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
		return fmt.Errorf("%s had %d rows, but the table %s has only %d; the view was not dropped, and the rows that were moved are in the table",
			t.view.Object(), had, t.object.sql(), kept)
	}
	return nil
}

// count returns the number in a result of one row and one column.
func count(rows [][]string) (int64, error) {
	if len(rows) != 1 || len(rows[0]) != 1 {
		return 0, fmt.Errorf("needs one row with one value, got %q", rows)
	}
	return strconv.ParseInt(rows[0][0], 10, 64)
}
