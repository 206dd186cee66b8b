package ddl

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// checkExpression finds what would let a part of the text act as SQL of its own,
// and what no view that is refreshed record by record can have. The text has to
// be exactly one expression, in whichever of the known ways a server reads it.
// Whether its names, functions and types exist, only Redshift knows.
//
// Source of what a view can't have: https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started.html
func checkExpression(sql string) error {
	tokens, err := tokenize(sql)
	if err != nil {
		return placed(sql, err)
	}
	p := &parser{sql: sql, tokens: tokens}
	err = p.whole()
	if has := findForbidden(tokens); has != nil && (err == nil || has.at <= err.at) {
		err = has
	}
	if err != nil {
		return placed(sql, err)
	}
	return nil
}

// placed returns err with the expression and the place in it, counted in
// characters from 1.
func placed(sql string, err *misplaced) error {
	before := sql[:err.at]
	line := strings.Count(before, "\n") + 1
	column := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	if !strings.Contains(sql, "\n") {
		return fmt.Errorf("%q: column %d: %w", sql, column, err)
	}
	return fmt.Errorf("%q: line %d, column %d: %w", sql, line, column, err)
}

// forbiddenWords are those that no refresh of single records can work out, with
// what they are.
var forbiddenWords = map[string]string{
	"select": "a subquery", "join": "a join", "union": "a set operation", "intersect": "a set operation",
	"except": "a set operation", "minus": "a set operation", "over": "a window function", "distinct": "a DISTINCT aggregate",
	"limit": "LIMIT", "having": "HAVING", "where": "WHERE",
	"getdate": "a function that changes by the clock", "sysdate": "a function that changes by the clock",
	"current_timestamp": "a function that changes by the clock", "current_date": "a function that changes by the clock",
	"now": "a function that changes by the clock", "timeofday": "a function that changes by the clock",
	"random": "a random value", "count": "an aggregate", "sum": "an aggregate", "avg": "an aggregate", "listagg": "an aggregate",
}

// callable are the forbidden words that are a column's name unless they are
// called.
var callable = wordSet("getdate now timeofday random count sum avg listagg over")

// findForbidden returns the first word that no streaming view can have.
func findForbidden(tokens []token) *misplaced {
	for i, t := range tokens {
		if why := forbidden(tokens, i); why != "" {
			return misplacedf(t.at, "%s, which a streaming view can't have; put it into a view over this one, or into the query", why)
		}
	}
	return nil
}

// forbidden returns what the word at i stands for, if no streaming view can have
// it. Behind a dot, a word is a name.
func forbidden(tokens []token, i int) string {
	is := func(i int, text string) bool { return i >= 0 && i < len(tokens) && tokens[i].text == text }
	text := tokens[i].text
	switch {
	case callable[text]:
		if !is(i+1, "(") {
			return ""
		}
	case is(i-1, "."):
		return ""
	case (text == "order" || text == "group") && is(i+1, "by"):
		return strings.ToUpper(text) + " BY"
	}
	return forbiddenWords[text]
}
