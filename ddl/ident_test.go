package ddl_test

import (
	"strings"
	"testing"

	"github.com/tributary-cdk/tributary/ddl"
)

func TestParseIdent(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 127)
	tests := map[string]struct{ in, want, err string }{
		"lower case":       {in: "ev_station_data", want: `"ev_station_data"`},
		"upper case":       {in: "kWhDelivered", want: `"kwhdelivered"`},
		"dollar and digit": {in: "_a$1", want: `"_a$1"`},
		"not ASCII":        {in: "größe", want: `"größe"`},
		"127 bytes":        {in: long, want: `"` + long + `"`},
		"empty":            {err: "required; write a name"},
		"128 bytes":        {in: long + "a", err: `"` + long + `a" is 128 bytes long; write at most 127`},
		"reserved word":    {in: "Table", err: `"Table" is a reserved word of Redshift; write another name, such as "table_"`},
		"digit at start":   {in: "1a", err: `"1a" has '1' at byte 0; write letters, digits, _ and $, not beginning with a digit or $`},
		"quote":            {in: `a"b`, err: `"a\"b" has '"' at byte 1; write letters, digits, _ and $, not beginning with a digit or $`},
		"space":            {in: "a b", err: `"a b" has ' ' at byte 1; write letters, digits, _ and $, not beginning with a digit or $`},
		"not UTF-8":        {in: "a\xff", err: `"a\xff" is not UTF-8; write letters, digits, _ and $`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			id, err := ddl.ParseIdent(test.in)
			if got := message(err); got != test.err {
				t.Fatalf("error\nwant %s\ngot  %s", test.err, got)
			}
			if err == nil && id.String() != test.want {
				t.Errorf("want %s, got %s", test.want, id)
			}
		})
	}
}

// message returns the text of an error, or "" for nil.
func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// FuzzParseIdent tests that the name of an Ident is parsed as the same Ident, and that the
// quoted name has no quotes inside.
func FuzzParseIdent(f *testing.F) {
	for _, seed := range []string{"a", "Ev_Station", "table", `"`, "ä", "\x80"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, err := ddl.ParseIdent(s)
		if err != nil {
			return
		}
		again, err := ddl.ParseIdent(id.Name())
		if err != nil || again != id {
			t.Errorf("ParseIdent(%q): got %s; ParseIdent of its name: want %s, got %s, error %v", s, id, id, again, err)
		}
		if quoted := id.String(); strings.Count(quoted, `"`) != 2 {
			t.Errorf("ParseIdent(%q).String(): want no quotes inside the name, got %s", s, quoted)
		}
	})
}

func TestLiteral(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":          `''`,
		"it's":      `'it''s'`,
		`back\'`:    `'back\\'''`,
		"arn:aws:x": `'arn:aws:x'`,
	} {
		if got := ddl.Literal(in); got != want {
			t.Errorf("Literal(%q): want %s, got %s", in, want, got)
		}
	}
}
