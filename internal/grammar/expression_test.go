package grammar_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// expressionExceptions are the exceptions that the expressions need.
var expressionExceptions = map[string]exception{
	"operators of VARBYTE": {
		source:  "https://docs.aws.amazon.com/redshift/latest/dg/r_VARBYTE_OPERATORS.html",
		syntax:  regexp.MustCompile(`::VARBYTE\b`),
		instead: `::integer`,
	},
	"TRY_CAST": exceptions["TRY_CAST"],
}

// TestExpressions parses the expressions with which package ddl is tested. So ddl isn't tested
// with text that isn't a Redshift expression.
func TestExpressions(t *testing.T) {
	t.Parallel()
	needed := map[string]bool{}
	for _, expression := range expressions(t) {
		sql := `SELECT ` + expression + ` AS "x" FROM "s"."t";`
		err := parse(sql)
		for name, e := range expressionExceptions {
			if err != nil && e.syntax.MatchString(sql) {
				needed[name] = true
				err = parse(e.syntax.ReplaceAllString(sql, e.instead))
			}
		}
		if err != nil {
			t.Errorf("%v\n%s", err, sql)
		}
	}
	for name, e := range expressionExceptions {
		if !needed[name] {
			t.Errorf("no expression needs the exception %q (%s); remove it", name, e.source)
		}
	}
}

// expressions returns the expressions of ../../ddl/testdata/expressions.txt.
func expressions(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../../ddl/testdata/expressions.txt")
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for line := range strings.Lines(string(text)) {
		if expression, ok := strings.CutPrefix(line, "  "); ok {
			list = append(list, strings.TrimSpace(expression))
		}
	}
	if len(list) == 0 {
		t.Fatal("no expressions in ../../ddl/testdata/expressions.txt")
	}
	return list
}
