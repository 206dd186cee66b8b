package ddl

import (
	"fmt"
	"strings"
)

// token is a word, a mark or a literal of an expression.
type token struct {
	text string // a word in lower case, a mark, or "" for a literal or a quoted name
	at   int    // its first byte
}

// checkExpression finds what would end the expression early and let the rest
// of it act as SQL of its own, and what no view that is refreshed record by
// record can have. What Redshift makes of the rest, only Redshift knows.
//
// Source of the rules: https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started.html
func checkExpression(sql string) error {
	tokens, err := tokenize(sql)
	if err != nil {
		return err
	}
	depth := 0
	for i, t := range tokens {
		switch t.text {
		case "(":
			depth++
		case ")":
			depth--
		case ";":
			return fmt.Errorf("%q has a semicolon; write one expression", sql)
		case ",":
			if depth == 0 {
				return fmt.Errorf("%q has a comma outside parentheses; write one expression", sql)
			}
		}
		if depth < 0 {
			return fmt.Errorf("%q has a ) without its (; balance them", sql)
		}
		if why := forbidden(tokens, i); why != "" {
			return fmt.Errorf("%q has %s, which a streaming view can't have; put it into a view over this one, or into the query", sql, why)
		}
	}
	if depth != 0 {
		return fmt.Errorf("%q has a ( without its ); balance them", sql)
	}
	return nil
}

// tokenize takes sql apart. It refuses comments and what is not closed.
func tokenize(sql string) ([]token, error) {
	var tokens []token
	for i := 0; i < len(sql); {
		start := i
		switch c := sql[i]; {
		case c == '\'' || c == '"':
			end := closing(sql, i)
			if end < 0 {
				return nil, fmt.Errorf("%q has a %c that is not closed; close it", sql, c)
			}
			tokens = append(tokens, token{"", start})
			i = end
		case strings.HasPrefix(sql[i:], "--"), strings.HasPrefix(sql[i:], "/*"):
			return nil, fmt.Errorf("%q has a comment; leave it out", sql)
		case isWord(c):
			for i < len(sql) && isWord(sql[i]) {
				i++
			}
			tokens = append(tokens, token{fold(sql[start:i]), start})
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
		default:
			tokens = append(tokens, token{sql[i : i+1], start})
			i++
		}
	}
	return tokens, nil
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// closing returns the byte behind the literal or quoted name that begins at
// start, or -1. A doubled quote stands for one; within a literal a backslash
// hides the byte behind it.
func closing(sql string, start int) int {
	quote := sql[start]
	for i := start + 1; i < len(sql); i++ {
		switch {
		case sql[i] == '\\' && quote == '\'':
			i++
		case sql[i] == quote && i+1 < len(sql) && sql[i+1] == quote:
			i++
		case sql[i] == quote:
			return i + 1
		}
	}
	return -1
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

// forbidden returns what the word at i stands for, if no streaming view can have
// it.
func forbidden(tokens []token, i int) string {
	word := tokens[i].text
	next := ""
	if i+1 < len(tokens) {
		next = tokens[i+1].text
	}
	switch {
	case (word == "order" || word == "group") && next == "by":
		return strings.ToUpper(word) + " BY"
	case callable[word] && next != "(":
		return ""
	}
	return forbiddenWords[word]
}
