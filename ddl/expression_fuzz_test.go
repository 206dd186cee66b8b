package ddl_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// dialect is one of the ways in which servers, settings and drivers split SQL into tokens.
// It shares no code with package ddl.
type dialect struct {
	backslashes bool // in every '…', a backslash escapes the next character
	prefixes    bool // E'…' has backslash escapes; U&'…', B'…', X'…' and N'…' are one literal
	dollars     bool // $tag$…$tag$ is a literal
	dollarNames bool // a name can contain $; otherwise a name ends before $ if a dollar quote can begin there
	comments    bool // -- and /* begin a comment
}

var dialects = map[string]dialect{
	"Redshift":                   {backslashes: true, dollars: true, dollarNames: true, comments: true},
	"PostgreSQL 17":              {prefixes: true, dollars: true, dollarNames: true, comments: true},
	"no dollar signs in names":   {backslashes: true, prefixes: true, dollars: true, comments: true},
	"no dollar quotes":           {dollarNames: true, comments: true},
	"no comments":                {backslashes: true, dollars: true, dollarNames: true},
	"PostgreSQL 17 with escapes": {backslashes: true, prefixes: true, dollars: true, dollarNames: true, comments: true},
	"only standard quotes":       {dollarNames: true},
}

// split returns the tokens of sql: literals, names, words and other characters. complete is
// false if one of them has no end.
func (d dialect) split(sql string) (tokens []string, complete bool) {
	for sql != "" {
		n := d.tokenLength(sql)
		if n < 0 {
			return tokens, false
		}
		if strings.Trim(sql[:n], " \t\r\n") != "" {
			tokens = append(tokens, sql[:n])
		}
		sql = sql[n:]
	}
	return tokens, true
}

// tokenLength returns the length of the first token of sql, or -1 if the token has no end.
func (d dialect) tokenLength(sql string) int {
	lower := strings.ToLower(sql[:min(len(sql), 3)])
	switch {
	case d.prefixes && strings.HasPrefix(lower, "e'"):
		return from(1, quotedLength(sql[1:], '\'', true))
	case d.prefixes && (strings.HasPrefix(lower, "u&'") || strings.HasPrefix(lower, `u&"`)):
		return from(2, quotedLength(sql[2:], sql[2], false))
	case d.prefixes && len(lower) > 1 && lower[1] == '\'' && strings.Contains("bxn", lower[:1]):
		return from(1, quotedLength(sql[1:], '\'', d.backslashes))
	case sql[0] == '\'':
		return quotedLength(sql, '\'', d.backslashes)
	case sql[0] == '"':
		return quotedLength(sql, '"', false)
	case d.comments && strings.HasPrefix(sql, "--"):
		return len(sql)
	case d.comments && strings.HasPrefix(sql, "/*"):
		return -1
	case d.dollars && sql[0] == '$':
		return dollarLength(sql)
	}
	return d.wordLength(sql)
}

// from returns start + n, or n if it is negative.
func from(start, n int) int {
	if n < 0 {
		return n
	}
	return start + n
}

// quotedLength returns the length of the literal or quoted name at the start of sql, or -1
// if it has no end.
func quotedLength(sql string, quote byte, backslashes bool) int {
	for i := 1; i < len(sql); i++ {
		switch {
		case backslashes && sql[i] == '\\':
			i++
		case sql[i] == quote && i+1 < len(sql) && sql[i+1] == quote:
			i++
		case sql[i] == quote:
			return i + 1
		}
	}
	return -1
}

// dollarLength returns the length of the dollar quote $tag$…$tag$ at the start of sql. It
// returns -1 if the dollar quote has no end, and 1 if sql doesn't begin with one.
func dollarLength(sql string) int {
	end := 1
	for end < len(sql) && sql[end] != '$' {
		if part, digit := namePart(sql[end]); !part || digit && end == 1 {
			return 1
		}
		end++
	}
	if end == len(sql) {
		return 1
	}
	tag := sql[:end+1]
	n := strings.Index(sql[len(tag):], tag)
	if n < 0 {
		return -1
	}
	return n + 2*len(tag)
}

// wordLength returns the length of the word or other character at the start of sql.
func (d dialect) wordLength(sql string) int {
	n := 0
	for n < len(sql) {
		part, digit := namePart(sql[n])
		if sql[n] == '$' && n > 0 {
			part = d.dollarNames || dollarLength(sql[n:]) == 1
		}
		if !part || digit && n == 0 {
			break
		}
		n++
	}
	if n == 0 {
		_, n = utf8.DecodeRuneInString(sql)
	}
	return n
}

// namePart reports whether a name can contain c, and whether c is a digit.
func namePart(c byte) (part, digit bool) {
	digit = c >= '0' && c <= '9'
	return digit || c == '_' || c >= 0x80 || c|0x20 >= 'a' && c|0x20 <= 'z', digit
}

// FuzzExpression tests that a valid expression has the same tokens in all dialects. In
// parentheses, it must not end before the closing parenthesis or contain a semicolon.
func FuzzExpression(f *testing.F) {
	for _, sql := range documented(f) {
		f.Add(sql)
	}
	for _, sql := range []string{
		`$$'$$ FROM pg_user; DROP TABLE t; SELECT $$'$$`, `a$b$ || '); DROP TABLE t; --' || a$b$`, `'\' || ') FROM t; --'`,
		`U&'\0027'`, `E'\\'''`, `1 /* /* */ */`, `"a\" || '"'`, `1$a$`, "'a'\n'b'", `'\\''x\\'`, `a[1]::int`,
	} {
		f.Add(sql)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		if expressionError(sql) != "" || strings.TrimSpace(sql) == "" {
			return
		}
		want, _ := dialects["Redshift"].split(sql)
		for name, d := range dialects {
			got, complete := d.split(sql)
			if diff := cmp.Diff(want, got); diff != "" || !complete {
				t.Fatalf("%q: tokens of dialect %s: complete: %v (-Redshift +got):\n%s", sql, name, complete, diff)
			}
			tokens, complete := d.split("SELECT (" + sql + ") FROM t")
			if !complete || len(tokens) != len(want)+5 {
				t.Fatalf("%q: tokens of dialect %s in a SELECT: want %d, got %q", sql, name, len(want)+5, tokens)
			}
			checkParentheses(t, name, tokens[1:len(tokens)-2])
		}
	})
}

// checkParentheses fails the test unless the first and the last token are a matching pair of
// parentheses, and no token is a semicolon.
func checkParentheses(t *testing.T, dialect string, tokens []string) {
	t.Helper()
	depth := 0
	for i, token := range tokens {
		switch token {
		case "(":
			depth++
		case ")":
			depth--
		case ";":
			t.Fatalf("dialect %s, %q: got a second statement", dialect, tokens)
		}
		if last := i == len(tokens)-1; depth < 0 || (depth == 0) != last {
			t.Fatalf("dialect %s, %q: the parentheses end at token %d, want the last token", dialect, tokens, i)
		}
	}
}
