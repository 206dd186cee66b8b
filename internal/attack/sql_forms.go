package attack

import (
	"context"
	"fmt"
	"strings"
)

// form is one way to try an attack: the statements that run it.
type form struct {
	how string
	sql []string
	// undo takes back what a superuser has done by it.
	undo string
	// streaming says that PostgreSQL alone has no such statements.
	streaming bool
}

// forms returns every way to try every attack.
func forms() []form {
	var list []form
	for _, e := range expressions {
		list = append(
			list,
			form{how: "by itself", sql: []string{"SELECT " + e + " AS x"}},
			form{how: "of a view", sql: []string{"CREATE VIEW attack_view AS SELECT (" + e + ") AS x FROM victim", "SELECT * FROM attack_view"}},
			form{how: "of a streaming view", streaming: true, sql: []string{
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
		list = append(list, form{how: "by itself", sql: append([]string{s.sql}, then...), undo: s.undo})
		if s.alone {
			continue
		}
		// An expression that ends the view's, and begins another where it would have ended.
		list = append(list, form{how: "in a view's expression", undo: s.undo, sql: append([]string{
			"CREATE VIEW attack_view AS SELECT (1) AS y FROM victim; " + s.sql + "; SELECT (1) AS x FROM victim",
		}, then...)})
	}
	return list
}

// confirm shows that a form is an attack: PostgreSQL runs it for a superuser.
func (w *world) confirm(ctx context.Context, f form) error {
	if f.streaming {
		return nil // its expression is confirmed in the other forms
	}
	done, err := w.undefended(ctx, f.sql...)
	if done > 0 {
		w.clean(ctx, f.undo)
	}
	if err != nil {
		return fmt.Errorf("%s: %q: no attack: %w", f.how, f.sql, err)
	}
	return nil
}

// attack tries everything against a defence. A refusal counts only if it is one: a
// harmless statement must pass before and after, and nothing that an earlier attack
// has left may be in the way.
func (w *world) attack(ctx context.Context, r *Report, d defence) error {
	const harmless = "SELECT line FROM victim"
	if _, err := d.run(ctx, harmless); err != nil {
		return fmt.Errorf("%s, before: %s: %w", d.name, harmless, err)
	}
	for _, f := range forms() {
		if f.streaming && !d.streaming {
			continue
		}
		done, err := d.run(ctx, f.sql...)
		if err != nil && strings.Contains(err.Error(), "already exists") {
			return fmt.Errorf("%s, %s: %s: not tried: %w", d.name, f.how, f.sql[0], err)
		}
		r.try(err == nil, "%s, %s: %s", d.name, f.how, f.sql[0])
		if done > 0 {
			w.clean(ctx, f.undo)
		}
	}
	if _, err := d.run(ctx, harmless); err != nil {
		return fmt.Errorf("%s, after: %s: %w", d.name, harmless, err)
	}
	return nil
}
