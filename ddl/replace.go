package ddl

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// replaceView returns the statements that put the view new into old's place.
// The new definition is first proven under a temporary name, so that what
// Redshift refuses, it refuses while the old view still stands. Readers find no
// view between the DROP and the CREATE, which follow each other.
func replaceView(old, new *ViewDefinition, now time.Time) []Statement {
	proof := new.proof()
	plan := []Statement{
		{Step: StepDropStaleProof, SQL: new.drop(proof)},
		new.create(proof).as(StepProve),
		{Step: StepDropProof, SQL: new.drop(proof)},
		old.dependents(),
	}
	if !old.plain() {
		if !old.manualRefresh {
			plan = append(plan, old.autoRefresh(StepStopRefresh, false))
		}
		if new.onReplace == KeepRows {
			plan = append(plan, old.keepRows(now)...)
		}
	}
	drop := old.Object().drop(old.plain())
	if new.onReplace == DiscardRows && !old.plain() {
		drop.Effect = DropsRows
	}
	return append(append(plan, drop), CreateView(new)...)
}

// dependents returns the query whose rows name what would keep the view from
// being dropped. It comes before its rows are moved.
//
// Source: the view v_view_dependency of https://github.com/awslabs/amazon-redshift-utils
// reads the same catalogs.
func (d *ViewDefinition) dependents() Statement {
	return Statement{Step: StepDependents, SQL: "SELECT DISTINCT n.nspname, c.relname FROM pg_catalog.pg_depend d" +
		" JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid" +
		" JOIN pg_catalog.pg_class c ON c.oid = r.ev_class" +
		" JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace" +
		" JOIN pg_catalog.pg_class o ON o.oid = d.refobjid" +
		" JOIN pg_catalog.pg_namespace m ON m.oid = o.relnamespace" +
		" WHERE m.nspname = " + Literal(d.schema.name) + " AND o.relname = " + Literal(d.name.name) + " AND c.oid <> o.oid"}
}

// keepRows returns the statements that put the view's rows into a table of
// their own: by ALTER TABLE APPEND, which moves blocks instead of copying them
// and is documented for streaming views; where Redshift refuses that, by a copy.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE_APPEND.html
func (d *ViewDefinition) keepRows(now time.Time) []Statement {
	table, view := d.qualified(d.KeptTable(now)), d.Object().sql()
	return []Statement{
		{Step: StepKeptTable, SQL: "CREATE TABLE " + table + d.attributes() + " AS SELECT * FROM " + view + " WHERE 1 = 0"},
		{Step: StepKeepRows, SQL: "ALTER TABLE " + table + " APPEND FROM " + view, Effect: MovesRows, Instead: []Statement{
			{Step: StepForgetTable, SQL: "DROP TABLE IF EXISTS " + table},
			{Step: StepCopyRows, SQL: "CREATE TABLE " + table + d.attributes() + " AS SELECT * FROM " + view, Effect: CopiesRows},
		}},
	}
}

// RestoreView returns the statements that undo what a plan of UpdateView for
// now left when it failed: ran are those of its statements that finished. A view
// that was dropped is created again, with the rows that the stream still holds;
// the others stay in the kept table, as do those that were moved there before
// the view could not be dropped. Once the new view is there, nothing is undone.
func RestoreView(old *ViewDefinition, now time.Time, ran []Statement) []Statement {
	did := map[Step]bool{}
	for _, s := range ran {
		did[s.Step] = true
	}
	if did[StepCreate] {
		return nil
	}
	var plan []Statement
	switch {
	case did[StepDrop]:
		plan = append(plan, old.create(old.name).as(StepRestore))
		plan = append(plan, old.changeGrants(nil)...)
	case did[StepKeptTable] && !did[StepKeepRows], did[StepCopyRows]:
		plan = append(plan, Statement{Step: StepForgetRows, SQL: "DROP TABLE IF EXISTS " + old.qualified(old.KeptTable(now))})
	case did[StepProve] && !did[StepDropProof]:
		plan = append(plan, Statement{Step: StepForgetProof, SQL: old.drop(old.proof())})
	}
	if (did[StepStopRefresh] || did[StepDrop]) && !old.plain() && !old.manualRefresh {
		plan = append(plan, old.autoRefresh(StepRestoreRefresh, true))
	}
	return plan
}

// KeptTable names the table, in the view's schema, that holds the view's rows
// from before a replacement at now: <view>_until_<UTC time>. A view's name too
// long for that is cut.
func (d *ViewDefinition) KeptTable(now time.Time) Ident {
	return d.name.with("_until_" + now.UTC().Format("20060102t150405"))
}

// proof names the view under which a new definition is tried out.
func (d *ViewDefinition) proof() Ident { return d.name.with("_tributary_proof") }

func (d *ViewDefinition) qualified(name Ident) string {
	return Object{Kind: ViewObject, Schema: d.schema, Name: name}.sql()
}

func (d *ViewDefinition) drop(name Ident) string {
	return Object{Kind: ViewObject, Schema: d.schema, Name: name}.drop(d.plain()).SQL
}

// with returns the name with suffix appended, its own end cut where both
// together are too long.
func (id Ident) with(suffix string) Ident {
	name := id.name
	for len(name)+len(suffix) > MaxIdentBytes {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	return Ident{name + suffix}
}

// Dependents returns the error for a view that others depend on, by the rows of
// a plan's [StepDependents]; nil if there are none.
func Dependents(o Object, rows [][]string) error {
	if len(rows) == 0 {
		return nil
	}
	names := make([]string, len(rows))
	for i, row := range rows {
		names[i] = quoted(row[0]) + "." + quoted(row[1])
	}
	return fmt.Errorf("%s can't be replaced while others depend on it: %s; drop them first, or make them over a view that stays", o, strings.Join(names, ", "))
}
