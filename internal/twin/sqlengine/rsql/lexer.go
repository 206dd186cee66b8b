package rsql

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// lexer cuts a statement into tokens.
type lexer struct {
	signs  signs // the run of signs that the last operator was in
	sql    string
	pos    int
	tokens []token
}

// lex returns sql's tokens, or an *Error if a quote or a comment has no end.
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

// space returns white space as it is, and a blank for one that holds comments.
// PostgreSQL gets no comment: where one ends is for this package alone to say.
func space(s string) string {
	if strings.Contains(s, "--") || strings.Contains(s, "/*") {
		return " "
	}
	return s
}

// adjacent refuses what stands at the end of the last token, without white space,
// and would make another token of it: U&"…" and U&'…', whose text is not what it
// looks like, E'…', X'…' and the like, and a name at the end of a number.
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

// next reads one token's kind, and its value where that isn't its raw text.
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
	case c == ':' && l.sliceIs("::"):
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

// skipSpace moves past white space, -- comments and /* comments */, which nest.
func (l *lexer) skipSpace() error {
	for l.pos < len(l.sql) {
		switch {
		case strings.IndexByte(" \t\r\n\f\v", l.sql[l.pos]) >= 0:
			l.pos++
		case l.sliceIs("--"):
			end := strings.IndexAny(l.sql[l.pos:], "\r\n")
			if end < 0 {
				end = len(l.sql) - l.pos
			}
			l.pos += end
		case l.sliceIs("/*"):
			if !l.blockComment() {
				return unterminated("/* comment", l.pos)
			}
		default:
			return nil
		}
	}
	return nil
}

// blockComment moves past the comment at l.pos, or reports false.
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

// quote reads a string or a quoted name. A doubled quote is one of its
// characters; a backslash escapes in strings only.
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

// unescape returns what a backslash and c stand for, for the escapes of one
// character.
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

// dollarQuote reads $tag$…$tag$, or reports false if there is none here.
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

// word moves past a name and returns it. The first byte may be a #.
func (l *lexer) word() string {
	from := l.pos
	for l.pos++; l.pos < len(l.sql) && isWordPart(l.sql[l.pos]); l.pos++ {
	}
	return l.sql[from:l.pos]
}

// number moves past 12, 1.5, .5, 1e-3.
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

// afterAs reports whether the last token is AS: "AS #Users" is how AWS's own
// tutorial names a column.
func (l *lexer) afterAs() bool {
	return len(l.tokens) > 0 && l.tokens[len(l.tokens)-1].is("as")
}

func (l *lexer) sliceIs(s string) bool { return strings.HasPrefix(l.sql[l.pos:], s) }

// peek returns the byte n after the present one, or 0 past the end.
func (l *lexer) peek(n int) byte {
	if l.pos+n < len(l.sql) {
		return l.sql[l.pos+n]
	}
	return 0
}

// fold returns a name in lower case, ASCII only, as Redshift folds.
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
