package ddl

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// MaxIdentBytes is the longest name that Redshift keeps, in bytes of UTF-8.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_names.html
const MaxIdentBytes = 127

// Ident is a Redshift name, held unquoted and folded to lower case. The zero
// Ident is not valid. [ParseIdent] makes one, for SQL of your own.
type Ident struct{ name string }

// ParseIdent returns s as an Ident. ASCII upper case is folded to lower case,
// as Redshift folds names, quoted ones too, while
// enable_case_sensitive_identifier is off, its default. The error says what is
// wrong with s, without a path.
//
// Names are standard identifiers: a letter or underscore, then letters, digits,
// underscores and dollar signs, and no reserved word, so that people can query
// what Tributary made without quoting it.
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
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r == '_', r >= utf8.RuneSelf:
		case i > 0 && (r >= '0' && r <= '9' || r == '$'):
		default:
			return Ident{}, fmt.Errorf("%q has %q at byte %d; write letters, digits, _ and $, not beginning with a digit or $", s, r, i)
		}
	}
	folded := fold(s)
	if reserved[folded] {
		return Ident{}, fmt.Errorf("%q is a reserved word of Redshift; write another name, such as %q", s, folded+"_")
	}
	return Ident{folded}, nil
}

// fold lowers ASCII letters and leaves all others alone.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + ('a' - 'A')
		}
		return r
	}, s)
}

// Name returns the folded name without quotes, as catalogs hold it.
func (id Ident) Name() string { return id.name }

// String returns the name in double quotes, as it stands in SQL.
func (id Ident) String() string { return Quote(id.name) }

// Quote returns a name in double quotes, inner quotes doubled, as SQL has names that need
// not be standard identifiers.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_names.html
func Quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Literal returns s as a SQL string literal. Backslashes are doubled, since
// Redshift reads them as escapes within a literal.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_QUOTE_LITERAL.html
func Literal(s string) string {
	return "'" + strings.NewReplacer(`'`, `''`, `\`, `\\`).Replace(s) + "'"
}
