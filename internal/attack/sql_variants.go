package attack

import (
	"context"
	"fmt"
	"strings"
)

// variant is one way to try an attack.
type variant struct {
	how string
	sql []string // the statements to run, in order
	// undo is SQL that reverts the attack's effect after a superuser has run it.
	undo string
	// streaming is true if the statements need streaming views, which PostgreSQL does not
	// have.
	streaming bool
}

// variants returns all variants of all attacks.
func variants() []variant {
	var list []variant
	for _, e := range expressions {
		list = append(
			list,
			variant{how: "by itself", sql: []string{"SELECT " + e + " AS x"}},
			variant{how: "in a view", sql: []string{"CREATE VIEW attack_view AS SELECT (" + e + ") AS x FROM victim", "SELECT * FROM attack_view"}},
			variant{how: "in a streaming view", streaming: true, sql: []string{
				"CREATE MATERIALIZED VIEW attack_stream AUTO REFRESH NO AS SELECT (" + e + ") AS x FROM evdata.\"" + streamName + "\"",
				"REFRESH MATERIALIZED VIEW attack_stream",
			}},
		)
	}
	for _, s := range statements {
		then := []string{}
		if s.then != "" {
			then = append(then, s.then)
		}
		list = append(list, variant{how: "by itself", sql: append([]string{s.sql}, then...), undo: s.undo})
		if s.alone {
			continue
		}
		// The text begins as the view's expression, and ends as another statement's.
		list = append(list, variant{how: "in a view's expression", undo: s.undo, sql: append([]string{
			"CREATE VIEW attack_view AS SELECT (1) AS y FROM victim; " + s.sql + "; SELECT (1) AS x FROM victim",
		}, then...)})
	}
	return list
}

// confirm returns an error unless PostgreSQL runs the variant for a superuser. A variant
// that fails there is not an attack.
func (tw *attackedTwin) confirm(ctx context.Context, f variant) error {
	if f.streaming {
		return nil // the other variants confirm its expression
	}
	done, err := tw.runAsSuperuser(ctx, f.sql...)
	if done > 0 {
		tw.clean(ctx, f.undo)
	}
	if err != nil {
		return fmt.Errorf("%s: %q is not an attack: %w", f.how, f.sql, err)
	}
	return nil
}

// attack tries all variants against a defence. To make sure that the defence is the reason
// for each refusal, a harmless statement must succeed before and after, and no attack may
// fail because an earlier one created the same object.
func (tw *attackedTwin) attack(ctx context.Context, r *Report, d defence) error {
	const harmless = "SELECT line FROM victim"
	if _, err := d.run(ctx, harmless); err != nil {
		return fmt.Errorf("%s: harmless statement %q failed before the attacks: %w", d.name, harmless, err)
	}
	for _, f := range variants() {
		if f.streaming && !d.streaming {
			continue
		}
		done, err := d.run(ctx, f.sql...)
		if err != nil && strings.Contains(err.Error(), "already exists") {
			return fmt.Errorf("%s, %s: %q failed because of an earlier attack's object: %w", d.name, f.how, f.sql[0], err)
		}
		r.add(err == nil, "%s, %s: %s", d.name, f.how, f.sql[0])
		if done > 0 {
			tw.clean(ctx, f.undo)
		}
	}
	if _, err := d.run(ctx, harmless); err != nil {
		return fmt.Errorf("%s: harmless statement %q failed after the attacks: %w", d.name, harmless, err)
	}
	return nil
}
