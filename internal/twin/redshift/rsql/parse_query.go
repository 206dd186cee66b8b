package rsql

import (
	"slices"
	"strings"
)

// parseSelect reads the SELECT that ends a CREATE … AS.
func parseSelect(c *cursor) (*Query, error) {
	if t := c.peek(); !t.is("select") && !t.is("with") && !t.is("(") {
		return nil, syntaxError(t)
	}
	return newQuery("SELECT", c.rest(), c.keep)
}

// parseQuery returns a parser for a statement that reads relations.
func parseQuery(verb string) func(*cursor) (Statement, error) {
	return func(c *cursor) (Statement, error) { return newQuery(verb, c.tokens, c.keep) }
}

// newQuery returns a query of tokens, or an error for what PostgreSQL would
// run and Redshift would not.
func newQuery(verb string, tokens []token, keep bool) (*Query, error) {
	c := &cursor{tokens: tokens}
	for ; !c.done(); c.next() {
		for _, words := range postgresOnly {
			if at := c.pos; c.accept(words) {
				return nil, syntaxError(tokens[at])
			}
		}
	}
	if err := checkCalls(tokens); err != nil {
		return nil, err
	}
	return &Query{Verb: verb, Relations: relations(tokens, keep), tokens: tokens}, nil
}

// postgresOnly are PostgreSQL's words and operators that Redshift lacks. They
// are the likely ones, not all: what else slips in, only Redshift finds.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/c_unsupported-postgresql-features.html
var postgresOnly = []string{
	"on conflict", "returning", "lateral", "distinct on", "for update", "for share",
	") filter (", "->", "->>", "#>", "#>>",
}

// parseCreateView reads what follows CREATE [OR REPLACE] VIEW.
func parseCreateView(c *cursor) (Statement, error) {
	name, err := c.name()
	if err != nil {
		return nil, err
	}
	n := len(c.tokens)
	if n >= 4 && (&cursor{tokens: c.tokens, pos: n - 4}).accept("with no schema binding") {
		return nil, unsupported("CREATE VIEW … WITH NO SCHEMA BINDING")
	}
	q, err := newQuery("CREATE VIEW", c.tokens, c.keep)
	if err != nil {
		return nil, err
	}
	q.Changes = []Name{name}
	return q, nil
}

// parseCreateSchema reads what follows CREATE SCHEMA.
func parseCreateSchema(c *cursor) (Statement, error) {
	c.accept("if not exists")
	if _, err := c.ident(); err != nil {
		return nil, err
	}
	if c.accept("authorization") {
		if _, err := c.ident(); err != nil {
			return nil, err
		}
	}
	if c.peek().is("quota") {
		return nil, unsupported("CREATE SCHEMA … QUOTA")
	}
	return &Query{Verb: "CREATE SCHEMA", tokens: c.tokens}, c.end()
}

// parseCreateUser reads what follows CREATE USER: a name with a password or
// PASSWORD DISABLE.
func parseCreateUser(c *cursor) (Statement, error) {
	name, err := c.ident()
	if err != nil {
		return nil, err
	}
	c.accept("with")
	if err := c.expect("password"); err != nil {
		return nil, err
	}
	if t := c.next(); t.kind != text && !t.is("disable") {
		return nil, syntaxError(t)
	}
	if !c.done() {
		return nil, unsupported("CREATE USER … %s", c.peek().raw)
	}
	// Nobody signs in to the twin: the password is of no use, and isn't kept.
	tokens, err := lex("CREATE USER " + QuoteIdent(name))
	return &Query{Verb: "CREATE USER", tokens: tokens}, err
}

// parseGrant returns a parser for GRANT or REVOKE, which lose the word ROLE
// before a name: in PostgreSQL users, groups and roles are of one kind.
func parseGrant(verb string) func(*cursor) (Statement, error) {
	return func(c *cursor) (Statement, error) {
		to := slices.IndexFunc(c.tokens, func(t token) bool { return t.is("to") || t.is("from") })
		if to < 0 {
			return nil, syntaxError(token{})
		}
		for _, t := range c.tokens[1:to] {
			if t.is("role") || t.is("assumerole") || t.is("datashare") || t.is("model") {
				return nil, unsupported("%s … %s", verb, strings.ToUpper(t.value))
			}
		}
		for i := to + 1; i < len(c.tokens); i++ {
			before := c.tokens[i-1]
			if c.tokens[i].is("role") && (i == to+1 || before.is(",")) {
				c.tokens[i].raw = ""
			}
		}
		return &Query{Verb: verb, tokens: c.tokens}, nil
	}
}

// parseSet reads what follows SET.
func parseSet(c *cursor) (Statement, error) {
	name := c.peek().value
	if name != CaseSensitiveIdentifier && name != CaseSensitiveSuper {
		if t := c.peek(); t.is("local") || t.is("session") && c.at(1).is("authorization") {
			return nil, unsupported("SET %s", strings.ToUpper(t.value))
		}
		return &Query{Verb: "SET", tokens: c.tokens}, nil
	}
	c.next()
	if !c.accept("to") && !c.accept("=") {
		return nil, syntaxError(c.peek())
	}
	switch t := c.next(); fold(t.value) {
	case "true", "on":
		return Set{Parameter: name, On: true}, c.end()
	case "false", "off", "default":
		return Set{Parameter: name}, c.end()
	default:
		return nil, syntaxError(t)
	}
}
