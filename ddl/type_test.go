package ddl_test

import (
	"testing"

	"github.com/tributary-cdk/tributary/ddl"
)

// TestColumnType tests the Type that Check returns for a field column, and its errors.
func TestColumnType(t *testing.T) {
	t.Parallel()
	const decimalRange = "is out of range; write DECIMAL(p,s) with p from 1 to 38, and s up to p and at most 37"
	tests := map[string]struct{ in, want, err string }{
		"lower case":            {in: "varchar(30)", want: "VARCHAR(30)"},
		"alias":                 {in: "character varying ( 30 )", want: "VARCHAR(30)"},
		"alias of char":         {in: "CHARACTER(36)", want: "CHAR(36)"},
		"default of char":       {in: "CHAR", want: "CHAR(1)"},
		"default of varchar":    {in: "VARCHAR", want: "VARCHAR(256)"},
		"default of decimal":    {in: "numeric", want: "DECIMAL(18,0)"},
		"decimal":               {in: "DECIMAL(10,2)", want: "DECIMAL(10,2)"},
		"decimal without scale": {in: "DECIMAL(5)", want: "DECIMAL(5,0)"},
		"double":                {in: "double  precision", want: "DOUBLE PRECISION"},
		"float":                 {in: "float", want: "DOUBLE PRECISION"},
		"timestamptz":           {in: "timestamp with time zone", want: "TIMESTAMPTZ"},
		"super":                 {in: "super", want: "SUPER"},
		"shortest char":         {in: "CHAR(1)", want: "CHAR(1)"},
		"longest char":          {in: "CHAR(4096)", want: "CHAR(4096)"},
		"longest varchar":       {in: "VARCHAR(65535)", want: "VARCHAR(65535)"},
		"smallest decimal":      {in: "DECIMAL(1,1)", want: "DECIMAL(1,1)"},
		"largest decimal":       {in: "DECIMAL(38,37)", want: "DECIMAL(38,37)"},
		"unknown type": {
			in:  "TEXTT",
			err: `"TEXTT" is not a supported column type; write one of SMALLINT, INTEGER, BIGINT, DECIMAL(p,s), REAL, DOUBLE PRECISION, BOOLEAN, DATE, TIMESTAMP, TIMESTAMPTZ, CHAR(n), VARCHAR(n), SUPER`,
		},
		"SQL after the type":        {in: "INTEGER); DROP", err: `"INTEGER); DROP" is not a type; write one such as VARCHAR(30) or DECIMAL(10,2)`},
		"length of an integer":      {in: "INTEGER(4)", err: `"INTEGER(4)": INTEGER accepts at most 0 numbers in parentheses, got 1; remove the others`},
		"scale of a varchar":        {in: "VARCHAR(4,2)", err: `"VARCHAR(4,2)": VARCHAR accepts at most 1 numbers in parentheses, got 2; remove the others`},
		"varchar too long":          {in: "VARCHAR(65536)", err: `"VARCHAR(65536)" is out of range; write VARCHAR(n) with n from 1 to 65535 bytes`},
		"char too long":             {in: "CHAR(4097)", err: `"CHAR(4097)" is out of range; write CHAR(n) with n from 1 to 4096 bytes`},
		"char of no length":         {in: "CHAR(0)", err: `"CHAR(0)" is out of range; write CHAR(n) with n from 1 to 4096 bytes`},
		"precision too high":        {in: "DECIMAL(39,2)", err: `"DECIMAL(39,2)" ` + decimalRange},
		"precision too low":         {in: "DECIMAL(0,0)", err: `"DECIMAL(0,0)" ` + decimalRange},
		"scale over precision":      {in: "DECIMAL(2,3)", err: `"DECIMAL(2,3)" ` + decimalRange},
		"scale too high":            {in: "DECIMAL(38,38)", err: `"DECIMAL(38,38)" ` + decimalRange},
		"length larger than an int": {in: "CHAR(99999999999999999999)", err: `"CHAR(99999999999999999999)" has the number 99999999999999999999; write a smaller one`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checked, problems := view(func(v *ddl.View) { v.Columns = []ddl.Column{ddl.FieldColumn("a", test.in, "a")} }).Check()
			wantErr := ""
			if test.err != "" {
				wantErr = "columns[0].type: " + test.err
			}
			if got := problems.Error(); got != wantErr {
				t.Fatalf("problems: want %q, got %q", wantErr, got)
			}
			if got := checked.Columns[0].Type; test.err == "" && got != test.want {
				t.Errorf("type: want %s, got %s", test.want, got)
			}
		})
	}
}
