package ddl

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// scanner splits an expression into tokens. Redshift splits SQL like PostgreSQL 8.0, with
// backslash escapes in literals. Newer servers, drivers and settings split some texts
// differently. The scanner accepts a text only if all of them find the same tokens. So it
// refuses a backslash before a quote, E'…', B'…', N'…', X'…', U&'…', U&"…", dollar quotes,
// two dollar signs in one name, a number directly before a letter, comments and parameters.
//
// Sources: https://www.postgresql.org/docs/8.0/sql-syntax.html,
// https://www.postgresql.org/docs/17/sql-syntax-lexical.html and
// https://docs.aws.amazon.com/redshift/latest/dg/r_names.html
type scanner struct {
	sql string
	at  int // the offset of the next byte to read
}

// tokenize returns the tokens of sql.
func tokenize(sql string) ([]token, *syntaxError) {
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

// checkText returns an error for characters that are not allowed even in a literal: bytes
// that are not UTF-8; NUL, which ends a string in C; and the formatting characters that
// change the direction of text, since a person then sees other SQL than the server gets.
//
// Source of the formatting characters: https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
func checkText(sql string) *syntaxError {
	for i, r := range sql {
		if r == utf8.RuneError && !strings.HasPrefix(sql[i:], "\uFFFD") {
			return syntaxErrorf(i, "a byte is not valid UTF-8; write UTF-8")
		}
		if r == 0 {
			return syntaxErrorf(i, "a NUL character is not allowed; remove it")
		}
		if strings.ContainsRune(directionCharacters, r) {
			return syntaxErrorf(i, "the character %U changes the direction of the text; remove it", r)
		}
	}
	return nil
}

// directionCharacters are the formatting characters that change the direction of text.
const directionCharacters = "\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069"

// next reads one token, and sets its kind and text.
func (s *scanner) next(t *token) *syntaxError {
	if s.startsWith("--") || s.startsWith("/*") {
		return syntaxErrorf(s.at, "comments are not allowed; remove the comment")
	}
	if s.startsWith("::") {
		return s.symbol(t, 2)
	}
	if s.startsWith(".") && isDigit(s.peek(1)) {
		return s.number(t)
	}
	switch c := s.peek(0); c {
	case '\'':
		return s.quoted(t, literal)
	case '"':
		return s.quoted(t, quotedName)
	case '$':
		return syntaxErrorf(s.at, "a dollar sign is not allowed outside a name; write a literal as '…'")
	case ':':
		return syntaxErrorf(s.at, "a colon begins a parameter, which is not allowed; write a value")
	case '(', ')', '[', ']', ',', ';', '.':
		return s.symbol(t, 1)
	default:
		return s.wordNumberOrOperator(t, c)
	}
}

// wordNumberOrOperator reads one token that begins with c.
func (s *scanner) wordNumberOrOperator(t *token, c byte) *syntaxError {
	if isDigit(c) {
		return s.number(t)
	}
	if isWordStart(c) || c > unicode.MaxASCII {
		return s.word(t)
	}
	if strings.Contains(operatorBytes, string(rune(c))) {
		return s.operator(t)
	}
	return syntaxErrorf(s.at, "the character %q is not allowed outside quotes; quote it, or remove it", c)
}

// symbol reads a symbol of a length.
func (s *scanner) symbol(t *token, length int) *syntaxError {
	t.kind, t.text = symbol, s.sql[s.at:s.at+length]
	s.at += length
	return nil
}

// quoted reads a literal or a quoted name, of which the first quote is at the current
// position. A doubled quote is one quote of its text. A doubled backslash in a literal is
// one backslash. A backslash before a quote is an error: servers with backslash escapes
// don't end the text at that quote, and other servers do.
func (s *scanner) quoted(t *token, k kind) *syntaxError {
	t.kind = k
	quote := s.sql[s.at]
	for s.at++; s.peek(0) != 0; s.at++ { // checkText has refused NUL characters
		c, next := s.peek(0), s.peek(1)
		if c == '\\' && next == quote {
			return syntaxErrorf(s.at, `a backslash before a quote is ambiguous, since only some servers end the text there; write \\ for a backslash, %c%c for a quote`, quote, quote)
		}
		if c == next && (c == quote || c == '\\' && k == literal) {
			s.at++
			continue
		}
		if c == quote {
			s.at++
			if s.sql[t.at:s.at] == `""` {
				return syntaxErrorf(t.at, "the quoted name is empty; write a name")
			}
			return nil
		}
	}
	return syntaxErrorf(t.at, "the quote %c is not closed; close it", quote)
}

// word moves past a keyword or a name without quotes.
func (s *scanner) word(t *token) *syntaxError {
	dollars := 0
	for s.at < len(s.sql) {
		r, size := utf8.DecodeRuneInString(s.sql[s.at:])
		if r > unicode.MaxASCII && !isLetter(r) {
			return syntaxErrorf(s.at, "the character %q (%U) is not allowed outside quotes; quote it, or remove it", r, r)
		}
		if !isNameCharacter(r, false) {
			return s.endWord(t)
		}
		if r == '$' {
			dollars++
		}
		if dollars > 1 {
			return syntaxErrorf(t.at, "a name with two dollar signs can be mistaken for a dollar quote; write it in double quotes")
		}
		s.at += size
	}
	return s.endWord(t)
}

// endWord sets the text of the word t. It returns an error if the word is the prefix of a
// literal, such as the E of E'…'.
func (s *scanner) endWord(t *token) *syntaxError {
	t.text = fold(s.sql[t.at:s.at])
	for _, prefix := range []string{"e'", "b'", "n'", "x'", "u&'", `u&"`} {
		if isPrefix := strings.HasPrefix(fold(s.sql[t.at:]), prefix); isPrefix && t.text == prefix[:1] {
			return syntaxErrorf(t.at, "the prefix %s before a quote is not allowed, since only some servers support it; write '…' or \"…\" without it", strings.ToUpper(t.text))
		}
	}
	return nil
}

// number moves past a number, such as 12, 1.5, .5 or 1e-3. The next character must not be
// one that newer servers accept as a part of the number, as in 0x1F and 1_000.
func (s *scanner) number(t *token) *syntaxError {
	t.kind = number
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
	if c := s.peek(0); isWordStart(c) || c == '$' || c == '.' || c > unicode.MaxASCII {
		return syntaxErrorf(t.at, "a letter, a dollar sign or a dot directly follows a number; write digits only, or put a blank after the number")
	}
	return nil
}

// digits moves past the digits at the current position, if any.
func (s *scanner) digits() {
	for isDigit(s.peek(0)) {
		s.at++
	}
}

// operatorBytes are the characters of operators.
const operatorBytes = "+-*/<>=~!@#%^&|`?"

// operators are the operators in Redshift's documentation, and the operators ~~, ~~*, !~~
// and !~~*, which are other spellings of LIKE and ILIKE.
//
// Sources: https://docs.aws.amazon.com/redshift/latest/dg/r_OPERATOR_SYMBOLS.html,
// https://docs.aws.amazon.com/redshift/latest/dg/r_comparison_condition.html,
// https://docs.aws.amazon.com/redshift/latest/dg/pattern-matching-conditions-posix.html and
// https://docs.aws.amazon.com/redshift/latest/dg/r_patternmatching_condition_like.html
var operators = wordSet("+ - * / % ^ |/ ||/ @ || | & # << >> ~ < > <= >= = <> != !~ ~* !~* ~~ ~~* !~~ !~~*")

// operator reads one operator. Like PostgreSQL, it takes the longest run of operator
// characters. The run ends before a comment. A plus or minus sign at its end isn't part of
// the operator, unless the run has a character that no operator of the SQL standard has.
func (s *scanner) operator(t *token) *syntaxError {
	rest := s.sql[s.at:]
	run := rest[:len(rest)-len(strings.TrimLeft(rest, operatorBytes))]
	for _, comment := range []string{"--", "/*"} {
		run, _, _ = strings.Cut(run, comment)
	}
	if !strings.ContainsAny(run, "~!@#%^&|`?") {
		run = run[:1] + strings.TrimRight(run[1:], "+-")
	}
	if !operators[run] {
		return syntaxErrorf(s.at, "%q is not a Redshift operator; put blanks between operators, or use a function", run)
	}
	s.at += len(run)
	if run == "#" && (isWordStart(s.peek(0)) || s.peek(0) > unicode.MaxASCII) {
		return syntaxErrorf(t.at, "a # directly before a name makes it the name of a temporary table; put a blank after the #")
	}
	t.kind, t.text = symbol, run
	return nil
}

// startsWith reports whether text is at the current position.
func (s *scanner) startsWith(text string) bool { return strings.HasPrefix(s.sql[s.at:], text) }

// peek returns the byte n bytes after the next one, or 0 after the end.
func (s *scanner) peek(n int) byte {
	if s.at+n < len(s.sql) {
		return s.sql[s.at+n]
	}
	return 0
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isWordStart reports whether c is an ASCII letter or an underscore.
func isWordStart(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// isLetter reports whether a name without quotes can contain the character r, which is not
// ASCII. A name can't contain modifier letters, full-width letters or full-width digits:
// they look like quotes or ASCII characters, and some conversions of text replace them by
// these.
func isLetter(r rune) bool {
	lookalike := r >= 0x02B0 && r <= 0x02EE || r >= 0xFF10 && r <= 0xFF5A
	return !lookalike && unicode.In(r, unicode.Letter, unicode.Mn, unicode.Mc, unicode.Nd)
}
