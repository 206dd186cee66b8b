package rsql

import "fmt"

var (
	// textTypes are the types to which every text converts.
	textTypes = set("varchar char character text bpchar nvarchar nchar")

	// foreignTypes are PostgreSQL's types that Redshift lacks.
	//
	// Source: https://docs.aws.amazon.com/redshift/latest/dg/c_unsupported-postgresql-datatypes.html
	foreignTypes = set("json jsonb bytea uuid xml money inet cidr macaddr tsvector tsquery bit hstore serial bigserial")
)

// rewriteType gives the type at the beginning of tokens PostgreSQL's name, in
// place: lengths that Redshift supplies where none is written, MAX, VARBYTE.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html
func rewriteType(tokens []token) error {
	if len(tokens) == 0 || tokens[0].kind != word {
		return nil
	}
	first, n := tokens[0], 1
	if len(tokens) > 1 && tokens[1].is("varying") {
		n = 2
	}
	open := n < len(tokens) && tokens[n].is("(")
	switch name := first.value; {
	case foreignTypes[name]:
		return &Error{Code: codeUndefined, Message: fmt.Sprintf("type %q does not exist", name), At: first.at + 1}
	case name == "varbyte" || name == "varbinary" || name == "binary" && n == 2:
		end := n
		if open {
			end = min(n+3, len(tokens)) // ( length )
		}
		blank(tokens[1:end])
		tokens[0].raw = "varbyte"
	case name == "varchar" || name == "nvarchar" || name == "text" || (name == "character" || name == "char") && n == 2:
		blank(tokens[1:n])
		tokens[0].raw = "varchar"
		switch {
		case !open:
			tokens[0].raw = "varchar(256)"
		case n+1 < len(tokens) && tokens[n+1].is("max"):
			tokens[n+1].raw = "65535"
		}
	case (name == "decimal" || name == "numeric") && !open:
		tokens[0].raw += "(18,0)"
	}
	return nil
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
