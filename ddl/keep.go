package ddl

import (
	"fmt"
	"strconv"
	"time"
)

// keepRows returns the statements that put the view's rows into a table of
// their own: by ALTER TABLE APPEND, which moves blocks instead of copying them
// and is documented for streaming views; where Redshift refuses that, by a copy.
// The rows are counted before and after: see [KeptAll].
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE_APPEND.html
func (d *ViewDefinition) keepRows(now time.Time) []Statement {
	table, view := d.qualified(d.KeptTable(now)), d.Object().sql()
	return []Statement{
		{Step: StepKeptTable, SQL: "CREATE TABLE " + table + d.keptAttributes() + " AS SELECT * FROM " + view + " WHERE 1 = 0"},
		{Step: StepCountRows, SQL: "SELECT COUNT(*) FROM " + view},
		{Step: StepKeepRows, SQL: "ALTER TABLE " + table + " APPEND FROM " + view, Effect: MovesRows, Instead: []Statement{
			// It may have moved the rows and have failed after that, so the table stays.
			{Step: StepCopyRows, SQL: "INSERT INTO " + table + " SELECT * FROM " + view, Effect: CopiesRows},
		}},
		{Step: StepCountKept, SQL: "SELECT COUNT(*) FROM " + table},
	}
}

// keptAttributes returns how the rows of the kept table are distributed and sorted:
// as the view's are, which APPEND asks for. A view that declares no style has EVEN.
// CREATE TABLE AS would choose a style of its own.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_CTAS_usage_notes.html
func (d *ViewDefinition) keptAttributes() string {
	switch {
	case d.distStyle == distAuto:
		return " DISTSTYLE AUTO" + d.attributes()
	case d.distStyle == "" && d.distKey == Ident{}:
		return " DISTSTYLE EVEN" + d.attributes()
	}
	return d.attributes()
}

// KeptAll returns an error unless the kept table of now holds all rows of the view.
// before are the rows of [StepCountRows], after those of [StepCountKept]. More rows
// than before are no error: a refresh that was under way added them.
func (d *ViewDefinition) KeptAll(now time.Time, before, after [][]string) error {
	had, err := count(before)
	if err != nil {
		return fmt.Errorf("count the rows of %s: %w", d.Object(), err)
	}
	kept, err := count(after)
	if err != nil {
		return fmt.Errorf("count the rows of the table %s: %w", d.Kept(now).sql(), err)
	}
	if kept < had {
		return fmt.Errorf("%s had %d rows, but the table %s holds %d; the view was not dropped, and rows that were moved are in the table", d.Object(), had, d.Kept(now).sql(), kept)
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

// KeptTable names the table, in the view's schema, that holds the view's rows
// from before a replacement at now: <view>_until_<UTC time>. A view's name too
// long for that is cut.
func (d *ViewDefinition) KeptTable(now time.Time) Ident {
	return d.name.with("_until_" + now.UTC().Format("20060102t150405"))
}
