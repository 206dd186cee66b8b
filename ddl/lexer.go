package ddl

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is what a token is.
type kind int

const (
	word       kind = iota // a key word or a name without quotes
	quotedName             // "…"
	literal                // '…'
	number                 // 12, 1.5, .5, 1e-3
	mark                   // an operator, a parenthesis, a comma …
)

// token is one word, name, literal, number or mark of an expression.
type token struct {
	kind    kind
	text    string // a word in lower case, or a mark; "" for all others
	at, end int    // its first byte, and the byte behind its last one
}

// misplaced is an error at one place of an expression.
type misplaced struct {
	at   int // the byte where it is
	text string
}

func (e *misplaced) Error() string { return e.text }

func misplacedf(at int, format string, arguments ...any) *misplaced {
	return &misplaced{at, fmt.Sprintf(format, arguments...)}
}

// scanner cuts an expression into tokens. Redshift reads SQL as PostgreSQL 8.0
// does, with backslash escapes in literals; newer servers, drivers and settings
// read some texts otherwise. A text is accepted only if its tokens begin and end
// at the same bytes however it is read. So these are refused: a backslash before
// a quote, E'…', B'…', N'…', X'…', U&'…' and U&"…", dollar quotes, two dollar
// signs in one name, a number with a letter behind it, comments, parameters.
//
// Sources: https://www.postgresql.org/docs/8.0/sql-syntax.html,
// https://www.postgresql.org/docs/17/sql-syntax-lexical.html and
// https://docs.aws.amazon.com/redshift/latest/dg/r_names.html
type scanner struct {
	sql string
	at  int // the next byte
}

// tokenize takes sql apart.
func tokenize(sql string) ([]token, *misplaced) {
	if err := checkText(sql); err != nil {
		return nil, err
	}
	s := &scanner{sql: sql}
	var tokens []token
	for {
		for s.at < len(sql) && isBlank(sql[s.at]) {
			s.at++
		}
		if s.at == len(sql) {
			return tokens, nil
		}
		t := token{at: s.at}
		if err := s.next(&t); err != nil {
			return nil, err
		}
		t.end = s.at
		tokens = append(tokens, t)
	}
}

// checkText refuses what must not stand even in a literal: bytes that are not
// UTF-8, NUL, which ends a text in C, and the marks that reverse the direction
// of writing, which show a reader another text than the server gets.
//
// Source of the last: https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
func checkText(sql string) *misplaced {
	for i, r := range sql {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(sql[i:], "\uFFFD"):
			return misplacedf(i, "a byte that is not UTF-8; write UTF-8")
		case r == 0:
			return misplacedf(i, "the character NUL; leave it out")
		case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
			return misplacedf(i, "the character %U, which hides the order of the text; leave it out", r)
		}
	}
	return nil
}

// next reads one token.
func (s *scanner) next(t *token) *misplaced {
	c := s.sql[s.at]
	switch {
	case c == '\'':
		t.kind = literal
		return s.quote()
	case c == '"':
		t.kind = quotedName
		return s.quote()
	case s.sees("--"), s.sees("/*"):
		return misplacedf(s.at, "a comment; leave it out")
	case isDigit(c), c == '.' && isDigit(s.peek(1)):
		t.kind = number
		return s.number()
	case isWordStart(c), c >= utf8.RuneSelf:
		return s.word(t)
	case c == '$':
		return misplacedf(s.at, "a dollar sign that is not within a name; write a literal as '…'")
	case s.sees("::"), strings.IndexByte("()[],;.", c) >= 0:
		t.kind = mark
		s.at++
		if c == ':' {
			s.at++
		}
		t.text = s.sql[t.at:s.at]
		return nil
	case c == ':':
		return misplacedf(s.at, "a colon, which would make a parameter of what follows; write a value")
	case strings.IndexByte(operatorBytes, c) >= 0:
		return s.operator(t)
	}
	return misplacedf(s.at, "the character %q; quote it, or leave it out", c)
}

// quote moves past the literal or the quoted name that begins here. A doubled
// quote stands for one. A backslash hides the character behind it where literals
// have escapes; a quote there would end the literal for some and not for others.
func (s *scanner) quote() *misplaced {
	start, quote := s.at, s.sql[s.at]
	for s.at++; s.at < len(s.sql); s.at++ {
		switch c := s.sql[s.at]; {
		case c == '\\' && s.peek(1) == quote:
			return misplacedf(s.at, `a backslash before a quote, which some settings read as the end and some don't; write \\ for a backslash, %c%c for a quote`, quote, quote)
		case c == '\\' && quote == '\'' && s.peek(1) == '\\', c == quote && s.peek(1) == quote:
			s.at++
		case c == quote:
			s.at++
			if s.at-start == 2 && quote == '"' {
				return misplacedf(start, "a name without letters; write one")
			}
			return nil
		}
	}
	return misplacedf(start, "a %c that is not closed; close it", quote)
}

