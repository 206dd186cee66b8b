package rsql

import (
	"slices"
	"strings"
)

// Options affect how Parse and Rewrite interpret a statement.
type Options struct {
	CaseSensitiveIdentifier bool // quoted names keep their case
	CaseSensitiveSuper      bool // paths into a SUPER column keep their case
	// Parameters are the values of named parameters, such as :a, by their names without
	// the colon. A parameter without a value is an error.
	Parameters map[string]string
	// UntypedParameters refuses a parameter that is an item of a SELECT list and has no
	// CAST.
	UntypedParameters bool
}

// Parse parses one statement, which may end with semicolons. The error is an *Error if the
// statement isn't valid in Redshift, or if the twin doesn't support it.
func Parse(sql string, o Options) (Statement, error) {
	tokens, err := lex(sql)
	if err != nil {
		return nil, err
	}
	if o.UntypedParameters {
		if err := checkParameters(tokens); err != nil {
			return nil, err
		}
	}
	if tokens, err = substitute(tokens, o.Parameters); err != nil {
		return nil, err
	}
	if tokens, err = single(tokens); err != nil {
		return nil, err
	}
	c := &cursor{tokens: tokens, keep: o.CaseSensitiveIdentifier}
	if len(tokens) == 0 {
		return nil, &Error{Code: codeSyntax, Message: "the statement is empty"}
	}
	if err := checkBrackets(tokens); err != nil {
		return nil, err
	}
	if err := checkNames(tokens); err != nil {
		return nil, err
	}
	for _, p := range parsers {
		if !c.accept(p.words) {
			continue
		}
		st, err := p.parse(c)
		if err == nil {
			err = checkTargets(targets(st)...)
		}
		if err != nil {
			return nil, err
		}
		return st, nil
	}
	return nil, unknown(c)
}

// single returns the tokens without semicolons at the end. It returns an error if they
// contain more than one statement.
func single(tokens []token) ([]token, error) {
	n := len(tokens)
	for n > 0 && tokens[n-1].is(";") {
		n--
	}
	for _, t := range tokens[:n] {
		if t.is(";") {
			return nil, &Error{Code: codeSyntax, Message: "only one statement is allowed; send each statement separately", At: t.at + 1}
		}
	}
	return tokens[:n], nil
}

// substitute replaces named parameters by their values, in place. Each value becomes a
// string literal. It returns an error for a parameter without a value.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html
func substitute(tokens []token, values map[string]string) ([]token, error) {
	for i, t := range tokens {
		if t.kind != param {
			continue
		}
		v, ok := values[t.value]
		if !ok {
			return nil, &Error{Code: codeUndefined, Message: "parameter \":" + t.value + "\" has no value; add it to Parameters", At: t.at + 1}
		}
		tokens[i].kind, tokens[i].value, tokens[i].raw = text, v, QuoteLiteral(v)
	}
	return tokens, nil
}

// Parameters returns the names of the named parameters in a statement, in the order of their
// first use.
func Parameters(sql string) ([]string, error) {
	tokens, err := lex(sql)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, t := range tokens {
		if t.kind == param && !slices.Contains(names, t.value) {
			names = append(names, t.value)
		}
	}
	return names, nil
}

// parsers are the known statements by their first words. Parse uses the first element whose
// words match.
var parsers = []struct {
	words string
	parse func(*cursor) (Statement, error)
}{
	{"create external schema", parseCreateExternalSchema},
	{"drop schema", parseDropSchema},
	{"create materialized view", parseCreateMaterializedView},
	{"alter materialized view", parseAlterMaterializedView},
	{"refresh materialized view", parseRefreshMaterializedView},
	{"drop materialized view", parseDropMaterializedView},
	{"create table", parseCreateTable},
	{"create temp table", parseCreateTempTable},
	{"create temporary table", parseCreateTempTable},
	{"alter table", parseAlterTable},
	{"drop table", parseDropTable},
	{"create view", parseCreateView},
	{"create or replace view", parseCreateView},
	{"drop view", parseDropView},
	{"create schema", parseCreateSchema},
	{"create user", parseCreateUser("USER")},
	{"create group", parseCreateUser("GROUP")},
	{"create role", parseCreateUser("ROLE")},
	{"drop user", parseDropUsers},
	{"drop group", parseDropUsers},
	{"drop role", parseDropUsers},
	{"grant", parseGrant("GRANT")},
	{"revoke", parseGrant("REVOKE")},
	{"set", parseSet},
	{"show", parseShow},
	{"reset", parseReset},
	{"select", parseQuery("SELECT")},
	{"with", parseQuery("WITH")},
	{"(", parseQuery("SELECT")},
	{"insert into", parseWrite("INSERT")},
	{"update", parseWrite("UPDATE")},
	{"delete from", parseWrite("DELETE")},
	{"delete", parseWrite("DELETE")},
	{"merge into", parseWrite("MERGE")},
	{"truncate table", parseTruncate},
	{"truncate", parseTruncate},
	{"explain verbose", parseExplain},
	{"explain", parseExplain},
	{"analyze verbose", parseAnalyze},
	{"analyze", parseAnalyze},
	{"comment on", parseComment},
}

// unknown returns the error for an unknown statement. If its first word is one of verbs, the
// error names its first two words, or three after CREATE.
func unknown(c *cursor) error {
	first := c.peek()
	if first.kind != word || !verbs[first.value] {
		return syntaxError(first)
	}
	words := []string{strings.ToUpper(first.value)}
	for n := 1; n < 3 && c.at(n).kind == word && first.is("create") || n < 2 && c.at(n).kind == word; n++ {
		words = append(words, strings.ToUpper(c.at(n).value))
	}
	return unsupported("%s", strings.Join(words, " "))
}

// verbs are the first words of statements that Redshift has and the twin doesn't run.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/c_SQL_commands.html
var verbs = set("abort alter analyze attach begin call cancel close commit copy create deallocate declare desc " +
	"describe detach drop end execute fetch import insert lock prepare refresh rollback start unload use vacuum")
