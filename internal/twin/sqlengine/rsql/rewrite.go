package rsql

import (
	"fmt"
	"slices"
	"strings"
)

// Env contains the options of the session and the facts about the database that Rewrite
// needs.
type Env struct {
	Options
	// Supers are the names of the columns of type SUPER in all tables. Nil means that
	// there are none.
	Supers map[string]bool
	// Database is the name of the database in Redshift, and ServerDatabase its name in
	// PostgreSQL.
	Database, ServerDatabase string
	// HiddenDependents removes the objects that depend on a materialized view from
	// pg_depend.
	HiddenDependents bool
}

// Rewrite returns the text of the query for PostgreSQL.
func (q *Query) Rewrite(e Env) (string, error) {
	tokens, err := q.rewrite(e)
	return join(tokens), err
}

// rewrite returns a rewritten copy of the query's tokens. It changes the texts of tokens, but
// adds and removes no tokens, so that indexes of tokens stay valid.
func (q *Query) rewrite(e Env) ([]token, error) {
	tokens := slices.Clone(q.tokens)
	if q.Verb == "COMMENT" || q.Verb == "SHOW" {
		return tokens, nil
	}
	rewritePaths(tokens, q.Relations, e)
	if err := checkFields(tokens); err != nil {
		return nil, err
	}
	foldNames(tokens, e.CaseSensitiveIdentifier)
	if q.database != nil {
		name := &tokens[*q.database]
		if fold(name.value) != e.Database {
			return nil, &Error{Code: codeUnsupported, Message: fmt.Sprintf("the local twin grants privileges on the connected database only, got %q", name.value), At: name.at + 1}
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

// foldNames changes quoted names to lower case, unless keep is true. It also quotes unquoted
// names that begin with #, such as #Users, which PostgreSQL doesn't have.
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

// hideDependents replaces the relation pg_depend by the view pg_streaming.pg_depend.
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

// rewriteCalls rewrites calls that mean something else in PostgreSQL. JSON_SERIALIZE has its
// own syntax there, so its name is quoted. The date part of DATEADD and DATEDIFF would be a
// column, so it becomes a string.
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

// rewriteCasts rewrites the types in x::t and CAST(x AS t) for PostgreSQL.
func rewriteCasts(tokens []token) error {
	for i, t := range tokens {
		typeAt := -1
		switch {
		case t.is("::"):
			typeAt = i + 1
		case (t.is("cast") || t.is("try_cast")) && i+1 < len(tokens) && tokens[i+1].is("("):
			as, _ := castParts(tokens, i)
			if as < 0 {
				return syntaxError(t)
			}
			typeAt = as + 1
		}
		if typeAt < 0 {
			continue
		}
		if isChar(tokens[typeAt:]) && !t.is("try_cast") {
			castToSingleByte(tokens, i, typeAt-1)
		}
		if err := rewriteType(tokens[typeAt:]); err != nil {
			return err
		}
	}
	return nil
}

// castToSingleByte adds a cast to single_byte, which refuses characters that a CHAR can't
// contain, before a cast to CHAR. The cast is x::t with its operator at index i, or
// CAST(x AS t) with CAST at index i and AS at index as.
func castToSingleByte(tokens []token, i, as int) {
	const cast = "::pg_catalog.single_byte"
	if tokens[i].is("::") {
		tokens[i].raw = cast + "::"
		return
	}
	tokens[i+1].raw, tokens[as].raw = "((", ")"+cast+" AS"
}

// castParts returns the indexes of AS and of the closing parenthesis in the CAST or TRY_CAST
// at index i. An index is -1 if the token doesn't exist.
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

// rewriteTryCasts replaces TRY_CAST(x AS t) by try_cast(x, 't')::t. The function try_cast
// returns x if x can be converted to t, and NULL otherwise. If t is a text type, the result is
// (x)::t, since every value can be converted to text.
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
