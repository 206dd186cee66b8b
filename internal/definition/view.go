package definition

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/tributary-cdk/tributary/ddl"
)

// View is a checked view: a streaming view, or a plain view over one. Make one by
// [NewView].
type View struct {
	inDatabase

	declared ddl.View // as Check returns it
	grants   []grantee
}

// NewView returns the definition of a declared view, and everything that is wrong with the
// declaration. Then the definition is good for no more than its Object.
func NewView(declared ddl.View) (*View, ddl.Problems) {
	checked, problems := declared.Check()
	return &View{declared: checked, grants: grantees(checked.Grants)}, problems
}

// unread returns the definition of a view of v's name and kind of which nothing else is
// known: what stands in for one that this version can't read.
func (v *View) unread() *View {
	return &View{declared: ddl.View{Name: v.declared.Name, Schema: v.declared.Schema, From: v.declared.From}}
}

// of returns old as a view, or what stands for one that nothing is known of.
func (v *View) of(old Definition) *View {
	if known, ok := old.(*View); ok {
		return known
	}
	return v.unread()
}

// plain reports whether the view holds no rows of its own.
func (v *View) plain() bool { return v.declared.From != "" }

// Object names the view: `view "public"."ev_station_data"`.
func (v *View) Object() Object { return v.named(v.declared.Name) }

// named names a relation in the view's schema.
func (v *View) named(name string) Object {
	return Object{Kind: ViewObject, Schema: ident(v.declared.Schema), Name: ident(name)}
}

// String names the view.
func (v *View) String() string { return v.Object().String() }

// Needs names the streaming view that a plain view is over, or the external schema by
// which a streaming view reads.
func (v *View) Needs() Object {
	if v.plain() {
		return v.named(v.declared.From)
	}
	return Object{Kind: SchemaObject, Name: ident(v.declared.Stream.Schema)}
}

// Hash identifies the definition. BACKUP can't be altered any more than the query.
func (v *View) Hash() string {
	query := v.queryHash()
	d := v.declared
	return join(query, hash(query, d.DistStyle, d.DistKey, d.SortKey, d.ManualRefresh, v.grants))
}

// queryHash identifies the view's query: two definitions whose hashes are equal differ by
// no more than an ALTER. It is made of what was declared, never of SQL, so a newer
// Tributary that writes other SQL for the same declaration changes nothing.
func (v *View) queryHash() string {
	d := v.declared
	columns := make([][]string, len(d.Columns))
	for i, c := range d.Columns {
		columns[i] = append([]string{c.Name, string(c.Metadata), c.Type, c.Expression}, c.Path...)
	}
	parts := []any{d.Schema, d.Name, d.From, d.Stream.Schema, d.Stream.Name, cmp.Or(d.BadRecords, ddl.KeepRecords), d.NoBackup, columns}
	if d.Stream.Kafka {
		parts = append(parts, "kafka")
	}
	return hash(parts...)
}

// Exists looks for a relation of the view's name.
func (v *View) Exists() Step { return v.Object().exists() }

// Create makes the view. A streaming view is created without auto refresh, refreshed
// once, and only then refreshed by Redshift. So a wrong role or an unreachable stream
// fails here, where somebody waits for the answer.
func (v *View) Create() []Step {
	plan := append([]Step{{Name: StepCreate, SQL: v.declared.SQL()}}, v.autoStyle()...)
	if !v.plain() {
		plan = append(plan, v.refresh())
		if !v.declared.ManualRefresh {
			plan = append(plan, v.autoRefresh(StepAutoRefresh, true))
		}
	}
	return append(plan, v.changeGrants(nil)...)
}

// Alter changes everything but the query.
func (v *View) Alter(old Definition) []Step {
	was, now := v.of(old).declared, v.declared
	var plan []Step
	if was.DistKey != now.DistKey || was.DistStyle != now.DistStyle {
		plan = append(plan, v.alter(StepDistKey, v.distChange()))
	}
	if !slices.Equal(was.SortKey, now.SortKey) {
		plan = append(plan, v.alter(StepSortKey, v.sortChange()))
	}
	if was.ManualRefresh != now.ManualRefresh {
		plan = append(plan, v.autoRefresh(StepAutoRefresh, !now.ManualRefresh))
	}
	return append(plan, v.changeGrants(v.of(old).grants)...)
}

// Replace alters the view, if that is enough. A changed query can't be altered and
// replaces the view, as OnReplace says; now then names the table that keeps the old rows.
// The error is the policy's refusal.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_MATERIALIZED_VIEW.html
func (v *View) Replace(old Definition, now time.Time) ([]Step, error) {
	was := v.of(old)
	switch {
	case was.queryHash() == v.queryHash():
		return v.Alter(was), nil
	case v.declared.OnReplace == ddl.RefuseChange && !was.plain():
		return nil, fmt.Errorf("onReplace is %s, and the change would replace the view: its rows older than the stream's retention would leave it; "+
			"set onReplace to %s or %s, or give the new view another name", ddl.RefuseChange, ddl.KeepRows, ddl.DiscardRows)
	}
	return v.replace(was, now), nil
}

// Drop removes the view.
func (v *View) Drop() []Step {
	drop := v.Object().drop(v.plain())
	if !v.plain() {
		drop.Effect = DropsRows
	}
	return []Step{drop}
}

func (v *View) changeGrants(old []grantee) []Step {
	return changeGrants("SELECT", v.Object().sql(), old, v.grants)
}
