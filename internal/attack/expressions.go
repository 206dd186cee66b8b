package attack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/tributary-cdk/tributary/internal/contract"
)

// broken is SQL that a text adds to a statement that should hold one expression.
const broken = " FROM victim; CREATE TABLE attack (a int); SELECT "

// texts are written as a column's expression, and are none: they end the statement
// and begin others. Each hides that in what looks like a literal or a name to
// somebody who reads quotes or backslashes otherwise than the database does.
var texts = []struct {
	text string
	// escapes says whether the database takes a backslash in a literal for an escape,
	// as Redshift does.
	escapes bool
}{
	{"$$'$$" + broken + "$$'$$", true},
	{"$a$'$a$" + broken + "$a$'$a$", true},
	{"$_9$'$_9$" + broken + "$_9$'$_9$", true},
	{"$$'$$" + broken + "$a$'$a$", true},
	{`$$"$$` + broken + `$$"$$`, true},
	{`$$"$$ || $$'$$` + broken + `$$'$$ || $$"$$`, true},
	{"$$ ' $$ || partition_key" + "" + broken + "$$ ' $$", true},
	{"coalesce($$'$$, 'x')" + broken + "coalesce($$'$$)", true},
	{"(($$'$$))" + broken + "(($$'$$))", true},
	{"CASE WHEN true THEN $$'$$ END" + broken + "CASE WHEN true THEN $$'$$ END", true},
	{"CAST($$'$$ AS varchar(9))" + broken + "CAST($$'$$ AS varchar(9))", true},
	{"$$'$$::varchar(9)" + broken + "$$'$$::varchar(9)", true},
	{"$$'$$ -- \n" + broken + "$$'$$", true},
	{`'\'` + broken + "$$'$$", false},
	{`'a\'` + broken + "$$'$$", false},
	{`('\')` + broken + "($$'$$)", false},
	{`$$'$$` + broken + `'\'`, false},
}

// attackExpressions has each text planned as a column's expression, which checks it
// as synthesis does.
func attackExpressions(ctx context.Context, w *world, r *Report) error {
	var errs []error
	for _, t := range texts {
		if err := w.proveText(ctx, t.text, t.escapes); err != nil {
			errs = append(errs, err)
		}
		accepted, err := w.plan(ctx, t.text)
		errs = append(errs, err)
		r.try(accepted, "tributary plan: %s", t.text)
	}
	return errors.Join(errs...)
}

// proveText shows that a text in the place of an expression runs more than that.
func (w *world) proveText(ctx context.Context, text string, escapes bool) error {
	conforming := map[bool]string{true: "off", false: "on"}[escapes]
	defer w.clean(ctx, "DROP TABLE IF EXISTS attack")
	_, err := w.undefended(ctx, "SET standard_conforming_strings = "+conforming, "SET escape_string_warning = off",
		"SELECT "+text+` AS "x" FROM victim`, "SELECT a FROM attack")
	if err != nil {
		return fmt.Errorf("%q: no attack: %w", text, err)
	}
	return nil
}

// plan reports whether a view with an expression is planned.
func (w *world) plan(ctx context.Context, expression string) (bool, error) {
	template := map[string]any{"Resources": map[string]any{"View": map[string]any{
		"Type": contract.StreamingViewType,
		"Properties": map[string]any{ //nolint:gosec // a token of CloudFormation's is a function's name
			"ServiceToken": "arn:aws:lambda:us-east-1:000000000000:function:f", "ServiceTimeout": "3600",
			"Warehouse": map[string]any{"clusterIdentifier": clusterName, "database": "dev", "dbUser": adminUser},
			"View": map[string]any{
				"name": "attack_view", "stream": map[string]any{"schema": "evdata", "name": streamName},
				"columns": []any{map[string]any{"name": "x", "expression": expression}},
			},
		},
	}}}
	text, err := json.Marshal(template)
	if err != nil {
		return false, err
	}
	file := filepath.Join(w.dir, "attack.template.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return false, err
	}
	err = exec.CommandContext(ctx, w.Tributary, "plan", "--offline", "--output", "plain", "--app", file).Run() //nolint:gosec // the command under attack
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return false, err
	}
	return err == nil, nil
}
