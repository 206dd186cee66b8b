package rsql

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// lexer splits a statement into tokens.
type lexer struct {
	signs  signs // the run of signs that contains the last operator
	sql    string
	pos    int // byte offset of the next character in sql
	tokens []token
}

// lex returns the tokens of sql. It returns an *Error if a quote or a comment isn't closed,
// or for a token that isn't Redshift's.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_names.html
func lex(sql string) ([]token, error) {
	l := &lexer{sql: sql}
	for {
		from := l.pos
		if err := l.skipSpace(); err != nil {
			return nil, err
		}
		if l.pos == len(sql) {
			return l.tokens, nil
		}
		t := token{space: space(sql[from:l.pos]), at: l.pos}
		if err := l.next(&t); err != nil {
			return nil, err
		}
		t.raw = sql[t.at:l.pos]
		switch t.kind {
		case word:
			t.value = fold(t.raw)
		case number, operator:
			t.value = t.raw
		}
		if err := l.adjacent(t); err != nil {
			return nil, err
		}
		l.tokens = append(l.tokens, t)
	}
}

// space returns the text s of white space and comments, or a single space if it contains a
// comment. PostgreSQL gets no comments, since it might find the end of a comment in another
// place than this package.
func space(s string) string {
	if strings.Contains(s, "--") || strings.Contains(s, "/*") {
		return " "
	}
	return s
}

// adjacent returns an error if t follows the last token without white space and PostgreSQL
// would read both as one token. These are U&"…" and U&'…', which may contain Unicode escapes,
// strings with a prefix such as E'…' and X'…', and a number that is followed by a name.
//
// Source: https://www.postgresql.org/docs/17/sql-syntax-lexical.html
func (l *lexer) adjacent(t token) error {
	n := len(l.tokens)
	if n == 0 || t.space != "" {
		return nil
	}
	last := l.tokens[n-1]
	switch {
	case t.kind == text && len(last.raw) == 1 && strings.Contains("bBeEnNxX", last.raw):
	case t.kind == word && last.kind == number:
	case (t.kind == text || t.kind == quoted) && last.raw == "&" && last.space == "" && n > 1 && l.tokens[n-2].is("u"):
	default:
		return nil
	}
	return &Error{Code: codeSyntax, Message: fmt.Sprintf("syntax error at or near %q", last.raw+t.raw), At: last.at + 1}
}

// next reads a token. It sets the token's kind, and its value if that differs from the raw
// text.
func (l *lexer) next(t *token) error {
	c := l.sql[l.pos]
	switch {
	case c == '\'':
		t.kind = text
		return l.quote(t, '\'', "quoted string")
	case c == '"':
		t.kind = quoted
		return l.quote(t, '"', "quoted identifier")
	case c == '$' && l.dollarQuote(t):
		return nil
	case c == ':' && l.hasPrefix("::"):
		t.kind, l.pos = operator, l.pos+2
	case c == ':' && isWordStart(l.peek(1)):
		l.pos++
		t.kind, t.value = param, l.word()
	case isWordStart(c), c == '#' && isWordStart(l.peek(1)) && l.afterAs():
		t.kind = word
		l.word()
	case isDigit(c), c == '.' && isDigit(l.peek(1)):
		t.kind = number
		l.number()
	case strings.IndexByte(",()[].;", c) >= 0:
		t.kind = operator
		l.pos++
	default:
		t.kind = operator
		return l.operator()
	}
	return nil
}

// skipSpace skips white space, comments that begin with --, and comments in /* */, which may
// be nested.
func (l *lexer) skipSpace() error {
	for l.pos < len(l.sql) {
		switch {
		case strings.IndexByte(" \t\r\n\f\v", l.sql[l.pos]) >= 0:
			l.pos++
		case l.hasPrefix("--"):
			end := strings.IndexAny(l.sql[l.pos:], "\r\n")
			if end < 0 {
				end = len(l.sql) - l.pos
			}
			l.pos += end
		case l.hasPrefix("/*"):
			if !l.blockComment() {
				return unterminated("/* comment", l.pos)
			}
		default:
			return nil
		}
	}
	return nil
}

