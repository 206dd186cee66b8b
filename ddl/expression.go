package ddl

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// checkExpression returns an error unless sql is exactly one expression, for every known
// way in which SQL servers and drivers split text into tokens. So no part of the text can
// become other SQL of the CREATE statement. It also returns an error if the expression
// has something that a streaming view can't have, since Redshift refreshes the view
// record by record. It can't check whether the names, functions and types exist.
//
// Source of what a view can't have: https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started.html
func checkExpression(sql string) error {
	tokens, err := tokenize(sql)
	if err != nil {
		return withPosition(sql, err)
	}
	p := &parser{sql: sql, tokens: tokens}
	err = p.parse()
	if forbidden := findForbidden(tokens); forbidden != nil && (err == nil || forbidden.at <= err.at) {
		err = forbidden
	}
	if err != nil {
		return withPosition(sql, err)
	}
	return nil
}

// withPosition returns err with the expression before it, and the line and column of the
// error. They count from 1, in characters. The line is left out if there is only one.
func withPosition(sql string, err *syntaxError) error {
	before := sql[:err.at]
	line := strings.Count(before, "\n") + 1
	column := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	if !strings.Contains(sql, "\n") {
		return fmt.Errorf("%q: column %d: %w", sql, column, err)
	}
	return fmt.Errorf("%q: line %d, column %d: %w", sql, line, column, err)
}

// forbiddenWords are the words that a streaming view's query can't have, with the name of
// what each word begins.
var forbiddenWords = map[string]string{
	"select": "a subquery", "join": "a join", "union": "a set operation", "intersect": "a set operation",
	"except": "a set operation", "minus": "a set operation", "over": "a window function", "distinct": "a DISTINCT aggregate",
	"limit": "LIMIT", "having": "HAVING", "where": "WHERE",
	"getdate": "a function of the current time", "sysdate": "a function of the current time",
	"current_timestamp": "a function of the current time", "current_date": "a function of the current time",
	"now": "a function of the current time", "timeofday": "a function of the current time",
	"random": "a random value", "count": "an aggregate", "sum": "an aggregate", "avg": "an aggregate", "listagg": "an aggregate",
}

// forbiddenCalls are the forbidden words that are allowed as the name of a column. They
// are forbidden only before a parenthesis.
var forbiddenCalls = wordSet("getdate now timeofday random count sum avg listagg over")

// wordsBeforeBy are the words that are forbidden before BY.
var wordsBeforeBy = wordSet("order group")

// findForbidden returns an error for the first forbidden word, or nil if there is none.
func findForbidden(tokens []token) *syntaxError {
	before := ""
	for i, t := range tokens {
		after := ""
		if rest := tokens[i+1:]; len(rest) > 0 {
			after = rest[0].text
		}
		if what := forbidden(before, t.text, after); what != "" {
			return syntaxErrorf(t.at, "a column's expression can't contain %s; put it into your query, or into a view that you create with SQL", what)
		}
		before = t.text
	}
	return nil
}

// forbidden returns the name of what a word begins, if a streaming view can't have it, or
// "". before and after are the texts of the tokens around the word. A word after a dot is a
// name, so it is not forbidden unless it is called.
func forbidden(before, text, after string) string {
	if forbiddenCalls[text] && after != "(" {
		return ""
	}
	if before == "." && !forbiddenCalls[text] {
		return ""
	}
	if after == "by" && wordsBeforeBy[text] {
		return strings.ToUpper(text) + " BY"
	}
	return forbiddenWords[text]
}
