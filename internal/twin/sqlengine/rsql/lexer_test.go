package rsql

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLex(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		sql  string
		want []string // the kind and value of each token
	}{
		"names fold":               {`Select "Mixed" FROM É`, []string{"word select", "quoted Mixed", "word from", "word É"}},
		"strings":                  {`'it''s' 'a\'b\n' ''`, []string{"text it's", "text a'b\n", "text "}},
		"quotes in names":          {`"a""b"`, []string{`quoted a"b`}},
		"dollar quotes":            {`$$a'b$$ $t$x $$ y$t$`, []string{"text a'b", "text x $$ y"}},
		"dollar in a name":         {`a$b`, []string{"word a$b"}},
		"comments":                 {"a -- b ; '\n/* c /* d */ ' */ e", []string{"word a", "word e"}},
		"numbers":                  {"1 1.5 .5 1e-3 2.E5 1..2", []string{"number 1", "number 1.5", "number .5", "number 1e-3", "number 2.E5", "number 1", "operator .", "number .2"}},
		"casts, parameters":        {"a::int :b ':c' d:e", []string{"word a", "operator ::", "word int", "param b", "text :c", "word d", "param e"}},
		"operators":                {"a>=b||c<>d", []string{"word a", "operator >=", "word b", "operator ||", "word c", "operator <>", "word d"}},
		"a comment ends with a CR": {"a -- b\rc", []string{"word a", "word c"}},
		"signs of the next number": {"a=-1 *-b", []string{"word a", "operator =", "operator -", "number 1", "operator *", "operator -", "word b"}},
		"hash as an alias":         {"x AS #Users, a # b", []string{"word x", "word as", "word #users", "operator ,", "word a", "operator #", "word b"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tokens, err := lex(tt.sql)
			if err != nil {
				t.Fatal(err)
			}
			kinds := []string{"word", "quoted", "text", "number", "param", "operator"}
			var got []string
			for _, token := range tokens {
				got = append(got, kinds[token.kind]+" "+token.value)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestLexRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ sql, want string }{
		"string":                      {"SELECT 'a", "unterminated quoted string\n  Position: 8"},
		"identifier":                  {`SELECT "a`, "unterminated quoted identifier\n  Position: 8"},
		"comment":                     {"SELECT /* /* */ 1", "unterminated /* comment\n  Position: 8"},
		"Unicode escapes in a name":   {`SELECT U&"pg\005fread_file"('x')`, "syntax error at or near \"&\\\"pg\\\\005fread_file\\\"\"\n  Position: 9"},
		"Unicode escapes in a string": {`SELECT u&'\0061'`, "syntax error at or near \"&'\\\\0061'\"\n  Position: 9"},
		"a string with a prefix":      {`SELECT E'a'`, "syntax error at or near \"E'a'\"\n  Position: 8"},
		"a name after a number":       {"SELECT 0x1F", "syntax error at or near \"0x1F\"\n  Position: 8"},
		"PostgreSQL's parameters":     {"SELECT $1", "syntax error at or near \"$\"\n  Position: 8"},
		"PostgreSQL's operators":      {"SELECT a @@ b", "syntax error at or near \"@@\"\n  Position: 10"},
		"named arguments":             {"SELECT f(a => 1)", "syntax error at or near \"=>\"\n  Position: 12"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := lex(tt.sql)
			if err == nil || err.Error() != tt.want {
				t.Errorf("want %q, got %v", tt.want, err)
			}
		})
	}
}

// rawTexts returns the raw texts of tokens.
func rawTexts(tokens []token) []string {
	var list []string
	for _, t := range tokens {
		list = append(list, t.raw)
	}
	return list
}

// FuzzLex checks that the tokens contain the whole statement in order, and that lex splits
// their joined text into the same tokens.
func FuzzLex(f *testing.F) {
	for _, seed := range []string{"SELECT 1", `'a\'' "b" $$c$$ :d -- e`, "/* /* */ */ a::b[0]", "$1 #x AS #y \xff", "SELECT 1 AS a\u2007", strings.Repeat("+", 5000) + "A~A"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		tokens, err := lex(sql)
		if err != nil {
			return
		}
		at := 0
		for _, token := range tokens {
			if token.at < at || sql[token.at:token.at+len(token.raw)] != token.raw || token.raw == "" {
				t.Fatalf("%q: token %q: want offset %d or more, got %d", sql, token.raw, at, token.at)
			}
			if skipped := sql[at:token.at]; strings.TrimSpace(skipped) != "" && token.space != " " {
				t.Fatalf("%q: space for %q, before token %q: got %q", sql, skipped, token.raw, token.space)
			}
			at = token.at + len(token.raw)
		}
		again, err := lex(join(tokens))
		if err != nil {
			t.Fatalf("%q: lex the joined tokens %q: %v", sql, join(tokens), err)
		}
		if diff := cmp.Diff(rawTexts(tokens), rawTexts(again)); diff != "" {
			t.Fatalf("%q: tokens of the joined tokens: -want +got:\n%s", sql, diff)
		}
	})
}
