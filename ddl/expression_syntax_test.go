package ddl_test

import (
	"strconv"
	"strings"
	"testing"
)

// TestExpressionSyntax tests the smallest and largest forms of tokens, and each optional
// part of the grammar.
func TestExpressionSyntax(t *testing.T) {
	t.Parallel()
	for _, sql := range []string{
		"0", "9", "1.", ".5", "1.5", "1e3", "1E+3", "1.5e-3", "a", "z", "A", "Z", "_", "a0", "a9", "a$", "é", "é٣", "1::int",
		`a || """"`, `'\\'`, "a\t+\r\n1", "-1", "1 +-2", "1 *-2", "1<-2", "a !~~* b", "a #1", "NOT NOT a",
		"a[1]", "a[b[1]].c", "a.b.c(1)", `a."b"`, "f()[1].a", "(a).b", "left(a, 1)", "cast(1 AS int).b",
		"CASE WHEN a THEN 1 END", "CASE a WHEN 1 THEN 2 ELSE 3 END",
		"a IS NULL IS NOT TRUE", "a ISNULL", "a NOTNULL", "a IS NULL = b", "a NOT BETWEEN 1 AND 2", "a NOT LIKE 'b' ESCAPE 'c'", "a NOT IN (1)",
		"INTERVAL '1'", "INTERVAL '1' DAY", "a::interval day to second (3)", "TIME WITHOUT TIME ZONE '1:00'", "date", "timestamp '2008-02-18' - b",
		"a::time with time zone", "a::national character varying(20)", "a::national character(20)", "a::binary varying(3)", "a::varchar(max)::int",
		"a::timestamp without time zone", "a AT TIME ZONE 'UTC'", "EXTRACT('epoch' FROM a)", "trim(TRAILING 'x' FROM y)",
		"substring(a FROM 2)", "substring(a FOR 2)", "try_cast(a AS int)", "convert(int, a)", "position(a IN b)", "a.order", "a.select", "count", "over",
	} {
		if got := expressionError(sql); got != "" {
			t.Errorf("error of %q: want none, got %s", sql, got)
		}
	}
}

