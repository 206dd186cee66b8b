package ddl

import (
	"fmt"
	"strings"
)

// parser reads tokens as one expression. It knows where a value, an operator and
// a key word can stand. It doesn't know which operator binds more tightly, nor which
// columns and functions exist.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/c_SQL_reference.html,
// the chapters on conditions, expressions, functions and literals.
type parser struct {
	sql    string
	tokens []token // of sql
	next   int     // the token to be read
	depth  int     // of parentheses, brackets and CASE
}

// maxDepth is how deep an expression may be nested. It keeps the parser from
// using up the stack; no server takes an expression that is much deeper.
const maxDepth = 200

// whole reads all tokens as one expression.
func (p *parser) whole() *misplaced {
	if err := p.expression(); err != nil {
		return err
	}
	if p.next < len(p.tokens) {
		return p.unexpected()
	}
	return nil
}

// unexpected returns the error for a token that can't follow what is before it.
func (p *parser) unexpected() *misplaced {
	at := p.at()
	switch text := p.peek(0).text; text {
	case ";":
		if p.next == len(p.tokens)-1 {
			return misplacedf(at, `";" ends the expression; leave it out`)
		}
		return misplacedf(at, `a second statement begins after ";"; write one expression`)
	case ",":
		return misplacedf(at, "a comma between two expressions; write one expression")
	case ")":
		return misplacedf(at, "a ) without its (; balance them")
	}
	return misplacedf(at, "%s isn't part of the expression before it; write one expression", p.shown())
}

// want returns the error for a token that stands in another one's place.
func (p *parser) want(what string) *misplaced {
	if p.peek(0).text == ";" {
		return p.unexpected()
	}
	if p.next == len(p.tokens) {
		return misplacedf(p.at(), "the expression ends where %s is missing; add it", what)
	}
	return misplacedf(p.at(), "%s stands where %s is missing; write one expression", p.shown(), what)
}

// shown names the next token.
func (p *parser) shown() string {
	switch t := p.peek(0); t.kind {
	case literal:
		return "a literal"
	case quotedName:
		return "a quoted name"
	case number:
		return "a number"
	default:
		return fmt.Sprintf("%q", p.sql[t.at:t.end])
	}
}

// at is the byte where the next token begins.
func (p *parser) at() int {
	if p.next == len(p.tokens) {
		return len(p.sql)
	}
	return p.tokens[p.next].at
}

// peek returns the token n behind the next one; past the end, an empty mark.
func (p *parser) peek(n int) token {
	if p.next+n < len(p.tokens) {
		return p.tokens[p.next+n]
	}
	return token{kind: mark}
}

// take moves past the texts, words or marks, if they come next in this order.
func (p *parser) take(texts ...string) bool {
	for i, text := range texts {
		if p.peek(i).text != text {
			return false
		}
	}
	p.next += len(texts)
	return true
}

// takeOne moves past the next token if its text is one of these.
func (p *parser) takeOne(texts map[string]bool) bool {
	if !texts[p.peek(0).text] {
		return false
	}
	p.next++
	return true
}

// takeKind moves past the next token if it is of this kind.
func (p *parser) takeKind(k kind) bool {
	if p.next == len(p.tokens) || p.peek(0).kind != k {
		return false
	}
	p.next++
	return true
}

// must moves past text, or tells that it is missing.
func (p *parser) must(text string) *misplaced {
	if !p.take(text) {
		return p.want(strings.ToUpper(text))
	}
	return nil
}

// mustTake is must as a step for all.
func (p *parser) mustTake(text string) func() *misplaced {
	return func() *misplaced { return p.must(text) }
}

// all takes the steps in order, up to the first error.
func all(steps ...func() *misplaced) *misplaced {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// nested reads what inside reads, and then the mark that closes the token just
// taken.
func (p *parser) nested(closing string, inside func() *misplaced) *misplaced {
	open := p.tokens[p.next-1]
	if p.depth++; p.depth > maxDepth {
		return misplacedf(open.at, "nested more than %d deep; write a simpler expression", maxDepth)
	}
	defer func() { p.depth-- }()
	if err := inside(); err != nil {
		return err
	}
	switch {
	case p.take(closing):
		return nil
	case p.next == len(p.tokens) && closing != "end":
		return misplacedf(open.at, "a %s without its %s; balance them", open.text, closing)
	case closing == "end":
		return p.want("END")
	}
	return p.unexpected()
}

// list reads expressions with commas between.
func (p *parser) list() *misplaced {
	for {
		if err := p.expression(); err != nil || !p.take(",") {
			return err
		}
	}
}

// expression reads conditions with AND and OR between.
func (p *parser) expression() *misplaced {
	for {
		for p.take("not") {
		}
		if err := p.condition(); err != nil {
			return err
		}
		if !p.take("and") && !p.take("or") {
			return nil
		}
	}
}

// condition reads a value and what is asked of it.
func (p *parser) condition() *misplaced {
	if err := p.value(); err != nil {
		return err
	}
	for {
		more, err := p.predicate()
		if err != nil || !more {
			return err
		}
		if p.binary() {
			if err := p.value(); err != nil {
				return err
			}
		}
	}
}

// truths are what IS asks for.
var truths = wordSet("null true false unknown")

// predicate reads what can stand behind a value and is no operator.
func (p *parser) predicate() (bool, *misplaced) {
	if p.take("isnull") || p.take("notnull") {
		return true, nil
	}
	if p.take("is") {
		p.take("not")
		if !p.takeOne(truths) {
			return false, p.want("NULL, TRUE, FALSE or UNKNOWN")
		}
		return true, nil
	}
	start := p.next
	p.take("not")
	switch {
	case p.take("in"):
		if err := p.must("("); err != nil {
			return false, err
		}
		return true, p.nested(")", p.list)
	case p.take("between"):
		return true, all(p.value, p.mustTake("and"), p.value)
	case p.take("like"), p.take("ilike"), p.take("similar", "to"):
		if err := p.value(); err != nil {
			return false, err
		}
		if p.take("escape") {
			return true, p.value()
		}
		return true, nil
	}
	p.next = start
	return false, nil
}

var (
	unaryOperators  = wordSet("+ - ~ @ |/ ||/")
	binaryOperators = without(operators, "@ |/ ||/")
)

func without(set map[string]bool, words string) map[string]bool {
	rest := map[string]bool{}
	for text := range set {
		rest[text] = !wordSet(words)[text]
	}
	return rest
}

// binary moves past an operator between two values.
func (p *parser) binary() bool {
	return p.take("at", "time", "zone") || p.takeOne(binaryOperators)
}

// value reads operands with operators between.
func (p *parser) value() *misplaced {
	for {
		for p.takeOne(unaryOperators) {
		}
		if err := p.operand(); err != nil {
			return err
		}
		for p.take("::") {
			if err := p.typeName(); err != nil {
				return err
			}
		}
		if !p.binary() {
			return nil
		}
	}
}