// word moves past a key word or a name.
func (s *scanner) word(t *token) *misplaced {
	dollars := 0
	for s.at < len(s.sql) {
		r, size := utf8.DecodeRuneInString(s.sql[s.at:])
		switch {
		case r == '$':
			if dollars++; dollars == 2 {
				return misplacedf(t.at, `a name with two dollar signs, which can be read as a dollar quote; write it in double quotes`)
			}
		case r >= utf8.RuneSelf && !isLetter(r):
			return misplacedf(s.at, "the character %q (%U) outside of quotes; write it in quotes, or leave it out", r, r)
		case r < utf8.RuneSelf && !isWordStart(byte(r)) && !isDigit(byte(r)):
			return s.prefix(t)
		}
		s.at += size
	}
	return s.prefix(t)
}

// prefix ends the word t, unless it is one that changes the quotes behind it.
func (s *scanner) prefix(t *token) *misplaced {
	t.text = fold(s.sql[t.at:s.at])
	switch text, rest := t.text, s.sql[s.at:]; {
	case strings.HasPrefix(rest, "'") && (text == "e" || text == "b" || text == "n" || text == "x"),
		text == "u" && (strings.HasPrefix(rest, "&'") || strings.HasPrefix(rest, `&"`)):
		return misplacedf(t.at, "the prefix %s before a quote, which not every setting knows; write '…' or \"…\" without it", strings.ToUpper(text))
	}
	return nil
}

// number moves past 12, 1.5, .5 and 1e-3. What follows must not be read as a
// part of it, as newer servers read 0x1F and 1_000.
func (s *scanner) number() *misplaced {
	start := s.at
	s.digits()
	if s.peek(0) == '.' {
		s.at++
		s.digits()
	}
	if c := s.peek(0); c == 'e' || c == 'E' {
		sign := 1
		if next := s.peek(1); next == '+' || next == '-' {
			sign = 2
		}
		if isDigit(s.peek(sign)) {
			s.at += sign
			s.digits()
		}
	}
	if c := s.peek(0); isWordStart(c) || c == '$' || c == '.' || c >= utf8.RuneSelf {
		return misplacedf(start, "a number with a letter, a dollar sign or a dot behind it; write digits, or put a blank between")
	}
	return nil
}

func (s *scanner) digits() {
	for isDigit(s.peek(0)) {
		s.at++
	}
}

// operatorBytes are what operators are made of.
const operatorBytes = "+-*/<>=~!@#%^&|`?"

// operators are those that Redshift documents, and the other spellings of its
// pattern matching.
//
// Sources: https://docs.aws.amazon.com/redshift/latest/dg/r_OPERATOR_SYMBOLS.html,
// https://docs.aws.amazon.com/redshift/latest/dg/r_comparison_condition.html,
// https://docs.aws.amazon.com/redshift/latest/dg/pattern-matching-conditions-posix.html and
// https://docs.aws.amazon.com/redshift/latest/dg/r_patternmatching_condition_like.html
var operators = wordSet("+ - * / % ^ |/ ||/ @ || | & # << >> ~ < > <= >= = <> != !~ ~* !~* ~~ ~~* !~~ !~~*")

// operator reads the longest run of operators' characters, as PostgreSQL does: a
// run ends before a comment, and before a sign at its end unless it has one of
// the characters that no operator of the SQL standard has.
func (s *scanner) operator(t *token) *misplaced {
	end := s.at
	for end < len(s.sql) && strings.IndexByte(operatorBytes, s.sql[end]) >= 0 &&
		!strings.HasPrefix(s.sql[end:], "--") && !strings.HasPrefix(s.sql[end:], "/*") {
		end++
	}
	run := s.sql[s.at:end]
	for len(run) > 1 && strings.HasSuffix(strings.ReplaceAll(run, "-", "+"), "+") && !strings.ContainsAny(run, "~!@#%^&|`?") {
		run = run[:len(run)-1]
	}
	if !operators[run] {
		return misplacedf(s.at, "%q is not an operator of Redshift; put blanks between operators, or use a function", run)
	}
	s.at += len(run)
	if run == "#" && (isWordStart(s.peek(0)) || s.peek(0) >= utf8.RuneSelf) {
		return misplacedf(t.at, "a # before a name, which makes a temporary table's name of it; put a blank behind the #")
	}
	t.kind, t.text = mark, run
	return nil
}

func (s *scanner) sees(text string) bool { return strings.HasPrefix(s.sql[s.at:], text) }

// peek returns the byte n behind the next one, or 0 past the end.
func (s *scanner) peek(n int) byte {
	if s.at+n < len(s.sql) {
		return s.sql[s.at+n]
	}
	return 0
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isWordStart(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// isLetter reports whether r, which is not ASCII, can stand in a name that has
// no quotes. Letters that look like quotes or like ASCII, and that some
// conversions turn into them, can't.
func isLetter(r rune) bool {
	lookalike := r >= 0x02B0 && r <= 0x02FF || r >= 0xFF01 && r <= 0xFF5E
	return !lookalike && unicode.In(r, unicode.Letter, unicode.Mn, unicode.Mc, unicode.Nd)
}
