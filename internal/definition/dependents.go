package definition

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/tributary-cdk/tributary/ddl"
)

// Dependents finds the views that read from this view.
func (v *View) Dependents() []Step {
	name := v.declared.Name
	if v.plain() {
		return []Step{v.dependents("o.relname = " + ddl.Literal(name))}
	}
	hidden := hiddenTable + name + "__"
	length := utf8.RuneCountInString(hidden)
	return []Step{
		// Only digits may follow the prefix: the name of another view may begin with this
		// view's name and two underscores.
		v.dependents(fmt.Sprintf("(o.relname = %s OR SUBSTRING(o.relname, 1, %d) = %s AND BTRIM(SUBSTRING(o.relname, %d), '0123456789') = '')",
			ddl.Literal(name), length, ddl.Literal(hidden), length+1)),
		v.dependentViews(),
	}
}

// hiddenTable is the prefix of the name of the table that stores the rows of a
// materialized view: mv_tbl__<view>__0. Objects that read the view may depend on that
// table instead.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-auto-rewrite.html
const hiddenTable = "mv_tbl__"

// dependents returns a query for the views that read this view according to the system
// catalog. condition selects the relation that they read. The query leaves out the view
// itself, which reads its own hidden table.
//
// Source: the view v_view_dependency of https://github.com/awslabs/amazon-redshift-utils
// reads the same catalog tables.
func (v *View) dependents(condition string) Step {
	return Step{Name: StepDependents, SQL: "SELECT DISTINCT n.nspname, c.relname FROM pg_catalog.pg_depend d" +
		" JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid" +
		" JOIN pg_catalog.pg_class c ON c.oid = r.ev_class" +
		" JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace" +
		" JOIN pg_catalog.pg_class o ON o.oid = d.refobjid" +
		" JOIN pg_catalog.pg_namespace m ON m.oid = o.relnamespace" +
		" WHERE m.nspname = " + ddl.Literal(v.declared.Schema) + " AND " + condition + " AND c.oid <> o.oid" +
		" AND NOT (n.nspname = m.nspname AND c.relname = " + ddl.Literal(v.declared.Name) + ")"}
}

// dependentViews returns a query for the materialized views that read this view, which
// may be missing from the system catalog. It is a separate query because the catalog
// tables exist on the leader node only. A user who is not a superuser sees only their own
// views. If it misses a dependent view, Redshift refuses the DROP, at a time when the
// rows have already been moved.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_MV_DEPENDENCY.html
func (v *View) dependentViews() Step {
	return Step{Name: StepDependentViews, SQL: "SELECT DISTINCT TRIM(schema_name), TRIM(name) FROM svv_mv_dependency" +
		" WHERE dependent_schema_name = " + ddl.Literal(v.declared.Schema) + " AND dependent_name = " + ddl.Literal(v.declared.Name)}
}

// CheckDependents returns an error if other objects depend on o. rows is the result of
// the step [StepDependents] or [StepDependentViews] of a plan.
func CheckDependents(o Object, rows [][]string) error {
	if len(rows) == 0 {
		return nil
	}
	names := make([]string, len(rows))
	for i, row := range rows {
		names[i] = ddl.Quote(row[0]) + "." + ddl.Quote(row[1])
	}
	return fmt.Errorf("%s can't be replaced while others depend on it: %s; drop them first, or make them read a view that does not change", o, strings.Join(names, ", "))
}
