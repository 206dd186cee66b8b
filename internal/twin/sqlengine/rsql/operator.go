package rsql

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// operator reads an operator. It returns an error if Redshift doesn't have the operator.
// Like in PostgreSQL, an operator is the longest possible run of signs that contains no
// comment. It can end with + or - only if it contains a sign that no operator of standard
// SQL has. Otherwise the + or - is an operator of its own.
//
// Source: https://www.postgresql.org/docs/17/sql-syntax-lexical.html#SQL-SYNTAX-OPERATORS
func (l *lexer) operator() error {
	if l.pos >= l.signs.end {
		l.signs = signsFrom(l.sql, l.pos)
	}
	end := l.signs.end
	if l.signs.special < l.pos {
		end = max(l.pos, l.signs.solid) + 1
	}
	op := l.sql[l.pos:end]
	if !operators[op] {
		_, size := utf8.DecodeRuneInString(l.sql[l.pos:])
		return &Error{Code: codeSyntax, Message: fmt.Sprintf("syntax error at or near %q", l.sql[l.pos:l.pos+max(size, len(op))]), At: l.pos + 1}
	}
	l.pos = end
	return nil
}

// signs is a run of signs, which contains one or more operators. The fields are byte offsets
// in the statement.
type signs struct {
	end     int // after the last sign
	special int // the last sign that no operator of standard SQL has; -1 if there is none
	solid   int // the last sign that is neither + nor -; -1 if there is none
}

// signsFrom returns the run of signs that begins at a byte offset. A comment ends the run.
func signsFrom(sql string, at int) signs {
	run := signs{at, -1, -1}
	for run.end < len(sql) && strings.IndexByte(operatorSigns, sql[run.end]) >= 0 &&
		!strings.HasPrefix(sql[run.end:], "--") && !strings.HasPrefix(sql[run.end:], "/*") {
		if strings.IndexByte("~!@#%^&|`?", sql[run.end]) >= 0 {
			run.special = run.end
		}
		if sql[run.end] != '+' && sql[run.end] != '-' {
			run.solid = run.end
		}
		run.end++
	}
	return run
}

// operatorSigns are the characters of operators.
const operatorSigns = "+-*/<>=~!@#%^&|`?"

// operators are the operators of Redshift.
//
// Sources: https://docs.aws.amazon.com/redshift/latest/dg/r_OPERATOR_SYMBOLS.html,
// https://docs.aws.amazon.com/redshift/latest/dg/r_comparison_condition.html,
// https://docs.aws.amazon.com/redshift/latest/dg/pattern-matching-conditions-posix.html
var operators = set("+ - * / % ^ |/ ||/ @ & | # ~ << >> || = <> != < > <= >= !~ ~* !~* ~~ ~~* !~~ !~~*")
