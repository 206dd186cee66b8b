package ddl

import (
	"fmt"
	"strings"
)

// parser checks that its tokens are one expression. It knows where a value, an operator and
// a keyword are allowed. It doesn't know the precedence of operators, or the names of
// columns and functions.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/c_SQL_reference.html,
// the chapters on conditions, expressions, functions and literals.
type parser struct {
	sql    string
	tokens []token // the tokens of sql
	next   int     // the index of the next token to read
	depth  int     // the number of parentheses, brackets and CASE that are open
}

// maxDepth is the highest depth of nesting in an expression. It limits the recursion of
// the parser. Servers have limits, too.
const maxDepth = 200

// parse reads all tokens as one expression.
func (p *parser) parse() *syntaxError {
	if err := p.expression(); err != nil {
		return err
	}
	if p.next < len(p.tokens) {
		return p.unexpected()
	}
	return nil
}

// unexpected returns the error for a next token that can't follow the token before it.
func (p *parser) unexpected() *syntaxError {
	at := p.at()
	switch text := p.peek(0).text; text {
	case ";":
		if p.next == len(p.tokens)-1 {
			return syntaxErrorf(at, `";" is not allowed at the end; remove it`)
		}
		return syntaxErrorf(at, `a second statement begins after ";"; write one expression`)
	case ",":
		return syntaxErrorf(at, "a comma separates two expressions; write one expression")
	case ")":
		return syntaxErrorf(at, `")" has no matching "("; balance them`)
	}
	return syntaxErrorf(at, "%s can't follow the expression before it; write one expression", p.describeNext())
}

// expected returns the error for a next token that is not allowed. want describes the tokens
// that are allowed.
func (p *parser) expected(want string) *syntaxError {
	if p.peek(0).text == ";" {
		return p.unexpected()
	}
	if p.next == len(p.tokens) {
		return syntaxErrorf(p.at(), "expected %s, got the end of the expression; complete it", want)
	}
	return syntaxErrorf(p.at(), "expected %s, got %s; write one expression", want, p.describeNext())
}

// describeNext describes the next token in an error text.
func (p *parser) describeNext() string {
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

// at returns the byte offset of the next token, or the length of sql after the last token.
func (p *parser) at() int {
	if p.next == len(p.tokens) {
		return len(p.sql)
	}
	return p.tokens[p.next].at
}

// peek returns the token that is n tokens after the next one. After the last token, it
// returns a symbol without text.
func (p *parser) peek(n int) token {
	if p.next+n < len(p.tokens) {
		return p.tokens[p.next+n]
	}
	return token{kind: symbol}
}

// accept moves past the next tokens and returns true if they have these texts in this
// order. Otherwise it returns false.
func (p *parser) accept(texts ...string) bool {
	for i, text := range texts {
		if p.peek(i).text != text {
			return false
		}
	}
	p.next += len(texts)
	return true
}

// acceptAny moves past the next token and returns true if its text is in texts. Otherwise
// it returns false.
func (p *parser) acceptAny(texts map[string]bool) bool {
	if !texts[p.peek(0).text] {
		return false
	}
	p.next++
	return true
}

// acceptKind moves past the next token and returns true if it is of the kind k. Otherwise
// it returns false.
func (p *parser) acceptKind(k kind) bool {
	if p.next == len(p.tokens) || p.peek(0).kind != k {
		return false
	}
	p.next++
	return true
}

// required returns a function that moves past the next token if it has this text, and
// otherwise returns an error. It is an argument of inOrder.
func (p *parser) required(text string) func() *syntaxError {
	return func() *syntaxError {
		if p.accept(text) {
			return nil
		}
		if text == "," {
			return p.expected(`","`)
		}
		return p.expected(strings.ToUpper(text))
	}
}

// inOrder calls the functions in order, up to the first error.
func inOrder(steps ...func() *syntaxError) *syntaxError {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// nested calls inside, and then reads the token closing. The token before the next one is
// the opening parenthesis, bracket or CASE.
func (p *parser) nested(closing string, inside func() *syntaxError) *syntaxError {
	open := p.tokens[p.next-1]
	if p.depth++; p.depth > maxDepth {
		return syntaxErrorf(open.at, "the expression is nested more than %d levels deep; simplify it", maxDepth)
	}
	defer func() { p.depth-- }()
	if err := inside(); err != nil {
		return err
	}
	if p.accept(closing) {
		return nil
	}
	if closing == "end" {
		return p.expected("END")
	}
	if p.next == len(p.tokens) {
		return syntaxErrorf(open.at, "%q has no matching %q; balance them", open.text, closing)
	}
	return p.unexpected()
}

// list reads one or more expressions with commas between them.
func (p *parser) list() *syntaxError {
	for {
		if err := p.expression(); err != nil || !p.accept(",") {
			return err
		}
	}
}

// expression reads one or more conditions with AND or OR between them.
func (p *parser) expression() *syntaxError {
	for {
		for p.accept("not") {
		}
		if err := p.condition(); err != nil {
			return err
		}
		if !p.accept("and") && !p.accept("or") {
			return nil
		}
	}
}

// condition reads a value and any predicates after it, such as IS NULL and IN (…).
func (p *parser) condition() *syntaxError {
	if err := p.value(); err != nil {
		return err
	}
	for {
		more, err := p.predicate()
		if err != nil || !more {
			return err
		}
		if p.binaryOperator() {
			if err := p.value(); err != nil {
				return err
			}
		}
	}
}

// truthValues are the words that can follow IS and IS NOT.
var truthValues = wordSet("null true false unknown")

// predicate reads one predicate after a value. It returns false if the next tokens are not
// a predicate.
func (p *parser) predicate() (bool, *syntaxError) {
	if p.accept("isnull") || p.accept("notnull") {
		return true, nil
	}
	if p.accept("is") {
		p.accept("not")
		if !p.acceptAny(truthValues) {
			return false, p.expected("NULL, TRUE, FALSE or UNKNOWN")
		}
		return true, nil
	}
	start := p.next
	p.accept("not")
	switch {
	case p.accept("in"):
		if !p.accept("(") {
			return false, p.expected(`"("`)
		}
		return true, p.nested(")", p.list)
	case p.accept("between"):
		return true, inOrder(p.value, p.required("and"), p.value)
	case p.accept("like"), p.accept("ilike"), p.accept("similar", "to"):
		if err := p.value(); err != nil {
			return false, err
		}
		if p.accept("escape") {
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

// without returns the texts of set that are not in words.
func without(set map[string]bool, words string) map[string]bool {
	rest := map[string]bool{}
	for text := range set {
		rest[text] = !wordSet(words)[text]
	}
	return rest
}

// binaryOperator moves past an operator between two operands. It returns false if the next
// token is not one.
func (p *parser) binaryOperator() bool {
	return p.accept("at", "time", "zone") || p.acceptAny(binaryOperators)
}

// value reads one or more operands with operators between them.
func (p *parser) value() *syntaxError {
	for {
		for p.acceptAny(unaryOperators) {
		}
		if err := p.operand(); err != nil {
			return err
		}
		for p.accept("::") {
			if err := p.typeName(); err != nil {
				return err
			}
		}
		if !p.binaryOperator() {
			return nil
		}
	}
}
