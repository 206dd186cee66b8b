package rsql

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// operator moves past an operator, or refuses what is none of Redshift's. As many
// signs as can be are one operator, as PostgreSQL reads them: it ends before a
// comment, and a + or - at its end belongs to what follows, unless the operator
// has a sign that is in no operator of standard SQL.
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
