package rsql

import (
	"fmt"
	"strings"
)

// kind is what a token is.
type kind int

const (
	word     kind = iota // an unquoted name or a keyword
	quoted               // a "quoted" name
	text                 // a string: '…' or $tag$…$tag$
	number               // a numeric literal
	param                // :name
	operator             // an operator, a bracket or another sign
)

// token is one lexeme of a statement. The raw texts of a statement's tokens,
// each after its space, are the statement.
type token struct {
	kind  kind
	space string // white space and comments before the token
	raw   string // as written
	value string // word: in lower case; quoted, text: without quotes; param: the name
	at    int    // byte offset of raw in the statement
}

// is reports whether t is the given keyword (in lower case) or operator.
func (t token) is(s string) bool {
	return (t.kind == word || t.kind == operator) && t.value == s
}

// isName reports whether t can name something.
func (t token) isName() bool { return t.kind == word || t.kind == quoted }

// Error is a statement that Redshift, or the twin in its place, refuses.
type Error struct {
	Code    string // SQLSTATE
	Message string // as Redshift words it, where it does
	At      int    // 1-based character of the statement; 0 where there is none
}

// Error returns the message, and the position as Redshift's driver appends it.
func (e *Error) Error() string {
	if e.At == 0 {
		return e.Message
	}
	return fmt.Sprintf("%s\n  Position: %d", e.Message, e.At)
}

// SQLSTATE codes of the refusals.
//
// Source: https://www.postgresql.org/docs/17/errcodes-appendix.html
const (
	codeSyntax      = "42601"
	codeUnsupported = "0A000"
	codeUndefined   = "42704"
	codeNoFunction  = "42883"
	codeNoRelation  = "42P01"
	codeNoPrivilege = "42501"
)

// syntaxError is Redshift's refusal of t, or of the end if t is the zero token.
func syntaxError(t token) *Error {
	if t.raw == "" {
		return &Error{Code: codeSyntax, Message: "syntax error at end of input"}
	}
	return &Error{Code: codeSyntax, Message: fmt.Sprintf("syntax error at or near %q", t.raw), At: t.at + 1}
}

// unsupported is the twin's own refusal of what Redshift would run.
func unsupported(format string, args ...any) *Error {
	return &Error{Code: codeUnsupported, Message: "the local twin doesn't run " + fmt.Sprintf(format, args...)}
}

// join puts tokens together again. Only blanks that part tokens are trimmed: to Redshift,
// other ones, such as a figure space, are letters of a name.
func join(tokens []token) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteString(t.space)
		b.WriteString(t.raw)
	}
	return strings.Trim(b.String(), " \t\r\n\f\v")
}

// QuoteIdent returns a name as PostgreSQL takes it whatever it holds: in double
// quotes, inner ones doubled.
func QuoteIdent(name string) string {
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// QuoteLiteral returns a value as a string literal. A backslash escapes in
// Redshift's literals, so it is doubled as quotes are.
func QuoteLiteral(value string) string {
	return "'" + strings.NewReplacer(`'`, `''`, `\`, `\\`).Replace(value) + "'"
}
