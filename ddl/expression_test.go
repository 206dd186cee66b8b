package ddl_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdk/tributary/ddl"
)

// expressionError returns the problem of a view with this expression, or "" if the
// expression is valid.
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

func TestDocumentedExpressions(t *testing.T) {
	t.Parallel()
	for _, sql := range documented(t) {
		if err := expressionError(sql); err != "" {
			t.Error(err)
		}
	}
}

// TestInvalidExpressions tests the texts of errors, and their positions.
func TestInvalidExpressions(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ sql, want string }{
		"dollar quotes around a statement": {
			`$$'$$ FROM pg_user; DROP TABLE t; SELECT $$'$$`,
			`column 1: a dollar sign is not allowed outside a name; write a literal as '…'`,
		},
		"dollar quote with a tag": {`$a$x$a$`, `column 1: a dollar sign is not allowed outside a name; write a literal as '…'`},
		"name that may be a dollar quote": {
			`a$b$ || '); DROP TABLE t; --' || a$b$`,
			`column 1: a name with two dollar signs can be mistaken for a dollar quote; write it in double quotes`,
		},
		"dollar quote after a number": {`1$a$`, `column 1: a letter, a dollar sign or a dot directly follows a number; write digits only, or put a blank after the number`},
		"quote after a backslash": {
			`'\' || ' FROM t; DROP TABLE t; --'`,
			`column 2: a backslash before a quote is ambiguous, since only some servers end the text there; write \\ for a backslash, '' for a quote`,
		},
		"quote after three backslashes": {
			`'\\\''`,
			`column 4: a backslash before a quote is ambiguous, since only some servers end the text there; write \\ for a backslash, '' for a quote`,
		},
		"quote after a backslash in a name": {
			`"a\"`,
			`column 3: a backslash before a quote is ambiguous, since only some servers end the text there; write \\ for a backslash, "" for a quote`,
		},
		"literal with escapes":    {`E'\\'''`, `column 1: the prefix E before a quote is not allowed, since only some servers support it; write '…' or "…" without it`},
		"literal of bits":         {`b'1'`, `column 1: the prefix B before a quote is not allowed, since only some servers support it; write '…' or "…" without it`},
		"national literal":        {`1 + n'x'`, `column 5: the prefix N before a quote is not allowed, since only some servers support it; write '…' or "…" without it`},
		"hexadecimal literal":     {`X'FF'`, `column 1: the prefix X before a quote is not allowed, since only some servers support it; write '…' or "…" without it`},
		"Unicode literal":         {`U&'\0027'`, `column 1: the prefix U before a quote is not allowed, since only some servers support it; write '…' or "…" without it`},
		"Unicode name":            {`u&"a" UESCAPE '!'`, `column 1: the prefix U before a quote is not allowed, since only some servers support it; write '…' or "…" without it`},
		"nested comment":          {`1 /* /* */ */`, `column 3: comments are not allowed; remove the comment`},
		"comment in an operator":  {`1 +--2`, `column 4: comments are not allowed; remove the comment`},
		"comment after a star":    {`1 */* 2 */ 3`, `column 4: comments are not allowed; remove the comment`},
		"parameter":               {`:name`, `column 1: a colon begins a parameter, which is not allowed; write a value`},
		"question mark parameter": {`a = ?`, `column 5: "?" is not a Redshift operator; put blanks between operators, or use a function`},
		"slice":                   {`a[1:2]`, `column 4: a colon begins a parameter, which is not allowed; write a value`},
		"hexadecimal number":      {`0x1F`, `column 1: a letter, a dollar sign or a dot directly follows a number; write digits only, or put a blank after the number`},
		"number with underscore":  {`1_000`, `column 1: a letter, a dollar sign or a dot directly follows a number; write digits only, or put a blank after the number`},
		"operator that ends in a sign": {
			`a @-1`, `column 3: "@-" is not a Redshift operator; put blanks between operators, or use a function`,
		},
		"name of a temporary table": {`a #b`, `column 3: a # directly before a name makes it the name of a temporary table; put a blank after the #`},
		"ODBC escape":               {`{fn now()}`, `column 1: the character '{' is not allowed outside quotes; quote it, or remove it`},
		"NUL in a literal":          {"'a\x00b'", `column 3: a NUL character is not allowed; remove it`},
		"not UTF-8":                 {"'a\xc3('", `column 3: a byte is not valid UTF-8; write UTF-8`},
		"surrogate":                 {"'\xed\xa0\x80'", `column 2: a byte is not valid UTF-8; write UTF-8`},
		"right-to-left text":        {"'a\u202e'", `column 3: the character U+202E changes the direction of the text; remove it`},
		"no-break space at the end": {"1\u00a0", ""}, // strings.TrimSpace removes it
		"em space":                  {"a\u2003FROM", "column 2: the character '\\u2003' (U+2003) is not allowed outside quotes; quote it, or remove it"},
		"typographic quote":         {"‘a’", "column 1: the character '‘' (U+2018) is not allowed outside quotes; quote it, or remove it"},
		"modifier letter":           {"aʼ", "column 2: the character 'ʼ' (U+02BC) is not allowed outside quotes; quote it, or remove it"},
		"full-width letter":         {"Ｓ", "column 1: the character 'Ｓ' (U+FF33) is not allowed outside quotes; quote it, or remove it"},
		"form feed":                 {"1 +\f2", `column 4: the character '\f' is not allowed outside quotes; quote it, or remove it`},
		"second statement": {
			`1; DROP TABLE t`, `column 2: a second statement begins after ";"; write one expression`,
		},
		"second statement in parentheses": {
			`(1; DROP TABLE t)`, `column 3: a second statement begins after ";"; write one expression`,
		},
		"second statement after an operator": {
			`1 +; DROP TABLE t`, `column 4: a second statement begins after ";"; write one expression`,
		},
		"semicolon at the end":       {`1;`, `column 2: ";" is not allowed at the end; remove it`},
		"FROM after the expression":  {`1 FROM t`, `column 3: "FROM" can't follow the expression before it; write one expression`},
		"alias after the expression": {`lower(a) AS b`, `column 10: "AS" can't follow the expression before it; write one expression`},
		"two names":                  {`a b`, `column 3: "b" can't follow the expression before it; write one expression`},
		"two literals on two lines": {
			"'a'\n'b'", `line 2, column 1: a literal can't follow the expression before it; write one expression`,
		},
		"position after multi-byte letters": {
			"'größe' ||\n\t'größe' , 1", `line 2, column 10: a comma separates two expressions; write one expression`,
		},
		"number after a name":           {`a.1`, `column 2: a number can't follow the expression before it; write one expression`},
		"quoted name after a name":      {`a "b"`, `column 3: a quoted name can't follow the expression before it; write one expression`},
		"all columns":                   {`*`, `column 1: expected a value, got "*"; write one expression`},
		"all columns of a table":        {`a.*`, `column 3: expected a name, got "*"; write one expression`},
		"keyword":                       {`INTO t`, `column 1: expected a value, got "INTO"; write one expression`},
		"end after an operator":         {`1 +`, `column 4: expected a value, got the end of the expression; complete it`},
		"two operators":                 {`1 + * 2`, `column 5: expected a value, got "*"; write one expression`},
		"empty parentheses":             {`()`, `column 2: expected a value, got ")"; write one expression`},
		"comma after the last argument": {`f(1,)`, `column 5: expected a value, got ")"; write one expression`},
		"wrong bracket":                 {`a[1)`, `column 4: ")" has no matching "("; balance them`},
		"CASE without END":              {`CASE WHEN a THEN 1`, `column 19: expected END, got the end of the expression; complete it`},
		"CASE without WHEN":             {`CASE a END`, `column 8: expected WHEN, got "END"; write one expression`},
		"BETWEEN without AND":           {`a BETWEEN 1 OR 2`, `column 13: expected AND, got "OR"; write one expression`},
		"IN without a list":             {`a IN b`, `column 6: expected "(", got "b"; write one expression`},
		"IS without a truth value":      {`a IS 1`, `column 6: expected NULL, TRUE, FALSE or UNKNOWN, got a number; write one expression`},
		"CAST without a type":           {`CAST(a AS)`, `column 10: expected a type, got ")"; write one expression`},
		"unit after a date":             {`DATE '2008-01-01' MONTH`, `column 19: "MONTH" can't follow the expression before it; write one expression`},
		"literal after a cast":          {`a::int 'b'`, `column 8: a literal can't follow the expression before it; write one expression`},
		"empty quoted name":             {`""`, `column 1: the quoted name is empty; write a name`},
		"nested 201 levels deep": {
			strings.Repeat("(", 201) + "1" + strings.Repeat(")", 201),
			"column 201: the expression is nested more than 200 levels deep; simplify it",
		},
		"aggregate before a syntax error": {
			`sum(a) FROM t`, `column 1: a column's expression can't contain an aggregate; put it into your query, or into a view that you create with SQL`,
		},
		"random value in a schema": {
			`pg_catalog.random()`, `column 12: a column's expression can't contain a random value; put it into your query, or into a view that you create with SQL`,
		},
		"forbidden words as field names": {`payload.where.limit.count`, ""},
		"doubled quotes":                 {`'it''s' || '\\''; --' || "a""; b"`, ""},
		"dollar signs in quotes":         {`'$$' || "a$b$c" || a$b`, ""},
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
