package ddl_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/ddl"
)

// expressionError returns what Check says of a view with this expression.
func expressionError(sql string) string {
	_, problems := view(func(v *ddl.View) { v.Columns = []ddl.Column{ddl.ExpressionColumn("x", sql)} }).Check()
	return strings.TrimPrefix(problems.Error(), "columns[0].expression: ")
}

// documented returns the expressions of testdata/expressions.txt.
func documented(t testing.TB) []string {
	t.Helper()
	text, err := os.ReadFile("testdata/expressions.txt")
	if err != nil {
		t.Fatal(err)
	}
	var expressions []string
	for line := range strings.Lines(string(text)) {
		if expression, ok := strings.CutPrefix(line, "  "); ok {
			expressions = append(expressions, strings.TrimSuffix(expression, "\n"))
		}
	}
	if len(expressions) < 60 {
		t.Fatalf("only %d expressions in testdata/expressions.txt", len(expressions))
	}
	return expressions
}

func TestDocumentedExpressionsPass(t *testing.T) {
	t.Parallel()
	for _, sql := range documented(t) {
		if err := expressionError(sql); err != "" {
			t.Error(err)
		}
	}
}

// TestExpressionsRefused holds what is refused, and where the error points.
func TestExpressionsRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ sql, want string }{
		"dollar quotes that hide a statement": {
			`$$'$$ FROM pg_user; DROP TABLE t; SELECT $$'$$`,
			`column 1: a dollar sign that is not within a name; write a literal as '…'`,
		},
		"dollar quote with a tag": {`$a$x$a$`, `column 1: a dollar sign that is not within a name; write a literal as '…'`},
		"dollar quote that may be a name": {
			`a$b$ || '); DROP TABLE t; --' || a$b$`,
			`column 1: a name with two dollar signs, which can be read as a dollar quote; write it in double quotes`,
		},
		"dollar quote behind a number": {`1$a$`, `column 1: a number with a letter, a dollar sign or a dot behind it; write digits, or put a blank between`},
		"a quote behind a backslash": {
			`'\' || ' FROM t; DROP TABLE t; --'`,
			`column 2: a backslash before a quote, which some settings read as the end and some don't; write \\ for a backslash, '' for a quote`,
		},
		"three backslashes before a quote": {
			`'\\\''`,
			`column 4: a backslash before a quote, which some settings read as the end and some don't; write \\ for a backslash, '' for a quote`,
		},
		"a backslash before a name's quote": {
			`"a\"`,
			`column 3: a backslash before a quote, which some settings read as the end and some don't; write \\ for a backslash, "" for a quote`,
		},
		"escape string":         {`E'\\'''`, `column 1: the prefix E before a quote, which not every setting knows; write '…' or "…" without it`},
		"bits":                  {`b'1'`, `column 1: the prefix B before a quote, which not every setting knows; write '…' or "…" without it`},
		"national":              {`1 + n'x'`, `column 5: the prefix N before a quote, which not every setting knows; write '…' or "…" without it`},
		"hexadecimal literal":   {`X'FF'`, `column 1: the prefix X before a quote, which not every setting knows; write '…' or "…" without it`},
		"Unicode escape":        {`U&'\0027'`, `column 1: the prefix U before a quote, which not every setting knows; write '…' or "…" without it`},
		"Unicode name":          {`u&"a" UESCAPE '!'`, `column 1: the prefix U before a quote, which not every setting knows; write '…' or "…" without it`},
		"nested comment":        {`1 /* /* */ */`, `column 3: a comment; leave it out`},
		"comment in operators":  {`1 +--2`, `column 4: a comment; leave it out`},
		"comment behind a star": {`1 */* 2 */ 3`, `column 4: a comment; leave it out`},
		"parameter":             {`:name`, `column 1: a colon, which would make a parameter of what follows; write a value`},
		"parameter of drivers":  {`a = ?`, `column 5: "?" is not an operator of Redshift; put blanks between operators, or use a function`},
		"slice":                 {`a[1:2]`, `column 4: a colon, which would make a parameter of what follows; write a value`},
		"hexadecimal number":    {`0x1F`, `column 1: a number with a letter, a dollar sign or a dot behind it; write digits, or put a blank between`},
		"number with blanks":    {`1_000`, `column 1: a number with a letter, a dollar sign or a dot behind it; write digits, or put a blank between`},
		"operator that ends in a sign": {
			`a @-1`, `column 3: "@-" is not an operator of Redshift; put blanks between operators, or use a function`,
		},
		"a temporary table's name": {`a #b`, `column 3: a # before a name, which makes a temporary table's name of it; put a blank behind the #`},
		"escape of ODBC":           {`{fn now()}`, `column 1: the character '{'; quote it, or leave it out`},
		"NUL in a literal":         {"'a\x00b'", `column 3: the character NUL; leave it out`},
		"not UTF-8":                {"'a\xc3('", `column 3: a byte that is not UTF-8; write UTF-8`},
		"half of a surrogate":      {"'\xed\xa0\x80'", `column 2: a byte that is not UTF-8; write UTF-8`},
		"reversed text":            {"'a\u202e'", `column 3: the character U+202E, which hides the order of the text; leave it out`},
		"blank that is none":       {"1\u00a0", ""}, // TrimSpace takes it
		"blank within":             {"a\u2003FROM", "column 2: the character '\\u2003' (U+2003) outside of quotes; write it in quotes, or leave it out"},
		"quote that is none":       {"‘a’", "column 1: the character '‘' (U+2018) outside of quotes; write it in quotes, or leave it out"},
		"modifier letter":          {"aʼ", "column 2: the character 'ʼ' (U+02BC) outside of quotes; write it in quotes, or leave it out"},
		"full width":               {"Ｓ", "column 1: the character 'Ｓ' (U+FF33) outside of quotes; write it in quotes, or leave it out"},
		"form feed":                {"1 +\f2", `column 4: the character '\f'; quote it, or leave it out`},
		"second statement": {
			`1; DROP TABLE t`, `column 2: a second statement begins after ";"; write one expression`,
		},
		"second statement, in parentheses": {
			`(1; DROP TABLE t)`, `column 3: a second statement begins after ";"; write one expression`,
		},
		"second statement, where a value is missing": {
			`1 +; DROP TABLE t`, `column 4: a second statement begins after ";"; write one expression`,
		},
		"end of statement": {`1;`, `column 2: ";" ends the expression; leave it out`},
		"a FROM":           {`1 FROM t`, `column 3: "FROM" isn't part of the expression before it; write one expression`},
		"an alias":         {`lower(a) AS b`, `column 10: "AS" isn't part of the expression before it; write one expression`},
		"two names":        {`a b`, `column 3: "b" isn't part of the expression before it; write one expression`},
		"two literals, which a line break joins": {
			"'a'\n'b'", `line 2, column 1: a literal isn't part of the expression before it; write one expression`,
		},
		"place behind letters of several bytes": {
			"'größe' ||\n\t'größe' , 1", `line 2, column 10: a comma between two expressions; write one expression`,
		},
		"a number behind a name":     {`a.1`, `column 2: a number isn't part of the expression before it; write one expression`},
		"a quoted name behind one":   {`a "b"`, `column 3: a quoted name isn't part of the expression before it; write one expression`},
		"all columns":                {`*`, `column 1: "*" stands where a value is missing; write one expression`},
		"all columns of one":         {`a.*`, `column 3: "*" stands where a name is missing; write one expression`},
		"a key word":                 {`INTO t`, `column 1: "INTO" stands where a value is missing; write one expression`},
		"nothing behind an operator": {`1 +`, `column 4: the expression ends where a value is missing; add it`},
		"two operators":              {`1 + * 2`, `column 5: "*" stands where a value is missing; write one expression`},
		"nothing in parentheses":     {`()`, `column 2: ")" stands where a value is missing; write one expression`},
		"a comma too much":           {`f(1,)`, `column 5: ")" stands where a value is missing; write one expression`},
		"the wrong bracket":          {`a[1)`, `column 4: a ) without its (; balance them`},
		"no end of CASE":             {`CASE WHEN a THEN 1`, `column 19: the expression ends where END is missing; add it`},
		"no WHEN":                    {`CASE a END`, `column 8: "END" stands where WHEN is missing; write one expression`},
		"BETWEEN without AND":        {`a BETWEEN 1 OR 2`, `column 13: "OR" stands where AND is missing; write one expression`},
		"IN without a list":          {`a IN b`, `column 6: "b" stands where ( is missing; write one expression`},
		"IS without a truth":         {`a IS 1`, `column 6: a number stands where NULL, TRUE, FALSE or UNKNOWN is missing; write one expression`},
		"CAST without a type":        {`CAST(a AS)`, `column 10: ")" stands where a type is missing; write one expression`},
		"a part behind a date":       {`DATE '2008-01-01' MONTH`, `column 19: "MONTH" isn't part of the expression before it; write one expression`},
		"a literal behind a type":    {`a::int 'b'`, `column 8: a literal isn't part of the expression before it; write one expression`},
		"empty name":                 {`""`, `column 1: a name without letters; write one`},
		"nested too deep": {
			strings.Repeat("(", 201) + "1" + strings.Repeat(")", 201),
			"column 201: nested more than 200 deep; write a simpler expression",
		},
		"forbidden before what is wrong": {
			`sum(a) FROM t`, `column 1: an aggregate, which a streaming view can't have; put it into a view over this one, or into the query`,
		},
		"forbidden behind a dot, if called": {
			`pg_catalog.random()`, `column 12: a random value, which a streaming view can't have; put it into a view over this one, or into the query`,
		},
		"not forbidden behind a dot": {`payload.where.limit.count`, ""},
		"doubled quotes":             {`'it''s' || '\\''; --' || "a""; b"`, ""},
		"dollars in quotes":          {`'$$' || "a$b$c" || a$b`, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := test.want
			if want != "" {
				want = strconv.Quote(test.sql) + ": " + want
			}
			if diff := cmp.Diff(want, expressionError(test.sql)); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}
