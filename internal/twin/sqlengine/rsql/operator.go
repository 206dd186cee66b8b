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

// signs is a run of signs, which is one operator or several.
type signs struct {
	end     int // behind the last one
	special int // the last one that no operator of standard SQL has; -1: none
	solid   int // the last one that is neither + nor -; -1: none
}

// signsFrom returns the run that begins at a place, and ends before a comment.
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

// operators are Redshift's.
//
// Sources: https://docs.aws.amazon.com/redshift/latest/dg/r_OPERATOR_SYMBOLS.html,
// https://docs.aws.amazon.com/redshift/latest/dg/r_comparison_condition.html,
// https://docs.aws.amazon.com/redshift/latest/dg/pattern-matching-conditions-posix.html
var operators = set("+ - * / % ^ |/ ||/ @ & | # ~ << >> || = <> != < > <= >= !~ ~* !~* ~~ ~~* !~~ !~~*")
