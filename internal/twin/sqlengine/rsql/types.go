package rsql

import "fmt"

// textTypes are the types to which every text can be converted.
var textTypes = set("varchar char character text bpchar nvarchar nchar")

// rewriteType rewrites the type at the beginning of tokens for PostgreSQL, in place. It adds
// Redshift's default length or precision, replaces MAX, and removes the length of VARBYTE. It
// returns an error if the type isn't one of Redshift's.
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
			tokens[0].raw += " " // separates the two words
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

// typeBounds returns the number of tokens of the length or precision at the beginning of
// tokens: (n), (n, m), (max), or none. It returns an error for anything else in parentheses,
// for a bracket, which would make an array type, and for a dot.
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

// typeLength returns the number of tokens of the type at the beginning of tokens: its words,
// and its length or precision in parentheses.
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
		_, _ = c.group() // rewriteType returns the error
	}
	if timed && !c.accept("with time zone") {
		c.accept("without time zone")
	}
	return min(c.pos, len(tokens))
}

// isChar reports whether the type at the beginning of tokens is CHAR or a synonym of it.
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

// blank removes the texts of tokens, in place.
func blank(tokens []token) {
	for i := range tokens {
		tokens[i].space, tokens[i].raw = "", ""
	}
}
