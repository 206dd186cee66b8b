package definition

import (
	"cmp"
	"time"
	"unicode/utf8"

	"github.com/tributary-cdk/tributary/ddl"
)

// replace returns the steps that replace old by this view. The new definition is first
// created under a temporary name, the proof. If Redshift refuses the definition, it does
// so while the old view still exists. Between DROP and CREATE, which are consecutive
// steps, readers find no view.
func (v *View) replace(old *View, now time.Time) []Step {
	proof := v.proof()
	plan := []Step{
		{Name: StepDropStaleProof, SQL: proof.dropSQL()},
		{Name: StepCreateProof, SQL: proof.declared.SQL()},
		{Name: StepDropProof, SQL: proof.dropSQL()},
	}
	plan = append(plan, old.Dependents()...)
	policy := v.onReplace()
	if !old.plain() {
		if !old.declared.ManualRefresh {
			plan = append(plan, old.autoRefresh(StepStopAutoRefresh, false))
		}
		if policy == ddl.KeepRows {
			plan = append(plan, old.KeptTable(now).keepRows()...)
		}
	}
	drop := old.Object().drop(old.plain())
	if policy == ddl.DiscardRows && !old.plain() {
		drop.Effect = DropsRows
	}
	return append(append(plan, drop), v.Create()...)
}

// onReplace returns the declared policy. The default is to keep the rows.
func (v *View) onReplace() ddl.OnReplace { return cmp.Or(v.declared.OnReplace, ddl.KeepRows) }

// proof returns the view under the temporary name of its proof.
func (v *View) proof() *View {
	proof := *v
	proof.declared.Name = withSuffix(v.declared.Name, "_tributary_proof")
	return &proof
}

func (v *View) dropSQL() string { return v.Object().drop(v.plain()).SQL }

// Restore undoes the effects of a failed plan of [View.Replace]. If the plan has dropped
// the view, the view is created again, and its next refresh reads the rows that the stream
// still has. The older rows stay in the kept table, also if the view was not dropped. No
// step drops the kept table: it may have rows even if the step that moves them failed. If
// the plan has created the new view, nothing is undone.
func (v *View) Restore(ran []Step) []Step {
	done := map[StepName]bool{}
	for _, s := range ran {
		done[s.Name] = true
	}
	if done[StepCreate] {
		return nil
	}
	var plan []Step
	switch {
	case done[StepDrop]:
		plan = append(plan, Step{Name: StepRecreate, SQL: v.declared.SQL()})
		plan = append(plan, v.autoStyle()...)
		plan = append(plan, v.changeGrants(nil)...)
	case done[StepCreateProof] && !done[StepDropProof]:
		plan = append(plan, v.Tidy()...)
	}
	if (done[StepStopAutoRefresh] || done[StepDrop]) && !v.plain() && !v.declared.ManualRefresh {
		plan = append(plan, v.autoRefresh(StepRestoreAutoRefresh, true))
	}
	return plan
}

// Tidy drops the proof that an interrupted update of the view may have left.
func (v *View) Tidy() []Step { return []Step{{Name: StepCleanUpProof, SQL: v.proof().dropSQL()}} }

// withSuffix returns the name with the suffix appended. If the result would be too long
// for Redshift, the end of the name is cut off first.
func withSuffix(name, suffix string) string {
	for len(name)+len(suffix) > ddl.MaxIdentBytes {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	return name + suffix
}
