package ddl

// special returns what reads the arguments of a function that has words between
// them; nil for all others.
func special(function string) func(*parser) *misplaced {
	switch function {
	case "cast", "try_cast":
		return (*parser).cast
	case "convert":
		return (*parser).convert
	case "extract":
		return (*parser).extract
	case "position":
		return (*parser).position
	case "substring":
		return (*parser).substring
	case "trim":
		return (*parser).trim
	}
	return nil
}

// cast reads the arguments of CAST(x AS type).
//
// Sources: https://docs.aws.amazon.com/redshift/latest/dg/r_CAST_function.html and
// https://docs.aws.amazon.com/redshift/latest/dg/r_TRY_CAST.html
func (p *parser) cast() *misplaced {
	return all(p.expression, p.mustTake("as"), p.typeName)
}

// convert reads the arguments of CONVERT(type, x).
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_CONVERT_function.html
func (p *parser) convert() *misplaced {
	return all(p.typeName, p.mustTake(","), p.expression)
}

// extract reads the arguments of EXTRACT(part FROM x).
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_EXTRACT_function.html
func (p *parser) extract() *misplaced {
	if !p.takeKind(word) && !p.takeKind(literal) {
		return p.want("a part of a date")
	}
	return all(p.mustTake("from"), p.expression)
}

// position reads the arguments of POSITION(a IN b).
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_POSITION.html
func (p *parser) position() *misplaced {
	return all(p.value, p.mustTake("in"), p.value)
}

// substring reads the arguments of SUBSTRING(x FROM n FOR m), or a list.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_SUBSTRING.html
func (p *parser) substring() *misplaced {
	if err := p.list(); err != nil {
		return err
	}
	for _, text := range []string{"from", "for"} {
		if p.take(text) {
			if err := p.expression(); err != nil {
				return err
			}
		}
	}
	return nil
}

// trim reads the arguments of TRIM(BOTH 'x' FROM y), or a list.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_TRIM.html
func (p *parser) trim() *misplaced {
	sided := p.take("both") || p.take("leading") || p.take("trailing")
	if !sided || p.peek(0).text != "from" {
		if err := p.list(); err != nil {
			return err
		}
	}
	if p.take("from") {
		return p.expression()
	}
	return nil
}