// TestExpressionSyntaxErrors tests one error for each place of the grammar that can have one.
func TestExpressionSyntaxErrors(t *testing.T) {
	t.Parallel()
	const (
		follows  = ` can't follow the expression before it; write one expression`
		number   = "a letter, a dollar sign or a dot directly follows a number; write digits only, or put a blank after the number"
		prefix   = ` before a quote is not allowed, since only some servers support it; write '…' or "…" without it`
		operator = " is not a Redshift operator; put blanks between operators, or use a function"
		contain  = "; put it into your query, or into a view that you create with SQL"
	)
	for sql, want := range map[string]string{
		"1a": "column 1: " + number, "1é": "column 1: " + number, "1$": "column 1: " + number, "1.2.3": "column 1: " + number, "1e+": "column 1: " + number, "1ex": "column 1: " + number,
		"1\x7f":   `column 2: the character '\x7f' is not allowed outside quotes; quote it, or remove it`,
		"a\x7f":   `column 2: the character '\x7f' is not allowed outside quotes; quote it, or remove it`,
		"1 #\x7f": `column 4: the character '\x7f' is not allowed outside quotes; quote it, or remove it`,
		"\x7f":    `column 1: the character '\x7f' is not allowed outside quotes; quote it, or remove it`,
		"1 #a":    "column 3: a # directly before a name makes it the name of a temporary table; put a blank after the #",
		"1 #é":    "column 3: a # directly before a name makes it the name of a temporary table; put a blank after the #",
		"aʰ":      "column 2: the character 'ʰ' (U+02B0) is not allowed outside quotes; quote it, or remove it",
		"aˮ":      "column 2: the character 'ˮ' (U+02EE) is not allowed outside quotes; quote it, or remove it",
		"a０":      "column 2: the character '０' (U+FF10) is not allowed outside quotes; quote it, or remove it",
		"aｚ":      "column 2: the character 'ｚ' (U+FF5A) is not allowed outside quotes; quote it, or remove it",
		"u&'a'":   "column 1: the prefix U" + prefix, "N'a'": "column 1: the prefix N" + prefix,
		"'a\u202a'": "column 3: the character U+202A changes the direction of the text; remove it",
		"'a\u2069'": "column 3: the character U+2069 changes the direction of the text; remove it",
		`a || ""`:   "column 6: the quoted name is empty; write a name",
		`a || "b`:   `column 6: the quote " is not closed; close it`,
		`"a`:        `column 1: the quote " is not closed; close it`,
		"a ?-/*":    `column 3: "?-"` + operator, "a **2": `column 3: "**"` + operator, "a @+": `column 3: "@+"` + operator,
		"+":               "column 2: expected a value, got the end of the expression; complete it",
		"+-":              "column 3: expected a value, got the end of the expression; complete it",
		"a AND":           "column 6: expected a value, got the end of the expression; complete it",
		"a = 1 IS NULL b": `column 15: "b"` + follows, "a::int varying": `column 8: "varying"` + follows, "a::double varying": `column 11: "varying"` + follows,
		"a::date 'x'": "column 9: a literal" + follows, "a::into": `column 4: expected a type, got "into"; write one expression`, "a::1": "column 4: expected a type, got a number; write one expression",
		"a::int(b)": `column 8: expected a number, got "b"; write one expression`, "a::int(1,)": `column 10: expected a number, got ")"; write one expression`,
		"a::int(1": `column 7: "(" has no matching ")"; balance them`, "f(1]": `column 4: "]" can't follow the expression before it; write one expression`,
		"interval '1' day to x": `column 21: expected YEAR, MONTH, DAY, HOUR, MINUTE or SECOND, got "x"; write one expression`,
		"extract(1 FROM a)":     "column 9: expected a part of a date, got a number; write one expression",
		"extract(day a)":        `column 13: expected FROM, got "a"; write one expression`,
		"convert(int a)":        `column 13: expected ",", got "a"; write one expression`,
		"position(a, b)":        `column 11: expected IN, got ","; write one expression`,
		"substring(, 1)":        `column 11: expected a value, got ","; write one expression`,
		"substring(a FROM)":     `column 17: expected a value, got ")"; write one expression`,
		"trim(BOTH FROM)":       `column 15: expected a value, got ")"; write one expression`,
		"trim(FROM a)":          `column 6: expected a value, got "FROM"; write one expression`,
		"left":                  `column 1: expected a value, got "left"; write one expression`, "CASE": "column 5: expected a value, got the end of the expression; complete it",
		"CASE WHEN a THEN 1 2 END": `column 20: expected END, got a number; write one expression`,
		"CASE WHEN a ELSE 1 END":   `column 13: expected THEN, got "ELSE"; write one expression`,
		"CASE ) WHEN":              `column 6: expected a value, got ")"; write one expression`,
		"a[":                       "column 3: expected a value, got the end of the expression; complete it", "a[1": `column 2: "[" has no matching "]"; balance them`, "(,)": `column 2: expected a value, got ","; write one expression`,
		"(1 2)": "column 4: a number" + follows, "a LIKE": "column 7: expected a value, got the end of the expression; complete it", "a IS NULL =": "column 12: expected a value, got the end of the expression; complete it",
		"a NOT b": `column 3: "NOT"` + follows, "a IS": "column 5: expected NULL, TRUE, FALSE or UNKNOWN, got the end of the expression; complete it",
		"a ORDER BY b": "column 3: a column's expression can't contain ORDER BY" + contain, "a GROUP BY b": "column 3: a column's expression can't contain GROUP BY" + contain,
		"a ORDER b": `column 3: "ORDER"` + follows, "1 LIMIT 1": "column 3: a column's expression can't contain LIMIT" + contain,
		"f(DISTINCT a)":           "column 3: a column's expression can't contain a DISTINCT aggregate" + contain,
		"a FROM (SELECT 1)":       `column 3: "FROM"` + follows,
		strings.Repeat("a[", 201): "column 402: the expression is nested more than 200 levels deep; simplify it",
	} {
		if got, want := expressionError(sql), strconv.Quote(sql)+": "+want; got != want {
			t.Errorf("error of %q:\nwant %s\ngot  %s", sql, want, got)
		}
	}
	if got := expressionError(strings.Repeat("(1) + ", 201) + "1"); got != "" {
		t.Errorf("error of an expression with 201 parentheses side by side: want none, got %s", got)
	}
	if got := expressionError(strings.Repeat("(", 200) + "1" + strings.Repeat(")", 200)); got != "" {
		t.Errorf("error of an expression nested 200 levels deep: want none, got %s", got)
	}
}
