package rsql

import "strings"

// rewritePaths replaces paths into SUPER columns by jsonb's operators, in place:
// payload.a[0] becomes (payload #> ARRAY['a','0']). If the value is cast or compared, the
// operator is #>>, which returns the value's text. The keys in a path become lower case,
// unless the session keeps their case. So by default, payload.clusterID is NULL if the
// record's key is clusterID.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/super-configurations.html
func rewritePaths(tokens []token, relations []Relation, e Env) {
	if len(e.Supers) == 0 {
		return
	}
	alias := map[string]bool{}
	inRelation := make([]bool, len(tokens))
	for _, r := range relations {
		alias[r.Alias] = r.Alias != ""
		if r.Alias == "" {
			alias[r.Name.Name] = true
		}
		for i := r.from; i < r.to; i++ {
			inRelation[i] = true
		}
	}
	c := &cursor{tokens: tokens, keep: e.CaseSensitiveIdentifier}
	for !c.done() {
		t := c.peek()
		if !t.isName() || inRelation[c.pos] || before(c, 1).is(".") {
			c.next()
			continue
		}
		if alias[c.folded(t)] && c.at(1).is(".") {
			c.pos += 2
		}
		column := c.next()
		if c.pos <= len(tokens) && column.isName() && e.Supers[c.folded(column)] {
			rewritePath(c, e)
		}
	}
}

// rewritePath rewrites the path after the column that the cursor has just read, if there is
// one.
func rewritePath(c *cursor, e Env) {
	from := c.pos
	var path []string
	for {
		switch {
		case c.peek().is(".") && c.at(1).isName():
			path = append(path, QuoteLiteral(keyOf(c.at(1), e)))
			c.pos += 2
			continue
		case c.peek().is("[") && (c.at(1).kind == number || c.at(1).kind == text) && c.at(2).is("]"):
			path = append(path, QuoteLiteral(c.at(1).value))
			c.pos += 3
			continue
		}
		break
	}
	if len(path) == 0 {
		return
	}
	first := from - 1
	if first >= 2 && c.tokens[first-1].is(".") {
		first -= 2
	}
	op := " #> "
	if asText(c, first) {
		op = " #>> "
	}
	blank(c.tokens[from:c.pos])
	c.tokens[first].raw = "(" + c.tokens[first].raw
	c.tokens[from].raw = op + "ARRAY[" + strings.Join(path, ",") + "])"
}

// keyOf returns the object key that a token of a path names.
func keyOf(t token, e Env) string {
	name := t.value
	if t.kind == word {
		name = t.raw
	}
	if e.CaseSensitiveSuper || e.CaseSensitiveIdentifier && t.kind == quoted {
		return name
	}
	return fold(name)
}

// asText reports whether the value of a path is cast or compared. The path begins at the
// index first, and the cursor has just read it.
func asText(c *cursor, first int) bool {
	if c.peek().is("::") {
		return !c.at(1).is("super")
	}
	prev, next := &cursor{tokens: c.tokens, pos: first}, c.peek()
	if before(prev, 1).is("(") && (before(prev, 2).is("cast") || before(prev, 2).is("try_cast")) && next.is("as") {
		return true
	}
	return comparisons[next.value] && next.kind != quoted || comparisons[before(prev, 1).value] && before(prev, 1).kind == operator
}

// comparisons are the operators and words that compare values.
var comparisons = set("= <> != < > <= >= ~ ~* !~ !~* like ilike similar in between is not")
