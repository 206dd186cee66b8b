package rsql

import (
	"fmt"
	"slices"
)

// codeIndeterminate is the SQLSTATE of a value whose type can't be known.
//
// Source: https://www.postgresql.org/docs/17/errcodes-appendix.html
const codeIndeterminate = "42P18"

// listEnds are the words that end a SELECT list.
var listEnds = set("from where group having order limit offset union intersect except minus qualify into")

// checkParameters refuses a parameter that stands alone as an item of a SELECT list:
// nothing there gives it a type, as a CAST or a comparison would.
func checkParameters(tokens []token) error {
	var numbers []string // the parameters' names, by number
	lists := []bool{false}
	for i, t := range tokens {
		top := len(lists) - 1
		switch {
		case t.is("("):
			// What stands in parentheses alone is the item itself.
			lists = append(lists, lists[top] && beginsItem(tokens, i))
		case t.is(")") && top > 0:
			lists = lists[:top]
		case t.is("select"):
			lists[top] = true
		case t.kind == word && listEnds[t.value]:
			lists[top] = false
		case t.kind == param:
			if !slices.Contains(numbers, t.value) {
				numbers = append(numbers, t.value)
			}
			if lists[top] && beginsItem(tokens, i) && endsItem(tokens, i) {
				return &Error{Code: codeIndeterminate, Message: fmt.Sprintf("could not determine data type of parameter $%d", slices.Index(numbers, t.value)+1)}
			}
		}
	}
	return nil
}

// beginsItem reports whether the token at i is the first of an item.
func beginsItem(tokens []token, i int) bool {
	if i == 0 {
		return false
	}
	last := tokens[i-1]
	return last.is("select") || last.is("distinct") || last.is("all") || last.is(",") || last.is("(") && beginsItem(tokens, i-1)
}

// endsItem reports whether nothing but a name follows the token at i in its item.
func endsItem(tokens []token, i int) bool {
	if i+1 == len(tokens) {
		return true
	}
	next := tokens[i+1]
	switch {
	case next.is(")"):
		return endsItem(tokens, i+1)
	case next.is(","), next.is(";"), next.is("as"), next.kind == quoted:
		return true
	}
	return next.kind == word && (listEnds[next.value] || !operatorWords[next.value])
}

// operatorWords are the words that go on with an expression, where another word is
// the item's name.
var operatorWords = set("and or not in is isnull notnull between like ilike similar collate at over")
