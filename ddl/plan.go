package ddl

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// CreateSchema returns the statements that make the schema.
func CreateSchema(d SchemaDefinition) []Statement {
	return append([]Statement{d.create()}, changeGrants("USAGE", "SCHEMA "+d.name.String(), nil, d.grants)...)
}

// UpdateSchema returns the statements that lead from old to new, two definitions
// of one schema; none if they are equal. It refuses what Redshift cannot do.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_EXTERNAL_SCHEMA.html
func UpdateSchema(old, new SchemaDefinition) ([]Statement, error) {
	switch {
	case old.source() != new.source() || old.kafka.ClusterARN != new.kafka.ClusterARN:
		return nil, errors.New("what a schema reads can't be altered in Redshift; give the schema a new name, and its views too")
	case new.kafka == Kafka{} && (old.roleARN != new.roleARN || old.region != new.region):
		return nil, errors.New("the role and the region of a schema that reads Kinesis can't be altered in Redshift; give the schema a new name, and its views too")
	}
	return AlterSchema(old, new), nil
}

// CreateView returns the statements that make the view: a streaming one is
// created without auto refresh, refreshed once, and only then refreshed by
// Redshift. So a wrong role or an unreachable stream fails here, where somebody
// waits for the answer.
func CreateView(d *ViewDefinition) []Statement {
	plan := append([]Statement{d.create(d.name)}, d.autoStyle()...)
	if !d.plain() {
		plan = append(plan, d.refresh())
		if !d.manualRefresh {
			plan = append(plan, d.autoRefresh(StepAutoRefresh, true))
		}
	}
	return append(plan, d.changeGrants(nil)...)
}

// UpdateView returns the statements that lead from old to new, two definitions
// of one view, by the least change that is enough; none if they are equal. A
// changed query can't be altered and replaces the view, as [ViewDefinition]'s
// OnReplace says; now then names the table that keeps the old rows. The error is
// the policy's refusal.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_MATERIALIZED_VIEW.html
func UpdateView(old, new *ViewDefinition, now time.Time) ([]Statement, error) {
	switch {
	case old.sameQuery(new):
		return AlterView(old, new), nil
	case new.onReplace == RefuseChange && !old.plain():
		return nil, fmt.Errorf("onReplace is %s, and the change would replace the view: its rows older than the stream's retention would leave it; "+
			"set onReplace to %s or %s, or give the new view another name", RefuseChange, KeepRows, DiscardRows)
	}
	return replaceView(old, new, now), nil
}

// AlterView returns the statements that change everything but the query.
func AlterView(old, new *ViewDefinition) []Statement {
	var plan []Statement
	if old.distKey != new.distKey || old.distStyle != new.distStyle {
		plan = append(plan, new.alter(StepDistKey, new.distChange()))
	}
	if !slices.Equal(old.sortKey, new.sortKey) {
		plan = append(plan, new.alter(StepSortKey, new.sortChange()))
	}
	if old.manualRefresh != new.manualRefresh {
		plan = append(plan, new.autoRefresh(StepAutoRefresh, !new.manualRefresh))
	}
	return append(plan, new.changeGrants(old.grants)...)
}

// DropView returns the statements that remove the view. They take along nothing
// that depends on it, and succeed if there is no view.
func DropView(d *ViewDefinition) []Statement {
	s := d.Object().drop(d.plain())
	if !d.plain() {
		s.Effect = DropsRows
	}
	return []Statement{s}
}

// DropSchema returns the statements that remove the schema, and succeed if there
// is none.
func DropSchema(d SchemaDefinition) []Statement { return []Statement{d.Object().drop(false)} }

func (d *ViewDefinition) changeGrants(old []grantee) []Statement {
	return changeGrants("SELECT", d.Object().sql(), old, d.grants)
}

func (d *ViewDefinition) refresh() Statement {
	return Statement{Step: StepRefresh, SQL: "REFRESH MATERIALIZED VIEW " + d.Object().sql(), Effect: ReadsRows}
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

// autoStyle returns the statement that leaves the distribution style of a new view to
// Redshift, if the view declares that.
func (d *ViewDefinition) autoStyle() []Statement {
	if d.distStyle != distAuto {
		return nil
	}
	return []Statement{d.alter(StepDistKey, d.distChange())}
}

func (d *ViewDefinition) distChange() string {
	switch {
	case d.distKey != Ident{}:
		return "ALTER DISTKEY " + d.distKey.String()
	case d.distStyle != "":
		return "ALTER DISTSTYLE " + d.distStyle
	}
	return "ALTER DISTSTYLE EVEN"
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
