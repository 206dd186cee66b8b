package ddl

import "strings"

var (
	// constants are reserved words that are a value.
	constants = wordSet("null true false user current_user current_user_id session_user")
	// reservedFunctions are reserved words that can be called.
	reservedFunctions = wordSet("left right array collate cast")
	// typesOfLiterals are the types that can stand before a literal.
	//
	// Sources: https://docs.aws.amazon.com/redshift/latest/dg/r_Date_and_time_literals.html and
	// https://docs.aws.amazon.com/redshift/latest/dg/r_interval_data_types.html
	typesOfLiterals = wordSet("date time timetz timestamp timestamptz interval")
)

// operand reads one value.
func (p *parser) operand() *misplaced {
	switch t := p.peek(0); {
	case p.takeKind(literal), p.takeKind(number):
		return nil
	case p.take("("):
		if err := p.nested(")", p.list); err != nil {
			return err
		}
		return p.navigation()
	case p.takeKind(quotedName):
		return p.name()
	case t.kind != word:
		return p.want("a value")
	case t.text == "case":
		return p.caseOf()
	case typesOfLiterals[t.text] && p.typedLiteral():
		if t.text == "interval" {
			return p.qualifier()
		}
		return nil
	case p.takeOne(constants):
		return nil
	case !reserved[t.text], reservedFunctions[t.text] && p.peek(1).text == "(":
		p.next++
		if read := special(t.text); read != nil && p.take("(") {
			if err := p.nested(")", func() *misplaced { return read(p) }); err != nil {
				return err
			}
			return p.navigation()
		}
		return p.name()
	}
	return p.want("a value")
}

// name reads what follows the first part of a name: more parts, and the
// arguments, if it is a function's.
func (p *parser) name() *misplaced {
	if err := p.navigation(); err != nil || !p.take("(") {
		return err
	}
	if !p.take(")") {
		if err := p.nested(")", p.list); err != nil {
			return err
		}
	}
	return p.navigation()
}

// navigation reads the way into a SUPER: .name and [index].
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/query-super.html
func (p *parser) navigation() *misplaced {
	for {
		switch {
		case p.take("."):
			if !p.takeKind(word) && !p.takeKind(quotedName) {
				return p.want("a name")
			}
		case p.take("["):
			if err := p.nested("]", p.expression); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

// caseOf reads CASE … END.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_CASE_function.html
func (p *parser) caseOf() *misplaced {
	p.next++
	return p.nested("end", func() *misplaced {
		if p.peek(0).text != "when" {
			if err := p.expression(); err != nil {
				return err
			}
		}
		if p.peek(0).text != "when" {
			return p.want("WHEN")
		}
		for p.take("when") {
			if err := all(p.expression, p.mustTake("then"), p.expression); err != nil {
				return err
			}
		}
		if p.take("else") {
			return p.expression()
		}
		return nil
	})
}

// typedLiteral moves past a type and the literal behind it.
func (p *parser) typedLiteral() bool {
	start := p.next
	p.next++
	p.zone()
	if p.takeKind(literal) {
		return true
	}
	p.next = start
	return false
}

// zone moves past WITH TIME ZONE or its opposite.
func (p *parser) zone() bool {
	return p.take("with", "time", "zone") || p.take("without", "time", "zone")
}

// parts are those of an interval.
var parts = wordSet("year month day hour minute second")

// qualifier reads what can follow an interval's literal: DAY TO SECOND (3).
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_interval_data_types.html
func (p *parser) qualifier() *misplaced {
	if !p.takeOne(parts) {
		return nil
	}
	if p.take("to") && !p.takeOne(parts) {
		return p.want("YEAR, MONTH, DAY, HOUR, MINUTE or SECOND")
	}
	return p.bounds()
}

// bounds reads the numbers of a type: (n), (n, m), (max).
func (p *parser) bounds() *misplaced {
	if !p.take("(") {
		return nil
	}
	return p.nested(")", func() *misplaced {
		for {
			if !p.takeKind(number) && !p.take("max") {
				return p.want("a number")
			}
			if !p.take(",") {
				return nil
			}
		}
	})
}

// typesOfWords are types of more than one word, by the first of them.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html
var typesOfWords = map[string]string{"double": "precision", "character": "varying", "binary": "varying", "national": "character"}

// typeName reads a type.
func (p *parser) typeName() *misplaced {
	t := p.peek(0)
	switch {
	case p.take("interval"):
		return p.qualifier()
	case t.kind == word && (!reserved[t.text] || t.text == "timestamp" || t.text == "binary"):
		p.next++
	default:
		return p.want("a type")
	}
	if second := typesOfWords[t.text]; second != "" {
		p.take(second)
	}
	if t.text == "national" {
		p.take("varying")
	}
	if err := p.bounds(); err != nil {
		return err
	}
	if strings.HasPrefix(t.text, "time") {
		p.zone()
	}
	return nil
}
