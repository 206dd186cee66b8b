package rsql

import (
	"fmt"
	"slices"
	"strings"
)

// Env is what Rewrite has to know about the database.
type Env struct {
	Options
	// Supers are the names of the columns of type SUPER, of whatever table. Nil
	// means that there are none.
	Supers map[string]bool
	// Database is the database's name, and ServerDatabase PostgreSQL's name of it.
	Database, ServerDatabase string
	// HiddenDependents has pg_depend lack what depends on a materialized view.
	HiddenDependents bool
}

// Rewrite returns the query in PostgreSQL's words.
func (q *Query) Rewrite(e Env) (string, error) {
	tokens, err := q.rewrite(e)
	return join(tokens), err
}

// rewrite works on a copy of the query's tokens. Every step changes texts in
// place and moves no token, so that positions keep their meaning.
func (q *Query) rewrite(e Env) ([]token, error) {
	tokens := slices.Clone(q.tokens)
	if q.Verb == "COMMENT" || q.Verb == "SHOW" {
		return tokens, nil
	}
	navigate(tokens, q.Relations, e)
	if err := checkFields(tokens); err != nil {
		return nil, err
	}
	foldNames(tokens, e.CaseSensitiveIdentifier)
	if q.database != nil {
		name := &tokens[*q.database]
		if fold(name.value) != e.Database {
			return nil, &Error{Code: codeUnsupported, Message: fmt.Sprintf("the local twin grants on the database that it is connected to, got %q", name.value), At: name.at + 1}
		}
		name.raw = QuoteIdent(e.ServerDatabase)
	}
	if e.HiddenDependents {
		hideDependents(tokens, q.Relations)
	}
	rewriteCalls(tokens)
	if err := rewriteCasts(tokens); err != nil {
		return nil, err
	}
	return tokens, rewriteTryCasts(tokens)
}

// foldNames puts quoted names in lower case, and quotes the one kind of
// unquoted name that PostgreSQL doesn't know: #Users.
func foldNames(tokens []token, keep bool) {
	for i, t := range tokens {
		switch {
		case t.kind == word && strings.HasPrefix(t.raw, "#"):
			tokens[i].raw = QuoteIdent(t.value)
		case t.kind == quoted && !keep && strings.HasPrefix(t.raw, `"`):
			tokens[i].value = fold(t.value)
			tokens[i].raw = QuoteIdent(tokens[i].value)
		}
	}
}

// hideDependents puts pg_streaming's view of the name pg_depend in the place of the
// catalog's table.
func hideDependents(tokens []token, relations []Relation) {
	for _, r := range relations {
		if r.Name.Name != "pg_depend" || r.Schema != "" && r.Schema != "pg_catalog" {
			continue
		}
		for n := r.from; n < r.to; n++ {
			tokens[n].raw = ""
		}
		tokens[r.from].raw = "pg_streaming.pg_depend"
	}
}

// rewriteCalls changes what PostgreSQL's grammar has in the way of two kinds of
// call: JSON_SERIALIZE is a construct of its own there, and the date part of
// DATEADD and DATEDIFF a column.
func rewriteCalls(tokens []token) {
	for i := 0; i+3 < len(tokens); i++ {
		if !tokens[i+1].is("(") || tokens[i].kind != word {
			continue
		}
		switch part := tokens[i+2]; {
		case tokens[i].value == "json_serialize":
			tokens[i].raw = QuoteIdent(tokens[i].value)
		case (tokens[i].value == "dateadd" || tokens[i].value == "datediff") && part.kind == word && tokens[i+3].is(","):
			tokens[i+2].raw = QuoteLiteral(part.value)
		}
	}
}

// rewriteCasts gives the types of x::t and CAST(x AS t) PostgreSQL's names.
func rewriteCasts(tokens []token) error {
	for i, t := range tokens {
		at := -1
		switch {
		case t.is("::"):
			at = i + 1
		case (t.is("cast") || t.is("try_cast")) && i+1 < len(tokens) && tokens[i+1].is("("):
			as, _ := castParts(tokens, i)
			if as < 0 {
				return syntaxError(t)
			}
			at = as + 1
		}
		if at < 0 {
			continue
		}
		if isChar(tokens[at:]) && !t.is("try_cast") {
			throughSingleByte(tokens, i, at-1)
		}
		if err := rewriteType(tokens[at:]); err != nil {
			return err
		}
	}
	return nil
}

// throughSingleByte has a value pass through the type that refuses what a CHAR
// can't hold, on its way to the CHAR: by x::t at i, or by CAST(x AS t) with its
// AS.
func throughSingleByte(tokens []token, i, as int) {
	const through = "::pg_catalog.single_byte"
	if tokens[i].is("::") {
		tokens[i].raw = through + "::"
		return
	}
	tokens[i+1].raw, tokens[as].raw = "((", ")"+through+" AS"
}

// castParts returns the places of the AS and of the closing parenthesis of the
// CAST or TRY_CAST at i, or -1 where there is none.
func castParts(tokens []token, i int) (as, end int) {
	as, depth := -1, 0
	for n := i + 1; n < len(tokens); n++ {
		switch t := tokens[n]; {
		case t.is("("):
			depth++
		case t.is(")"):
			if depth--; depth == 0 {
				return as, n
			}
		case t.is("as") && depth == 1:
			as = n
		}
	}
	return -1, -1
}

// rewriteTryCasts turns TRY_CAST(x AS t) into try_cast(x, 't')::t, a function
// of the twin's that returns x where it converts. To text, everything does.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_TRY_CAST.html
func rewriteTryCasts(tokens []token) error {
	for i, t := range tokens {
		if !t.is("try_cast") || i+1 == len(tokens) || !tokens[i+1].is("(") {
			continue
		}
		as, end := castParts(tokens, i)
		if as < 0 || as+1 == end {
			return syntaxError(t)
		}
		target := tokens[as+1]
		name := join(tokens[as+1 : end])
		if target.is("boolean") || target.is("bool") {
			return &Error{Code: codeUnsupported, Message: "TRY_CAST to BOOLEAN isn't supported; use CASE", At: t.at + 1}
		}
		for n := as; n < end; n++ {
			tokens[n].space, tokens[n].raw = "", ""
		}
		tokens[end].raw = ")::" + name
		if textTypes[target.value] {
			tokens[i].raw = ""
			continue
		}
		tokens[i].raw, tokens[i+1].raw = "pg_catalog.try_cast", "(("
		tokens[as].raw = ")::text, " + QuoteLiteral(fold(name))
	}
	return nil
}
