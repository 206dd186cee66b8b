package ddl

import "fmt"

// kind is the kind of a token.
type kind int

const (
	word       kind = iota // a keyword or a name without quotes
	quotedName             // "…"
	literal                // '…'
	number                 // 12, 1.5, .5, 1e-3
	symbol                 // an operator, a parenthesis, a bracket, a comma, a semicolon or a dot
)

// token is one token of an expression.
type token struct {
	kind    kind
	text    string // a word in lower case, or a symbol; "" for other kinds
	at, end int    // the offsets of the first byte, and of the byte after the last one
}

// syntaxError is an error at one position of an expression.
type syntaxError struct {
	at   int // the byte offset in the expression
	text string
}

func (e *syntaxError) Error() string { return e.text }

func syntaxErrorf(at int, format string, arguments ...any) *syntaxError {
	return &syntaxError{at, fmt.Sprintf(format, arguments...)}
}
