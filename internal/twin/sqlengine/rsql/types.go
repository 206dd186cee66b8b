package rsql

import "fmt"

// textTypes are the types to which every text converts.
var textTypes = set("varchar char character text bpchar nvarchar nchar")

// rewriteType gives the type at the beginning of tokens PostgreSQL's name, in
// place: lengths that Redshift supplies where none is written, MAX, VARBYTE. What
// is no type of Redshift's is refused.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html
func rewriteType(tokens []token) error {
	if len(tokens) == 0 {
		return syntaxError(token{})
	}
	first := tokens[0]
	if first.kind != word && first.kind != quoted {
		return syntaxError(first)
	}
	if first.kind != word || !types[first.value] {
		return &Error{Code: codeUndefined, Message: fmt.Sprintf("type %q does not exist", first.value), At: first.at + 1}
	}
	n := 1
	if len(tokens) > 1 && tokens[1].is("varying") {
		n = 2
	}
	length, err := typeBounds(tokens[n:])
	if err != nil {
		return err
	}
	end := n + length
	switch name := first.value; {
	case name == "varbyte" || name == "varbinary" || name == "binary" && n == 2:
		blank(tokens[1:end])
		tokens[0].raw = "varbyte"
		if end < len(tokens) && tokens[end].space == "" && tokens[end].isName() {
			tokens[0].raw += " " // or the two would be one word
		}
	case name == "varchar" || name == "nvarchar" || name == "text" || (name == "character" || name == "char") && n == 2:
		blank(tokens[1:n])
		tokens[0].raw = "varchar"
		switch {
		case length == 0:
			tokens[0].raw = "varchar(256)"
		case tokens[n+1].is("max"):
			tokens[n+1].raw = "65535"
		}
	case (name == "decimal" || name == "numeric") && length == 0:
		tokens[0].raw += "(18,0)"
	}
	return nil
}

// typeBounds returns how many of the tokens at the beginning are a type's length or
// precision: (n), (n, m) or (max), or none. Anything else in parentheses is refused,
// and so are an array's brackets and a dot.
func typeBounds(tokens []token) (int, error) {
	c := &cursor{tokens: tokens}
	if c.accept("(") {
		for {
			if t := c.next(); t.kind != number && !t.is("max") {
				return 0, syntaxError(t)
			}
			if !c.accept(",") {
				break
			}
		}
		if err := c.expect(")"); err != nil {
			return 0, err
		}
	}
	if t := c.peek(); t.is("[") || t.is(".") {
		return 0, syntaxError(t)
	}
	return c.pos, nil
}

// typeLength returns how many of the tokens at the beginning are a type's: its
// words, and a length or precision in parentheses. The type is one that rewriteType
// has accepted.
func typeLength(tokens []token) int {
	c := &cursor{tokens: tokens}
	timed := c.peek().is("time") || c.peek().is("timestamp")
	double := c.peek().is("double")
	c.next()
	switch {
	case double:
		c.accept("precision")
	default:
		c.accept("varying")
	}
	if c.peek().is("(") {
		_, _ = c.group() // rewriteType has read it
	}
	if timed && !c.accept("with time zone") {
		c.accept("without time zone")
	}
	return min(c.pos, len(tokens))
}

// isChar reports whether the type at the beginning of tokens is CHAR.
func isChar(tokens []token) bool {
	if len(tokens) == 0 || tokens[0].kind != word || len(tokens) > 1 && tokens[1].is("varying") {
		return false
	}
	switch tokens[0].value {
	case "char", "character", "nchar", "bpchar":
		return true
	}
	return false
}

// blank takes tokens out of the text.
func blank(tokens []token) {
	for i := range tokens {
		tokens[i].space, tokens[i].raw = "", ""
	}
}
