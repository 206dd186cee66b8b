package ddl

// keywordArguments returns the method that reads the arguments of a function whose arguments
// have keywords between them, such as CAST(x AS type). It returns nil for other functions.
func keywordArguments(function string) func(*parser) *syntaxError {
	switch function {
	case "cast", "try_cast":
		return (*parser).castArguments
	case "convert":
		return (*parser).convertArguments
	case "extract":
		return (*parser).extractArguments
	case "position":
		return (*parser).positionArguments
	case "substring":
		return (*parser).substringArguments
	case "trim":
		return (*parser).trimArguments
	}
	return nil
}

// castArguments reads the arguments of CAST(x AS type) and TRY_CAST(x AS type).
//
// Sources: https://docs.aws.amazon.com/redshift/latest/dg/r_CAST_function.html and
// https://docs.aws.amazon.com/redshift/latest/dg/r_TRY_CAST.html
func (p *parser) castArguments() *syntaxError {
	return inOrder(p.expression, p.required("as"), p.typeName)
}

// convertArguments reads the arguments of CONVERT(type, x).
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_CONVERT_function.html
func (p *parser) convertArguments() *syntaxError {
	return inOrder(p.typeName, p.required(","), p.expression)
}

// extractArguments reads the arguments of EXTRACT(part FROM x).
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_EXTRACT_function.html
func (p *parser) extractArguments() *syntaxError {
	if !p.acceptKind(word) && !p.acceptKind(literal) {
		return p.expected("a part of a date")
	}
	return inOrder(p.required("from"), p.expression)
}

// positionArguments reads the arguments of POSITION(a IN b).
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_POSITION.html
func (p *parser) positionArguments() *syntaxError {
	return inOrder(p.value, p.required("in"), p.value)
}

// substringArguments reads the arguments of SUBSTRING(x FROM n FOR m) or of
// SUBSTRING(x, n, m).
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_SUBSTRING.html
func (p *parser) substringArguments() *syntaxError {
	if err := p.list(); err != nil {
		return err
	}
	for _, keyword := range []string{"from", "for"} {
		if p.accept(keyword) {
			if err := p.expression(); err != nil {
				return err
			}
		}
	}
	return nil
}

// trimArguments reads the arguments of TRIM(BOTH 'x' FROM y), in which BOTH and 'x' are
// optional, or of TRIM(y).
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_TRIM.html
func (p *parser) trimArguments() *syntaxError {
	hasSide := p.accept("both") || p.accept("leading") || p.accept("trailing")
	if !hasSide || p.peek(0).text != "from" {
		if err := p.list(); err != nil {
			return err
		}
	}
	if p.accept("from") {
		return p.expression()
	}
	return nil
}
