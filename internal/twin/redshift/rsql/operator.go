package rsql

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// operator moves past an operator, and refuses one that Redshift doesn't have. Like
// PostgreSQL, it takes as many signs as it can, up to a comment. A + or - at the end
// belongs to what follows, unless the operator has one of the signs that no operator
// of standard SQL has.
//
// Source: https://www.postgresql.org/docs/17/sql-syntax-lexical.html#SQL-SYNTAX-OPERATORS
func (l *lexer) operator() error {
	end := l.pos
	for end < len(l.sql) && strings.IndexByte(operatorSigns, l.sql[end]) >= 0 &&
		!strings.HasPrefix(l.sql[end:], "--") && !strings.HasPrefix(l.sql[end:], "/*") {
		end++
	}
	op := l.sql[l.pos:end]
	for len(op) > 1 && strings.HasSuffix(strings.ReplaceAll(op, "+", "-"), "-") && !strings.ContainsAny(op, "~!@#%^&|`?") {
		op = op[:len(op)-1]
	}
	if !operators[op] {
		_, size := utf8.DecodeRuneInString(l.sql[l.pos:])
		return &Error{Code: codeSyntax, Message: fmt.Sprintf("syntax error at or near %q", l.sql[l.pos:l.pos+max(size, len(op))]), At: l.pos + 1}
	}
	l.pos += len(op)
	return nil
}

// operatorSigns are the characters of operators.
const operatorSigns = "+-*/<>=~!@#%^&|`?"

// operators are Redshift's.
//
// Sources: https://docs.aws.amazon.com/redshift/latest/dg/r_OPERATOR_SYMBOLS.html,
// https://docs.aws.amazon.com/redshift/latest/dg/r_comparison_condition.html,
// https://docs.aws.amazon.com/redshift/latest/dg/pattern-matching-conditions-posix.html
var operators = set("+ - * / % ^ |/ ||/ @ & | # ~ << >> || = <> != < > <= >= !~ ~* !~* ~~ ~~* !~~ !~~*")
