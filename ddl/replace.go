package ddl

import (
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
	}
	plan = append(plan, DependentsOf(old)...)
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

// RestoreView returns the statements that undo what a plan of UpdateView left when it
// failed: ran are those of its statements that finished. A view that was dropped is
// created again, with the rows that the stream still holds; the others stay in the kept
// table, as do those that were moved there before the view could not be dropped. No
// statement drops the kept table: rows may be in it, also if moving them is said to have
// failed. Once the new view is there, nothing is undone.
func RestoreView(old *ViewDefinition, ran []Statement) []Statement {
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
		plan = append(plan, old.autoStyle()...)
		plan = append(plan, old.changeGrants(nil)...)
	case did[StepProve] && !did[StepDropProof]:
		plan = append(plan, Statement{Step: StepForgetProof, SQL: old.drop(old.proof())})
	}
	if (did[StepStopRefresh] || did[StepDrop]) && !old.plain() && !old.manualRefresh {
		plan = append(plan, old.autoRefresh(StepRestoreRefresh, true))
	}
	return plan
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
