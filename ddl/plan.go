package ddl

import (
	"slices"
	"time"
	"unicode/utf8"
)

// CreateSchema returns the statements that make the schema.
func CreateSchema(d SchemaDefinition) []Statement {
	return []Statement{d.create()}
}

// CreateView returns the statements that make the view: create it without auto
// refresh, refresh it once, and only then let Redshift refresh it. So a wrong
// role or an unreachable stream fails here, where somebody waits for the answer.
func CreateView(d *ViewDefinition) []Statement {
	plan := []Statement{d.create(d.name), d.refresh(StepRefresh)}
	if !d.manualRefresh {
		plan = append(plan, d.autoRefresh(StepAutoRefresh, true))
	}
	return plan
}

// UpdateView returns the statements that lead from old to new, two definitions
// of one view, by the least change that is enough; none if they are equal. A
// changed query can't be altered and replaces the view: the new definition is
// first proven under a temporary name; then the rows of the old view are copied
// into a table of the name [KeptTable] gives for now, since the new view starts
// where the stream's retention begins; only then is the old view dropped.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_MATERIALIZED_VIEW.html
func UpdateView(old, new *ViewDefinition, now time.Time) []Statement {
	if !old.sameQuery(new) {
		return replaceView(old, new, now)
	}
	return AlterView(old, new)
}

// AlterView returns the statements that change everything but the query.
func AlterView(old, new *ViewDefinition) []Statement {
	var plan []Statement
	if old.distKey != new.distKey {
		plan = append(plan, new.alter(StepDistKey, new.distChange()))
	}
	if !slices.Equal(old.sortKey, new.sortKey) {
		plan = append(plan, new.alter(StepSortKey, new.sortChange()))
	}
	if old.manualRefresh != new.manualRefresh {
		plan = append(plan, new.autoRefresh(StepAutoRefresh, !new.manualRefresh))
	}
	return plan
}

func replaceView(old, new *ViewDefinition, now time.Time) []Statement {
	proof, kept := new.proof(), old.KeptTable(now)
	plan := []Statement{
		{Step: StepDropStaleProof, SQL: new.drop(proof)},
		new.create(proof).as(StepProve),
		{Step: StepDropProof, SQL: new.drop(proof)},
	}
	if !old.manualRefresh {
		plan = append(plan, old.autoRefresh(StepStopRefresh, false))
	}
	plan = append(plan,
		Statement{Step: StepKeepRows, SQL: "CREATE TABLE " + old.qualified(kept) + " AS SELECT * FROM " + old.qualified(old.name)},
		old.Object().Drop())
	return append(plan, CreateView(new)...)
}

// RestoreView returns the statements that undo what a plan of UpdateView for
// now left when it failed: ran are those of its statements that finished. A view
// that was dropped is created again, with the rows that the stream still holds;
// the others stay in the kept table. Once the new view is there, nothing is
// undone.
func RestoreView(old *ViewDefinition, now time.Time, ran []Statement) []Statement {
	did := map[Step]bool{}
	for _, s := range ran {
		did[s.Step] = true
	}
	var plan []Statement
	switch {
	case did[StepCreate]:
		return nil
	case did[StepDrop]:
		plan = append(plan, old.create(old.name).as(StepRestore))
	case did[StepKeepRows]:
		plan = append(plan, Statement{Step: StepForgetRows, SQL: "DROP TABLE IF EXISTS " + old.qualified(old.KeptTable(now))})
	case did[StepProve] && !did[StepDropProof]:
		plan = append(plan, Statement{Step: StepForgetProof, SQL: old.drop(old.proof())})
	}
	if (did[StepStopRefresh] || did[StepDrop]) && !old.manualRefresh {
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
	return Object{Kind: ViewObject, Schema: d.schema, Name: name}.Drop().SQL
}

func (d *ViewDefinition) refresh(step Step) Statement {
	return Statement{Step: step, SQL: "REFRESH MATERIALIZED VIEW " + d.Object().sql()}
}

func (d *ViewDefinition) autoRefresh(step Step, on bool) Statement {
	if on {
		return d.alter(step, "AUTO REFRESH YES")
	}
	return d.alter(step, "AUTO REFRESH NO")
}

func (d *ViewDefinition) alter(step Step, change string) Statement {
	return Statement{Step: step, SQL: "ALTER MATERIALIZED VIEW " + d.Object().sql() + " " + change}
}

func (d *ViewDefinition) distChange() string {
	if d.distKey == (Ident{}) {
		return "ALTER DISTSTYLE EVEN"
	}
	return "ALTER DISTKEY " + d.distKey.String()
}

func (d *ViewDefinition) sortChange() string {
	if len(d.sortKey) == 0 {
		return "ALTER SORTKEY NONE"
	}
	return "ALTER SORTKEY (" + list(d.sortKey) + ")"
}

// as returns the statement under another step.
func (s Statement) as(step Step) Statement {
	s.Step = step
	return s
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
