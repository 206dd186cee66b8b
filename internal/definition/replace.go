package definition

import (
	"cmp"
	"time"
	"unicode/utf8"

	"github.com/tributary-cdk/tributary/ddl"
)

// replace puts the view into old's place. The new definition is first proven under a
// temporary name, so that what Redshift refuses, it refuses while the old view still
// stands. Readers find no view between the DROP and the CREATE, which follow each other.
func (v *View) replace(old *View, now time.Time) []Step {
	proof := v.proof()
	plan := []Step{
		{Name: StepDropStaleProof, SQL: proof.dropSQL()},
		{Name: StepProve, SQL: proof.declared.SQL()},
		{Name: StepDropProof, SQL: proof.dropSQL()},
	}
	plan = append(plan, old.Dependents()...)
	keeps := v.onReplace()
	if !old.plain() {
		if !old.declared.ManualRefresh {
			plan = append(plan, old.autoRefresh(StepStopRefresh, false))
		}
		if keeps == ddl.KeepRows {
			plan = append(plan, old.KeptTable(now).keep()...)
		}
	}
	drop := old.Object().drop(old.plain())
	if keeps == ddl.DiscardRows && !old.plain() {
		drop.Effect = DropsRows
	}
	return append(append(plan, drop), v.Create()...)
}

// onReplace returns the policy; a plain view has none, and so keeps what is there.
func (v *View) onReplace() ddl.OnReplace { return cmp.Or(v.declared.OnReplace, ddl.KeepRows) }

// proof returns the view under the name by which a new definition is tried out.
func (v *View) proof() *View {
	tried := *v
	tried.declared.Name = withSuffix(v.declared.Name, "_tributary_proof")
	return &tried
}

func (v *View) dropSQL() string { return v.Object().drop(v.plain()).SQL }

// Restore undoes what a plan of Replace left when it failed. A view that was dropped is
// created again, with the rows that the stream still holds; the others stay in the kept
// table, as do those that were moved there before the view could not be dropped. No step
// drops the kept table: rows may be in it, also if moving them is said to have failed.
// Once the new view is there, nothing is undone.
func (v *View) Restore(ran []Step) []Step {
	did := map[StepName]bool{}
	for _, s := range ran {
		did[s.Name] = true
	}
	if did[StepCreate] {
		return nil
	}
	var plan []Step
	switch {
	case did[StepDrop]:
		plan = append(plan, Step{Name: StepRestore, SQL: v.declared.SQL()})
		plan = append(plan, v.autoStyle()...)
		plan = append(plan, v.changeGrants(nil)...)
	case did[StepProve] && !did[StepDropProof]:
		plan = append(plan, v.Tidy()...)
	}
	if (did[StepStopRefresh] || did[StepDrop]) && !v.plain() && !v.declared.ManualRefresh {
		plan = append(plan, v.autoRefresh(StepRestoreRefresh, true))
	}
	return plan
}

// Tidy removes what an interrupted update of the view left of trying out its new
// definition.
func (v *View) Tidy() []Step { return []Step{{Name: StepForgetProof, SQL: v.proof().dropSQL()}} }

// withSuffix returns the name with suffix appended, its own end cut where both together
// are too long.
func withSuffix(name, suffix string) string {
	for len(name)+len(suffix) > ddl.MaxIdentBytes {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	return name + suffix
}
