package rsql

import (
	"fmt"
	"strings"
)

// kind is the kind of a token.
type kind int

const (
	word     kind = iota // an unquoted name or a keyword
	quoted               // a "quoted" name
	text                 // a string: '…' or $tag$…$tag$
	number               // a numeric literal
	param                // :name
	operator             // an operator, a bracket or another sign
)

// token is a token of a statement. The space and raw texts of all tokens, in order, are the
// statement.
type token struct {
	kind  kind
	space string // the white space before the token; a space if it contains comments
	raw   string // the text in the statement
	value string // a word in lower case, a quoted name or text without quotes, a parameter's name, or raw
	at    int    // byte offset of raw in the statement
}

// is reports whether t is the keyword or operator s. A keyword is in lower case.
func (t token) is(s string) bool {
	return (t.kind == word || t.kind == operator) && t.value == s
}

// isName reports whether t is a word or a quoted name.
func (t token) isName() bool { return t.kind == word || t.kind == quoted }

// Error is the error for a statement that is not valid in Redshift, or that the twin doesn't
// support.
type Error struct {
	Code    string // SQLSTATE
	Message string // Redshift's text if Redshift has such an error
	At      int    // 1-based position in the statement, in bytes; 0 if there is none
}

// Error returns the message and the position, formatted as by Redshift's driver.
func (e *Error) Error() string {
	if e.At == 0 {
		return e.Message
	}
	return fmt.Sprintf("%s\n  Position: %d", e.Message, e.At)
}

// SQLSTATE codes of the errors.
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

// syntaxError returns Redshift's error for an unexpected token. An empty token means the end
// of the statement.
func syntaxError(t token) *Error {
	if t.raw == "" {
		return &Error{Code: codeSyntax, Message: "syntax error at end of input"}
	}
	return &Error{Code: codeSyntax, Message: fmt.Sprintf("syntax error at or near %q", t.raw), At: t.at + 1}
}

// unsupported returns an error for a statement that Redshift runs and the twin doesn't. The
// format and its arguments are the words of the statement.
func unsupported(format string, args ...any) *Error {
	return &Error{Code: codeUnsupported, Message: "the local twin doesn't run " + fmt.Sprintf(format, args...)}
}

// join returns the text of tokens, without white space at the beginning and the end. White
// space is only what separates tokens: other space characters of Unicode, such as the figure
// space, are letters of names in Redshift.
func join(tokens []token) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteString(t.space)
		b.WriteString(t.raw)
	}
	return strings.Trim(b.String(), " \t\r\n\f\v")
}

// QuoteIdent returns a name as a quoted identifier: in double quotes, with each double quote
// in the name doubled.
func QuoteIdent(name string) string {
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// QuoteLiteral returns a value as a string literal. It doubles quotes and also backslashes,
// since a backslash escapes in Redshift's string literals.
func QuoteLiteral(value string) string {
	return "'" + strings.NewReplacer(`'`, `''`, `\`, `\\`).Replace(value) + "'"
}
