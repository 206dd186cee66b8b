package definition

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/tributary-cdk/tributary/ddl"
)

// View is a checked view: a streaming view, or a plain view over one. [NewView] returns
// one.
type View struct {
	inDatabase

	declared ddl.View // the result of ddl.View.Check
	grants   []grantee
}

// NewView returns the definition of a declared view, and all problems of the declaration.
// If there are problems, only the definition's Object can be used.
func NewView(declared ddl.View) (*View, ddl.Problems) {
	checked, problems := declared.Check()
	return &View{declared: checked, grants: grantees(checked.Grants)}, problems
}

// of returns old as a view. If old is nil, it returns a view with v's name and source,
// and with defaults for everything else.
func (v *View) of(old Definition) *View {
	if known, ok := old.(*View); ok {
		return known
	}
	return &View{declared: ddl.View{Name: v.declared.Name, Schema: v.declared.Schema, From: v.declared.From}}
}

// plain reports whether the view is a plain view, which contains no rows of its own.
func (v *View) plain() bool { return v.declared.From != "" }

// Object returns the name of the view, such as `view "public"."ev_station_data"`.
func (v *View) Object() Object { return v.named(v.declared.Name) }

// named returns a relation in the view's schema as an Object.
func (v *View) named(name string) Object {
	return Object{Kind: ViewObject, Schema: ident(v.declared.Schema), Name: ident(name)}
}

// String returns the object's description.
func (v *View) String() string { return v.Object().String() }

// Needs returns the streaming view that a plain view reads, or the external schema that a
// streaming view reads.
func (v *View) Needs() Object {
	if v.plain() {
		return v.named(v.declared.From)
	}
	return Object{Kind: SchemaObject, Name: ident(v.declared.Stream.Schema)}
}

// Hash identifies the definition. Neither the query nor BACKUP can be altered.
func (v *View) Hash() string {
	query := v.queryHash()
	d := v.declared
	return join(query, hash(query, d.DistStyle, d.DistKey, d.SortKey, d.ManualRefresh, v.grants))
}

// queryHash identifies what can't be altered. If the hashes of two definitions are equal,
// ALTER statements and grants lead from one to the other. The hash is computed from the
// declaration and not from SQL. So a newer Tributary that writes other SQL for the same
// declaration does not replace the view.
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

// Exists checks whether a relation with the view's name exists.
func (v *View) Exists() Step { return v.Object().exists() }

// Create creates the view. A streaming view is created without auto refresh and refreshed
// once, and then auto refresh is turned on. So a wrong role or an unreachable stream
// fails the deployment.
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

// Alter changes everything except the query.
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

// Replace alters the view if that is enough. If the query has changed, Replace replaces
// the view as OnReplace says, and now becomes part of the name of the table that keeps
// the old rows. It returns an error if OnReplace refuses the change.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_MATERIALIZED_VIEW.html
func (v *View) Replace(old Definition, now time.Time) ([]Step, error) {
	was := v.of(old)
	switch {
	case was.queryHash() == v.queryHash():
		return v.Alter(was), nil
	case v.declared.OnReplace == ddl.RefuseChange && !was.plain():
		return nil, fmt.Errorf("onReplace is %s, and the change would replace the view, which would lose the rows that are older than the stream's retention; "+
			"set onReplace to %s or %s, or give the new view another name", ddl.RefuseChange, ddl.KeepRows, ddl.DiscardRows)
	}
	return v.replace(was, now), nil
}

// Drop drops the view.
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
