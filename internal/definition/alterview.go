package definition

import (
	"strings"

	"github.com/tributary-cdk/tributary/ddl"
)

// distAuto lets Redshift choose and change the distribution style. ALTER MATERIALIZED
// VIEW accepts it, but CREATE MATERIALIZED VIEW does not.
const distAuto = "AUTO"

func (v *View) refresh() Step {
	return Step{Name: StepRefresh, SQL: "REFRESH MATERIALIZED VIEW " + v.Object().sql(), Effect: ReadsRows}
}

func (v *View) autoRefresh(name StepName, on bool) Step {
	if on {
		return v.alter(name, "AUTO REFRESH YES")
	}
	return v.alter(name, "AUTO REFRESH NO")
}

func (v *View) alter(name StepName, change string) Step {
	return Step{Name: name, SQL: "ALTER MATERIALIZED VIEW " + v.Object().sql() + " " + change}
}

// autoStyle sets the distribution style AUTO of a new view, if the declaration has it.
func (v *View) autoStyle() []Step {
	if v.declared.DistStyle != distAuto {
		return nil
	}
	return []Step{v.alter(StepDistKey, v.distChange())}
}

func (v *View) distChange() string {
	switch d := v.declared; {
	case d.DistKey != "":
		return "ALTER DISTKEY " + ddl.Quote(d.DistKey)
	case d.DistStyle != "":
		return "ALTER DISTSTYLE " + d.DistStyle
	}
	return "ALTER DISTSTYLE EVEN"
}

func (v *View) sortChange() string {
	if len(v.declared.SortKey) == 0 {
		return "ALTER SORTKEY NONE"
	}
	return "ALTER SORTKEY (" + v.sortColumns() + ")"
}

func (v *View) sortColumns() string {
	columns := make([]string, len(v.declared.SortKey))
	for i, name := range v.declared.SortKey {
		columns[i] = ddl.Quote(name)
	}
	return strings.Join(columns, ", ")
}
