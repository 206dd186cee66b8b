package definition

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/tributary-cdk/tributary/ddl"
)

// Dependents finds the views that read this one.
func (v *View) Dependents() []Step {
	name := v.declared.Name
	if v.plain() {
		return []Step{v.dependents("o.relname = " + ddl.Literal(name))}
	}
	hidden := hiddenTable + name + "__"
	length := utf8.RuneCountInString(hidden)
	return []Step{
		// Digits follow; another view's name may begin as this one's.
		v.dependents(fmt.Sprintf("(o.relname = %s OR SUBSTRING(o.relname, 1, %d) = %s AND BTRIM(SUBSTRING(o.relname, %d), '0123456789') = '')",
			ddl.Literal(name), length, ddl.Literal(hidden), length+1)),
		v.dependentViews(),
	}
}

// hiddenTable begins the name of the table that holds a materialized view's rows:
// mv_tbl__<view>__0. What reads the view may depend on that table.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-auto-rewrite.html
const hiddenTable = "mv_tbl__"

// dependents returns the query whose rows name the views that the catalog knows to
// read the view. which is the condition on the relation that they read. The view
// itself reads its hidden table.
//
// Source: the view v_view_dependency of https://github.com/awslabs/amazon-redshift-utils
// reads the same catalogs.
func (v *View) dependents(which string) Step {
	return Step{Name: StepDependents, SQL: "SELECT DISTINCT n.nspname, c.relname FROM pg_catalog.pg_depend d" +
		" JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid" +
		" JOIN pg_catalog.pg_class c ON c.oid = r.ev_class" +
		" JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace" +
		" JOIN pg_catalog.pg_class o ON o.oid = d.refobjid" +
		" JOIN pg_catalog.pg_namespace m ON m.oid = o.relnamespace" +
		" WHERE m.nspname = " + ddl.Literal(v.declared.Schema) + " AND " + which + " AND c.oid <> o.oid" +
		" AND NOT (n.nspname = m.nspname AND c.relname = " + ddl.Literal(v.declared.Name) + ")"}
}

// dependentViews returns the query whose rows name the materialized views over the
// view, which the catalog may not show. It is a query of its own, since the catalog
// is on the leader node only. A user who is no superuser sees its own views only: then
// the DROP is refused, once the rows have moved.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_MV_DEPENDENCY.html
func (v *View) dependentViews() Step {
	return Step{Name: StepDependentViews, SQL: "SELECT DISTINCT TRIM(schema_name), TRIM(name) FROM svv_mv_dependency" +
		" WHERE dependent_schema_name = " + ddl.Literal(v.declared.Schema) + " AND dependent_name = " + ddl.Literal(v.declared.Name)}
}

// CheckDependents returns the error for a view that others depend on, by the rows of
// a plan's [StepDependents] or [StepDependentViews]; nil if there are none.
func CheckDependents(o Object, rows [][]string) error {
	if len(rows) == 0 {
		return nil
	}
	names := make([]string, len(rows))
	for i, row := range rows {
		names[i] = ddl.Quote(row[0]) + "." + ddl.Quote(row[1])
	}
	return fmt.Errorf("%s can't be replaced while others depend on it: %s; drop them first, or make them over a view that stays", o, strings.Join(names, ", "))
}