// blockComment skips the comment in /* */ at l.pos. It returns false if the comment isn't
// closed.
func (l *lexer) blockComment() bool {
	depth, p := 0, l.pos
	for p < len(l.sql) {
		switch {
		case strings.HasPrefix(l.sql[p:], "/*"):
			depth, p = depth+1, p+2
		case strings.HasPrefix(l.sql[p:], "*/"):
			depth, p = depth-1, p+2
		default:
			p++
		}
		if depth == 0 {
			l.pos = p
			return true
		}
	}
	return false
}

// quote reads a string or a quoted name. Two quotes in it are one quote of its value. In a
// string, but not in a name, a backslash escapes the next character. The parameter what is
// the description of the token for an error.
func (l *lexer) quote(t *token, mark byte, what string) error {
	var b strings.Builder
	for p := l.pos + 1; p < len(l.sql); p++ {
		switch c := l.sql[p]; {
		case c == mark && p+1 < len(l.sql) && l.sql[p+1] == mark:
			b.WriteByte(mark)
			p++
		case c == mark:
			l.pos, t.value = p+1, b.String()
			return nil
		case c == '\\' && mark == '\'' && p+1 < len(l.sql):
			p++
			b.WriteByte(unescape(l.sql[p]))
		default:
			b.WriteByte(c)
		}
	}
	return unterminated(what, l.pos)
}

// unescape returns the character that a backslash and c represent.
func unescape(c byte) byte {
	switch c {
	case 'n':
		return '\n'
	case 't':
		return '\t'
	case 'r':
		return '\r'
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	}
	return c
}

// dollarQuote reads a string of the form $tag$…$tag$. It returns false if there is none at
// l.pos.
func (l *lexer) dollarQuote(t *token) bool {
	end := strings.IndexByte(l.sql[l.pos+1:], '$')
	if end < 0 {
		return false
	}
	tag := l.sql[l.pos : l.pos+end+2]
	for i, c := range []byte(tag[1 : len(tag)-1]) {
		if !isWordStart(c) && (i == 0 || !isDigit(c)) {
			return false
		}
	}
	rest := l.sql[l.pos+len(tag):]
	n := strings.Index(rest, tag)
	if n < 0 {
		return false
	}
	t.kind, t.value = text, rest[:n]
	l.pos += 2*len(tag) + n
	return true
}

// word reads a name and returns it. The first character may be a #.
func (l *lexer) word() string {
	from := l.pos
	for l.pos++; l.pos < len(l.sql) && isWordPart(l.sql[l.pos]); l.pos++ {
	}
	return l.sql[from:l.pos]
}

// number reads a number, such as 12, 1.5, .5 or 1e-3.
func (l *lexer) number() {
	digits := func() {
		for l.pos < len(l.sql) && isDigit(l.sql[l.pos]) {
			l.pos++
		}
	}
	digits()
	if l.peek(0) == '.' && l.peek(1) != '.' {
		l.pos++
		digits()
	}
	if c := l.peek(0); c == 'e' || c == 'E' {
		sign := 1
		if l.peek(1) == '+' || l.peek(1) == '-' {
			sign = 2
		}
		if isDigit(l.peek(sign)) {
			l.pos += sign
			digits()
		}
	}
}

// afterAs reports whether the last token is AS. AWS's tutorial names a column "AS #Users".
func (l *lexer) afterAs() bool {
	return len(l.tokens) > 0 && l.tokens[len(l.tokens)-1].is("as")
}

// hasPrefix reports whether the text at l.pos begins with s.
func (l *lexer) hasPrefix(s string) bool { return strings.HasPrefix(l.sql[l.pos:], s) }

// peek returns the byte that is n bytes after l.pos, or 0 after the end.
func (l *lexer) peek(n int) byte {
	if l.pos+n < len(l.sql) {
		return l.sql[l.pos+n]
	}
	return 0
}

// fold returns a name with the letters A to Z in lower case, as Redshift folds names.
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, name)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isWordStart(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c >= utf8.RuneSelf
}

func isWordPart(c byte) bool { return isWordStart(c) || isDigit(c) || c == '$' }

func unterminated(what string, at int) *Error {
	return &Error{Code: codeSyntax, Message: fmt.Sprintf("unterminated %s", what), At: at + 1}
}
