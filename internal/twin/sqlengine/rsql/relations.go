package rsql

// frame is the state of relations in one level of parentheses.
type frame struct {
	function string // the word before the parenthesis
	from     bool   // whether the tokens are in a FROM clause
	expect   bool   // whether the next token begins a relation
}

// fromFunctions are the functions whose arguments may contain the word FROM.
var fromFunctions = set("extract substring trim overlay position")

// fromEnds are the words that end a FROM clause.
var fromEnds = set("where group order having limit offset fetch union intersect except minus window set qualify connect start")

// notAlias are the words after a relation that are not its alias.
var notAlias = set("where group order having limit offset fetch union intersect except minus window set qualify connect start " +
	"on join inner left right full cross natural using tablesample when pivot unpivot values select with")

// relations returns the relations after FROM, JOIN and USING, in order. It returns an error
// for a function in the place of a relation. Redshift has no such functions; PostgreSQL uses
// the function's name as a value, with which a statement could call further functions.
func relations(tokens []token, keep bool) ([]Relation, error) {
	var list []Relation
	stack := []frame{{}}
	c := &cursor{tokens: tokens, keep: keep}
	for !c.done() {
		f := &stack[len(stack)-1]
		switch t := c.peek(); {
		case t.is("("):
			inner := frame{function: before(c, 1).value}
			if f.expect && !c.at(1).is("select") && !c.at(1).is("with") {
				inner.from, inner.expect = true, true // a join in parentheses
			}
			f.expect = false
			stack = append(stack, inner)
		case t.is(")"):
			if len(stack) > 1 {
				stack = stack[:len(stack)-1]
			}
		case t.is("from") && !before(c, 1).is("distinct") && !fromFunctions[f.function],
			t.is("join"), t.is("using") && c.at(1).isName(), t.is(",") && f.from:
			f.from, f.expect = true, true
		case t.kind == word && fromEnds[t.value]:
			f.from, f.expect = false, false
		case f.expect && t.isName():
			f.expect = false
			name := c.pos
			if r, ok := relation(c); ok {
				list = append(list, r)
			} else if c.peek().is("(") {
				return nil, &Error{Code: codeUnsupported, Message: "a function isn't allowed in FROM", At: tokens[name].at + 1}
			}
			continue
		}
		c.next()
	}
	return list, nil
}

// before returns the token that is n tokens before the next one, or an empty operator before
// the first token.
func before(c *cursor, n int) token {
	if c.pos-n < 0 {
		return token{kind: operator}
	}
	return c.tokens[c.pos-n]
}

// relation reads a relation and its alias. It returns false for a function.
func relation(c *cursor) (Relation, bool) {
	r := Relation{from: c.pos}
	parts := []string{c.folded(c.next())}
	for c.peek().is(".") && c.at(1).isName() {
		c.next()
		parts = append(parts, c.folded(c.next()))
	}
	if c.peek().is("(") || len(parts) > 2 {
		return r, false
	}
	r.to, r.Name.Name = c.pos, parts[len(parts)-1]
	if len(parts) == 2 {
		r.Schema = parts[0]
	}
	c.accept("as")
	if t := c.peek(); t.isName() && (t.kind == quoted || !notAlias[t.value]) {
		r.Alias = c.folded(c.next())
	}
	return r, true
}
