package rsql

import "strings"

// parseSelect parses the query at the end of a CREATE … AS.
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

// newQuery returns a Query with the tokens. It returns an error if they contain expressions
// or targets that a statement must not have.
func newQuery(verb string, tokens []token, keep bool) (*Query, error) {
	if err := checkExpressions(tokens); err != nil {
		return nil, err
	}
	for i, t := range tokens {
		if !t.is("into") {
			continue
		}
		target, err := (&cursor{tokens: tokens, pos: i + 1, keep: keep}).name()
		if err == nil {
			err = checkTargets(target)
		}
		if err != nil {
			return nil, err
		}
	}
	read, err := relations(tokens, keep)
	return &Query{Verb: verb, Relations: read, tokens: tokens}, err
}

// parseWrite returns a parser for a statement that changes rows of a relation. The relation's
// name follows the first words of the statement.
func parseWrite(verb string) func(*cursor) (Statement, error) {
	return func(c *cursor) (Statement, error) {
		target, err := c.name()
		if err != nil {
			return nil, err
		}
		if err := checkTargets(target); err != nil {
			return nil, err
		}
		return newQuery(verb, c.tokens, c.keep)
	}
}

// parseTruncate parses the tokens after TRUNCATE [TABLE].
func parseTruncate(c *cursor) (Statement, error) {
	name, err := c.name()
	if err != nil {
		return nil, err
	}
	if err := checkTargets(name); err != nil {
		return nil, err
	}
	return &Query{Verb: "TRUNCATE", tokens: c.tokens}, c.end()
}

// parseExplain parses the tokens after EXPLAIN [VERBOSE], which are a statement that reads or
// changes rows.
func parseExplain(c *cursor) (Statement, error) {
	explained := &cursor{tokens: c.tokens[c.pos:], keep: c.keep}
	for _, words := range []string{"select", "with", "insert into", "update", "delete from", "delete", "merge into"} {
		if !explained.accept(words) {
			continue
		}
		if words != "select" && words != "with" {
			target, err := explained.name()
			if err == nil {
				err = checkTargets(target)
			}
			if err != nil {
				return nil, err
			}
		}
		return newQuery("EXPLAIN", c.tokens, c.keep)
	}
	return nil, syntaxError(c.peek())
}

// parseAnalyze parses the tokens after ANALYZE [VERBOSE].
func parseAnalyze(c *cursor) (Statement, error) {
	if !c.done() {
		if _, err := c.name(); err != nil {
			return nil, err
		}
	}
	return &Query{Verb: "ANALYZE", tokens: c.tokens}, c.end()
}

// parseComment parses the tokens after COMMENT ON.
func parseComment(c *cursor) (Statement, error) {
	column := c.accept("column")
	if !column && !c.accept("table") && !c.accept("view") {
		return nil, unsupported("COMMENT ON %s", strings.ToUpper(c.peek().value))
	}
	name, err := c.name()
	if err != nil {
		return nil, err
	}
	if column { // relation.column, or schema.relation.column
		if c.accept(".") {
			if _, err := c.ident(); err != nil {
				return nil, err
			}
		} else {
			name = Name{Name: name.Schema}
		}
	}
	if err := checkTargets(name); err != nil {
		return nil, err
	}
	if err := c.expect("is"); err != nil {
		return nil, err
	}
	if t := c.next(); t.kind != text && !t.is("null") {
		return nil, syntaxError(t)
	}
	return &Query{Verb: "COMMENT", tokens: c.tokens}, c.end()
}

// parseCreateView parses the tokens after CREATE [OR REPLACE] VIEW.
func parseCreateView(c *cursor) (Statement, error) {
	name, err := c.name()
	if err != nil {
		return nil, err
	}
	if c.peek().is("(") {
		if _, err := c.columns(); err != nil {
			return nil, err
		}
	}
	if err := c.expect("as"); err != nil {
		return nil, err
	}
	if t := c.peek(); !t.is("select") && !t.is("with") && !t.is("(") {
		return nil, syntaxError(t)
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

// parseDropView parses the tokens after DROP VIEW.
func parseDropView(c *cursor) (Statement, error) {
	c.accept("if exists")
	names, err := c.names()
	if err != nil {
		return nil, err
	}
	if err := checkTargets(names...); err != nil {
		return nil, err
	}
	c.behavior()
	return &Query{Verb: "DROP VIEW", tokens: c.tokens}, c.end()
}

// parseCreateSchema parses the tokens after CREATE SCHEMA.
func parseCreateSchema(c *cursor) (Statement, error) {
	c.accept("if not exists")
	name, err := c.ident()
	if err != nil {
		return nil, err
	}
	if err := checkTargets(Name{Name: name}); err != nil {
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
