package ddl

import "strings"

var (
	// constants are the reserved words that are values.
	constants = wordSet("null true false user current_user current_user_id session_user")
	// reservedFunctions are the reserved words that are names of functions.
	reservedFunctions = wordSet("left right array collate cast")
	// reservedTypes are the reserved words that are names of types, or the first word of one.
	reservedTypes = wordSet("timestamp binary")
	// literalTypes are the types that can be written before a literal, as in DATE '2008-02-18'.
	//
	// Sources: https://docs.aws.amazon.com/redshift/latest/dg/r_Date_and_time_literals.html and
	// https://docs.aws.amazon.com/redshift/latest/dg/r_interval_data_types.html
	literalTypes = wordSet("date time timetz timestamp timestamptz interval")
)

// operand reads one operand of an operator.
func (p *parser) operand() *syntaxError {
	switch t := p.peek(0); {
	case p.acceptKind(literal), p.acceptKind(number):
		return nil
	case p.accept("("):
		if err := p.nested(")", p.list); err != nil {
			return err
		}
		return p.navigation()
	case p.acceptKind(quotedName):
		return p.afterName()
	case p.accept("case"):
		return p.nested("end", p.caseExpression)
	case literalTypes[t.text] && p.typedLiteral():
		if t.text == "interval" {
			return p.intervalQualifier()
		}
		return nil
	case p.acceptAny(constants):
		return nil
	case p.acceptName():
		if arguments := keywordArguments(t.text); arguments != nil && p.accept("(") {
			if err := p.nested(")", func() *syntaxError { return arguments(p) }); err != nil {
				return err
			}
			return p.navigation()
		}
		return p.afterName()
	}
	return p.expected("a value")
}

// acceptName moves past the next token and returns true if it is a name without quotes.
// Otherwise it returns false. A reserved word is a name only if it is that of a function,
// with a parenthesis after it.
func (p *parser) acceptName() bool {
	text := p.peek(0).text
	isCall := reservedFunctions[text] && p.peek(1).text == "("
	if reserved[text] && !isCall {
		return false
	}
	return p.acceptKind(word)
}

// afterName reads the text after the first part of a name: more parts, and the arguments,
// if it is the name of a function.
func (p *parser) afterName() *syntaxError {
	if err := p.navigation(); err != nil || !p.accept("(") {
		return err
	}
	if !p.accept(")") {
		if err := p.nested(")", p.list); err != nil {
			return err
		}
	}
	return p.navigation()
}

// navigation reads any number of .name and [index], which select a part of a SUPER value.
// It also reads .name after the name of a table or a schema.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/query-super.html
func (p *parser) navigation() *syntaxError {
	for {
		switch {
		case p.accept("."):
			if !p.acceptKind(word) && !p.acceptKind(quotedName) {
				return p.expected("a name")
			}
		case p.accept("["):
			if err := p.nested("]", p.expression); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

// caseExpression reads the text between CASE and END.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_CASE_function.html
func (p *parser) caseExpression() *syntaxError {
	if p.peek(0).text != "when" {
		if err := p.expression(); err != nil {
			return err
		}
	}
	if p.peek(0).text != "when" {
		return p.expected("WHEN")
	}
	for p.accept("when") {
		if err := inOrder(p.expression, p.required("then"), p.expression); err != nil {
			return err
		}
	}
	if p.accept("else") {
		return p.expression()
	}
	return nil
}

// typedLiteral moves past a type and the literal after it. If the next tokens are something
// else, it returns false and doesn't move.
func (p *parser) typedLiteral() bool {
	start := p.next
	p.next++
	p.timeZone()
	if p.acceptKind(literal) {
		return true
	}
	p.next = start
	return false
}

// timeZone moves past WITH TIME ZONE or WITHOUT TIME ZONE, if it is next.
func (p *parser) timeZone() bool {
	return p.accept("with", "time", "zone") || p.accept("without", "time", "zone")
}

// intervalFields are the units in the qualifier of an interval.
var intervalFields = wordSet("year month day hour minute second")

// intervalQualifier reads the optional units after the literal of an interval, such as
// DAY TO SECOND (3).
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_interval_data_types.html
func (p *parser) intervalQualifier() *syntaxError {
	if !p.acceptAny(intervalFields) {
		return nil
	}
	if p.accept("to") && !p.acceptAny(intervalFields) {
		return p.expected("YEAR, MONTH, DAY, HOUR, MINUTE or SECOND")
	}
	return p.typeParameters()
}

// typeParameters reads the optional parameters of a type: (n), (n, m) or (max).
func (p *parser) typeParameters() *syntaxError {
	if !p.accept("(") {
		return nil
	}
	return p.nested(")", func() *syntaxError {
		for {
			if !p.acceptKind(number) && !p.accept("max") {
				return p.expected("a number")
			}
			if !p.accept(",") {
				return nil
			}
		}
	})
}

// secondWords has the second word of each type whose name has several words, by its first
// word.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html
var secondWords = map[string]string{"double": "precision", "character": "varying", "binary": "varying", "national": "character"}

// typeName reads the name of a type with its parameters.
func (p *parser) typeName() *syntaxError {
	if p.accept("interval") {
		return p.intervalQualifier()
	}
	t := p.peek(0)
	if reserved[t.text] && !reservedTypes[t.text] || !p.acceptKind(word) {
		return p.expected("a type")
	}
	if second := secondWords[t.text]; second != "" {
		p.accept(second)
	}
	if t.text == "national" {
		p.accept("varying")
	}
	if err := p.typeParameters(); err != nil {
		return err
	}
	if strings.HasPrefix(t.text, "time") {
		p.timeZone()
	}
	return nil
}
