package ddl_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// reading is one of the ways in which servers, settings and drivers cut SQL into
// tokens. It shares no code with package ddl.
type reading struct {
	backslashes bool // hide the character behind them in every '…'
	prefixes    bool // E'…' has backslashes, U&'…' and the like are one literal
	dollars     bool // $tag$…$tag$ is a literal
	dollarNames bool // a name may hold a dollar sign; if not, it ends before what can be a dollar quote
	comments    bool // nested
}

var readings = map[string]reading{
	"Redshift":                    {backslashes: true, dollars: true, dollarNames: true, comments: true},
	"PostgreSQL 17":               {prefixes: true, dollars: true, dollarNames: true, comments: true},
	"dollar signs end names":      {backslashes: true, prefixes: true, dollars: true, comments: true},
	"no dollar quotes":            {dollarNames: true, comments: true},
	"no comments":                 {backslashes: true, dollars: true, dollarNames: true},
	"PostgreSQL 17, all escapes":  {backslashes: true, prefixes: true, dollars: true, dollarNames: true, comments: true},
	"nothing but standard quotes": {dollarNames: true},
}

// cut returns the pieces of sql: literals, names, words, other characters. It
// reports false if one of them has no end.
func (r reading) cut(sql string) (pieces []string, whole bool) {
	for sql != "" {
		n := r.piece(sql)
		if n < 0 {
			return pieces, false
		}
		if strings.Trim(sql[:n], " \t\r\n") != "" {
			pieces = append(pieces, sql[:n])
		}
		sql = sql[n:]
	}
	return pieces, true
}

// piece returns the length of the piece with which sql begins, or -1.
func (r reading) piece(sql string) int {
	lower := strings.ToLower(sql[:min(len(sql), 3)])
	switch {
	case r.prefixes && strings.HasPrefix(lower, "e'"):
		return from(1, quotedLength(sql[1:], '\'', true))
	case r.prefixes && (strings.HasPrefix(lower, "u&'") || strings.HasPrefix(lower, `u&"`)):
		return from(2, quotedLength(sql[2:], sql[2], false))
	case r.prefixes && len(lower) > 1 && lower[1] == '\'' && strings.Contains("bxn", lower[:1]):
		return from(1, quotedLength(sql[1:], '\'', r.backslashes))
	case sql[0] == '\'':
		return quotedLength(sql, '\'', r.backslashes)
	case sql[0] == '"':
		return quotedLength(sql, '"', false)
	case r.comments && strings.HasPrefix(sql, "--"):
		return len(sql)
	case r.comments && strings.HasPrefix(sql, "/*"):
		return -1
	case r.dollars && sql[0] == '$':
		return dollarLength(sql)
	}
	return r.wordLength(sql)
}

func from(start, n int) int {
	if n < 0 {
		return n
	}
	return start + n
}

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

// dollarLength returns the length of $tag$…$tag$, or 1 if that is none.
func dollarLength(sql string) int {
	end := 1
	for end < len(sql) && sql[end] != '$' {
		if isPart, digit := namePart(sql[end]); !isPart || digit && end == 1 {
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

func (r reading) wordLength(sql string) int {
	n := 0
	for n < len(sql) {
		part, digit := namePart(sql[n])
		if sql[n] == '$' && n > 0 {
			part = r.dollarNames || dollarLength(sql[n:]) == 1
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

func namePart(c byte) (part, digit bool) {
	digit = c >= '0' && c <= '9'
	return digit || c == '_' || c >= 0x80 || c|0x20 >= 'a' && c|0x20 <= 'z', digit
}

// FuzzExpression holds that an accepted expression, put into parentheses, stays
// within them, and has no second statement, however the SQL is read.
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
		want, _ := readings["Redshift"].cut(sql)
		for name, r := range readings {
			got, whole := r.cut(sql)
			if diff := cmp.Diff(want, got); diff != "" || !whole {
				t.Fatalf("%q: as %s, whole: %v, pieces (-Redshift +got):\n%s", sql, name, whole, diff)
			}
			pieces, whole := r.cut("SELECT (" + sql + ") FROM t")
			if !whole || len(pieces) != len(want)+5 {
				t.Fatalf("%q: as %s, embedded: %q", sql, name, pieces)
			}
			checkInside(t, name, pieces[1:len(pieces)-2])
		}
	})
}

// checkInside checks that pieces are one pair of parentheses with all else
// within, and no semicolon.
func checkInside(t *testing.T, name string, pieces []string) {
	t.Helper()
	depth := 0
	for i, piece := range pieces {
		switch piece {
		case "(":
			depth++
		case ")":
			depth--
		case ";":
			t.Fatalf("as %s, %q: a second statement", name, pieces)
		}
		if last := i == len(pieces)-1; depth < 0 || (depth == 0) != last {
			t.Fatalf("as %s, %q: outside of the parentheses", name, pieces)
		}
	}
}
