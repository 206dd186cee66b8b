package ddl

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxIdentBytes is the length of the longest name that Redshift accepts, in bytes of UTF-8.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_names.html
const MaxIdentBytes = 127

// Ident is a valid Redshift name in lower case, such as the name of a view. The zero Ident
// is not valid. [ParseIdent] returns an Ident.
type Ident struct{ name string }

// ParseIdent returns s as an Ident, with ASCII letters in lower case. Redshift folds all
// names to lower case, including quoted ones, unless its parameter
// enable_case_sensitive_identifier is on. The default is off.
//
// The name must be a standard identifier: a letter or underscore, followed by letters,
// digits, underscores and dollar signs. It must not be a reserved word. So people can use
// the name in queries without quotes. The error has no path of a field.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_names.html
func ParseIdent(s string) (Ident, error) {
	if s == "" {
		return Ident{}, fmt.Errorf("required; write a name")
	}
	if len(s) > MaxIdentBytes {
		return Ident{}, fmt.Errorf("%q is %d bytes long; write at most %d", s, len(s), MaxIdentBytes)
	}
	if !utf8.ValidString(s) {
		return Ident{}, fmt.Errorf("%q is not UTF-8; write letters, digits, _ and $", s)
	}
	for i, r := range s {
		if !isNameCharacter(r, i == 0) {
			return Ident{}, fmt.Errorf("%q has %q at byte %d; write letters, digits, _ and $, not beginning with a digit or $", s, r, i)
		}
	}
	folded := fold(s)
	if reserved[folded] {
		return Ident{}, fmt.Errorf("%q is a reserved word of Redshift; write another name, such as %q", s, folded+"_")
	}
	return Ident{folded}, nil
}

// isNameCharacter reports whether a name can contain r. first is true for the first
// character of the name.
func isNameCharacter(r rune, first bool) bool {
	if r > unicode.MaxASCII || isWordStart(byte(r)) {
		return true
	}
	return !first && (r == '$' || isDigit(byte(r)))
}

// fold returns s with ASCII letters in lower case, and all other characters unchanged.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + ('a' - 'A')
		}
		return r
	}, s)
}

// Name returns the name in lower case without quotes, as in Redshift's system catalogs.
func (id Ident) Name() string { return id.name }

// String returns the name in double quotes, ready for use in SQL.
func (id Ident) String() string { return Quote(id.name) }

// Quote returns a name in double quotes for use in SQL, with double quotes in the name
// doubled. Unlike [ParseIdent], it accepts names that are not standard identifiers, and
// doesn't change case.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_names.html
func Quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Literal returns s as an SQL string literal, in single quotes. Single quotes in s are
// doubled. Backslashes are doubled, too, since in a literal Redshift treats a backslash as
// an escape character.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_QUOTE_LITERAL.html
func Literal(s string) string {
	return "'" + strings.NewReplacer(`'`, `''`, `\`, `\\`).Replace(s) + "'"
}
