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

// injectedSQL ends the statement that should contain only one expression, and begins
// another statement.
const injectedSQL = " FROM victim; CREATE TABLE attack (a int); SELECT "

// injections are texts to declare as a column's expression. Each is not one expression:
// it ends the statement and begins others. A parser that reads quotes or backslashes in
// another way than the database takes the injected SQL for a literal or a name.
var injections = []struct {
	text string
	// escapes is true if the text is an attack on a database where a backslash in a
	// literal is an escape character, as in Redshift. If it is false, the text is an attack
	// where a backslash has no special meaning.
	escapes bool
}{
	{"$$'$$" + injectedSQL + "$$'$$", true},
	{"$a$'$a$" + injectedSQL + "$a$'$a$", true},
	{"$_9$'$_9$" + injectedSQL + "$_9$'$_9$", true},
	{"$$'$$" + injectedSQL + "$a$'$a$", true},
	{`$$"$$` + injectedSQL + `$$"$$`, true},
	{`$$"$$ || $$'$$` + injectedSQL + `$$'$$ || $$"$$`, true},
	{"$$ ' $$ || partition_key" + "" + injectedSQL + "$$ ' $$", true},
	{"coalesce($$'$$, 'x')" + injectedSQL + "coalesce($$'$$)", true},
	{"(($$'$$))" + injectedSQL + "(($$'$$))", true},
	{"CASE WHEN true THEN $$'$$ END" + injectedSQL + "CASE WHEN true THEN $$'$$ END", true},
	{"CAST($$'$$ AS varchar(9))" + injectedSQL + "CAST($$'$$ AS varchar(9))", true},
	{"$$'$$::varchar(9)" + injectedSQL + "$$'$$::varchar(9)", true},
	{"$$'$$ -- \n" + injectedSQL + "$$'$$", true},
	{`'\'` + injectedSQL + "$$'$$", false},
	{`'a\'` + injectedSQL + "$$'$$", false},
	{`('\')` + injectedSQL + "($$'$$)", false},
	{`$$'$$` + injectedSQL + `'\'`, false},
}

// attackExpressions runs "tributary plan" on a template for each injection. The plan must
// fail, since it checks expressions as synthesis does.
func attackExpressions(ctx context.Context, tw *attackedTwin, r *Report) error {
	var errs []error
	for _, t := range injections {
		if err := tw.confirmInjection(ctx, t.text, t.escapes); err != nil {
			errs = append(errs, err)
		}
		accepted, err := tw.plan(ctx, t.text)
		errs = append(errs, err)
		r.add(accepted, "tributary plan: %s", t.text)
	}
	return errors.Join(errs...)
}

// confirmInjection returns an error unless the database runs the injected statement when
// text is in the place of an expression.
func (tw *attackedTwin) confirmInjection(ctx context.Context, text string, escapes bool) error {
	conforming := map[bool]string{true: "off", false: "on"}[escapes]
	defer tw.clean(ctx, "DROP TABLE IF EXISTS attack")
	_, err := tw.runAsSuperuser(ctx, "SET standard_conforming_strings = "+conforming, "SET escape_string_warning = off",
		"SELECT "+text+` AS "x" FROM victim`, "SELECT a FROM attack")
	if err != nil {
		return fmt.Errorf("%q is not an attack: %w", text, err)
	}
	return nil
}

// plan reports whether "tributary plan" accepts a view with an expression.
func (tw *attackedTwin) plan(ctx context.Context, expression string) (bool, error) {
	template := map[string]any{"Resources": map[string]any{"View": map[string]any{
		"Type": contract.StreamingViewType,
		"Properties": map[string]any{ //nolint:gosec // ServiceToken is a function's ARN, and no secret
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
	file := filepath.Join(tw.dir, "attack.template.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return false, err
	}
	err = exec.CommandContext(ctx, tw.Tributary, "plan", "--offline", "--output", "plain", "--app", file).Run() //nolint:gosec // the command under attack
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return false, err
	}
	return err == nil, nil
}
