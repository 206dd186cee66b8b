package ddl

import "testing"

func TestParseType(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ in, want, err string }{
		"lower case":        {in: "varchar(30)", want: "VARCHAR(30)"},
		"another name":      {in: "character varying ( 30 )", want: "VARCHAR(30)"},
		"char":              {in: "CHARACTER(36)", want: "CHAR(36)"},
		"char's default":    {in: "CHAR", want: "CHAR(1)"},
		"varchar's default": {in: "VARCHAR", want: "VARCHAR(256)"},
		"decimal":           {in: "DECIMAL(10,2)", want: "DECIMAL(10,2)"},
		"decimal's default": {in: "numeric", want: "DECIMAL(18,0)"},
		"decimal's scale":   {in: "DECIMAL(5)", want: "DECIMAL(5,0)"},
		"double":            {in: "double  precision", want: "DOUBLE PRECISION"},
		"float":             {in: "float", want: "DOUBLE PRECISION"},
		"timestamptz":       {in: "timestamp with time zone", want: "TIMESTAMPTZ"},
		"super":             {in: "super", want: "SUPER"},
		"unknown":           {in: "TEXTT", err: `"TEXTT" is not a type a column can have; write one of SMALLINT, INTEGER, BIGINT, DECIMAL(p,s), REAL, DOUBLE PRECISION, BOOLEAN, DATE, TIMESTAMP, TIMESTAMPTZ, CHAR(n), VARCHAR(n), SUPER`},
		"more than a type":  {in: "INTEGER); DROP", err: `"INTEGER); DROP" is not a type; write one such as VARCHAR(30) or DECIMAL(10,2)`},
		"bounds for none":   {in: "INTEGER(4)", err: `"INTEGER(4)" has 1 bounds, but INTEGER takes 0; write fewer`},
		"too long":          {in: "VARCHAR(65536)", err: `"VARCHAR(65536)" is out of bounds; write VARCHAR(n) with n from 1 to 65535 bytes`},
		"too precise":       {in: "DECIMAL(39,2)", err: `"DECIMAL(39,2)" is out of bounds; write DECIMAL(p,s) with p from 1 to 38 and s up to p and 37`},
		"scale":             {in: "DECIMAL(2,3)", err: `"DECIMAL(2,3)" is out of bounds; write DECIMAL(p,s) with p from 1 to 38 and s up to p and 37`},
		"endless":           {in: "CHAR(99999999999999999999)", err: `"CHAR(99999999999999999999)" has the bound 99999999999999999999; write a smaller number`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := parseType(test.in)
			message := ""
			if err != nil {
				message = err.Error()
			}
			if message != test.err {
				t.Fatalf("error\nwant %s\ngot  %s", test.err, message)
			}
			if err == nil && got.String() != test.want {
				t.Errorf("want %s, got %s", test.want, got)
			}
		})
	}
}
