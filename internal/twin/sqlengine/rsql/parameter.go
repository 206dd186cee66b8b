package rsql

import (
	"fmt"
	"slices"
)

// codeIndeterminate is the SQLSTATE of a parameter whose type can't be determined.
//
// Source: https://www.postgresql.org/docs/17/errcodes-appendix.html
const codeIndeterminate = "42P18"

// listEnds are the words that end a SELECT list.
var listEnds = set("from where group having order limit offset union intersect except minus qualify into")

// checkParameters returns an error if an item of a SELECT list consists of a parameter only,
// such as :p without a CAST. Redshift can't determine the type of such a parameter.
func checkParameters(tokens []token) error {
	var numbers []string   // the names of the parameters, in the order of their numbers
	lists := []bool{false} // for each level of parentheses, whether it is in a SELECT list
	for i, t := range tokens {
		top := len(lists) - 1
		switch {
		case t.is("("):
			// If an item begins with a parenthesis, a parameter in it may be the whole item.
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

// beginsItem reports whether the token at index i is the first token of an item. Opening
// parentheses before it are ignored.
func beginsItem(tokens []token, i int) bool {
	if i == 0 {
		return false
	}
	last := tokens[i-1]
	return last.is("select") || last.is("distinct") || last.is("all") || last.is(",") || last.is("(") && beginsItem(tokens, i-1)
}

// endsItem reports whether the token at index i is the last token of an item. Closing
// parentheses and the name of the item may follow it.
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

// operatorWords are the words that continue an expression. Another word after an expression
// is the name of the item.
var operatorWords = set("and or not in is isnull notnull between like ilike similar collate at over")
