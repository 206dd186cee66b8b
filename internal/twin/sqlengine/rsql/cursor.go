package rsql

import "strings"

// cursor reads the tokens of a statement in order.
type cursor struct {
	tokens []token
	pos    int  // index of the next token
	keep   bool // whether quoted names keep their case
}

// peek returns the next token without reading it. At the end, it returns an empty operator.
func (c *cursor) peek() token { return c.at(0) }

// at returns the token that is n tokens after the next one. After the end, it returns an
// empty operator.
func (c *cursor) at(n int) token {
	if c.pos+n < len(c.tokens) {
		return c.tokens[c.pos+n]
	}
	return token{kind: operator}
}

// done reports whether all tokens have been read.
func (c *cursor) done() bool { return c.pos >= len(c.tokens) }

// next reads and returns the next token.
func (c *cursor) next() token {
	t := c.peek()
	c.pos++
	return t
}

// accept reports whether the next tokens are the given keywords or operators, which are
// separated by spaces. If they are, it reads them.
func (c *cursor) accept(words string) bool {
	list := strings.Fields(words)
	for i, w := range list {
		if !c.at(i).is(w) {
			return false
		}
	}
	c.pos += len(list)
	return true
}

// expect reads the given keywords or operators. It returns an error if the next tokens are
// others.
func (c *cursor) expect(words string) error {
	for w := range strings.FieldsSeq(words) {
		if !c.accept(w) {
			return syntaxError(c.peek())
		}
	}
	return nil
}

// end returns an error if tokens have not been read.
func (c *cursor) end() error {
	if !c.done() {
		return syntaxError(c.peek())
	}
	return nil
}

// ident reads one name and returns it folded.
func (c *cursor) ident() (string, error) {
	t := c.next()
	if !t.isName() || t.kind == word && reserved[t.value] {
		return "", syntaxError(t)
	}
	return c.folded(t), nil
}

// folded returns the name that a token contains, folded as the session requires.
func (c *cursor) folded(t token) string {
	if t.kind == quoted && !c.keep {
		return fold(t.value)
	}
	return t.value
}

// name reads a name with or without its schema.
func (c *cursor) name() (Name, error) {
	first, err := c.ident()
	if err != nil {
		return Name{}, err
	}
	if !c.accept(".") {
		return Name{Name: first}, nil
	}
	second, err := c.ident()
	return Name{Schema: first, Name: second}, err
}

// names reads names that are separated by commas.
func (c *cursor) names() ([]Name, error) {
	var list []Name
	for {
		n, err := c.name()
		if err != nil {
			return nil, err
		}
		list = append(list, n)
		if !c.accept(",") {
			return list, nil
		}
	}
}

// idents reads names without schemas that are separated by commas.
func (c *cursor) idents() ([]string, error) {
	var list []string
	for {
		name, err := c.ident()
		if err != nil {
			return nil, err
		}
		list = append(list, name)
		if !c.accept(",") {
			return list, nil
		}
	}
}

// columns reads a list of column names in parentheses.
func (c *cursor) columns() ([]string, error) {
	inside, err := c.group()
	if err != nil {
		return nil, err
	}
	var list []string
	for _, part := range split(inside) {
		p := &cursor{tokens: part, keep: c.keep}
		name, err := p.ident()
		if err == nil {
			err = p.end()
		}
		if err != nil {
			return nil, err
		}
		list = append(list, name)
	}
	return list, nil
}

// yesNo reads YES or NO.
func (c *cursor) yesNo() (bool, error) {
	switch t := c.next(); {
	case t.is("yes"):
		return true, nil
	case t.is("no"):
		return false, nil
	default:
		return false, syntaxError(t)
	}
}

// behavior reads CASCADE or RESTRICT if it is next, and reports whether it was CASCADE.
func (c *cursor) behavior() (cascade bool) {
	if c.accept("cascade") {
		return true
	}
	c.accept("restrict")
	return false
}

// group reads a pair of parentheses and returns the tokens between them.
func (c *cursor) group() ([]token, error) {
	if err := c.expect("("); err != nil {
		return nil, err
	}
	from, depth := c.pos, 1
	for !c.done() {
		switch t := c.next(); {
		case t.is("("):
			depth++
		case t.is(")"):
			if depth--; depth == 0 {
				return c.tokens[from : c.pos-1], nil
			}
		}
	}
	return nil, syntaxError(token{})
}

// rest reads and returns all remaining tokens.
func (c *cursor) rest() []token {
	from := min(c.pos, len(c.tokens))
	c.pos = len(c.tokens)
	return c.tokens[from:]
}

// split splits tokens at the commas that are not in parentheses or brackets.
func split(tokens []token) [][]token {
	var list [][]token
	from, depth := 0, 0
	for i, t := range tokens {
		switch {
		case t.is("("), t.is("["):
			depth++
		case t.is(")"), t.is("]"):
			depth--
		case t.is(",") && depth == 0:
			list = append(list, tokens[from:i])
			from = i + 1
		}
	}
	return append(list, tokens[from:])
}

// reserved are keywords that can't be unquoted names. They are those that may follow where
// this package reads a name.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_pg_keywords.html
var reserved = set("all and any as asc between both case cast check collate column constraint create cross " +
	"default deferrable desc distinct do else end except false for foreign freeze from full grant group having " +
	"identity in inner intersect into is isnull join leading left like limit minus natural not notnull null off " +
	"offset on only or order outer overlaps parallel percent primary references right select similar some sortkey " +
	"table then to top trailing true truncatecolumns union unique using when where with")

// set returns the set of the words in s.
func set(s string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		m[w] = true
	}
	return m
}
