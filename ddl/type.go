package ddl

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// columnType is the type of a Redshift column with its parameters. The zero columnType is
// not valid.
type columnType struct {
	name             string // in upper case and without alias, such as "VARCHAR"
	length           int    // the length of CHAR and VARCHAR in bytes; otherwise 0
	precision, scale int    // the digits of DECIMAL; otherwise 0
}

// parseType parses the Type of a [Column]. The error has no path of a field.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html
func parseType(s string) (columnType, error) {
	m := typePattern.FindStringSubmatch(s)
	if m == nil {
		return columnType{}, fmt.Errorf("%q is not a type; write one such as VARCHAR(30) or DECIMAL(10,2)", s)
	}
	name, ok := typeNames[strings.Join(strings.Fields(strings.ToUpper(m[1])), " ")]
	if !ok {
		return columnType{}, fmt.Errorf("%q is not a supported column type; write one of SMALLINT, INTEGER, BIGINT, DECIMAL(p,s), REAL, DOUBLE PRECISION, BOOLEAN, DATE, TIMESTAMP, TIMESTAMPTZ, CHAR(n), VARCHAR(n), SUPER", s)
	}
	var parameters []int
	for _, text := range m[2:] {
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil {
			return columnType{}, fmt.Errorf("%q has the number %s; write a smaller one", s, text)
		}
		parameters = append(parameters, n)
	}
	return withParameters(s, name, parameters)
}

var typePattern = regexp.MustCompile(`^\s*([A-Za-z][A-Za-z0-9 ]*?)\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?\s*$`)

// typeNames has the name of each type by each of its names and aliases in Redshift.
var typeNames = map[string]string{
	"SMALLINT": "SMALLINT", "INT2": "SMALLINT",
	"INTEGER": "INTEGER", "INT": "INTEGER", "INT4": "INTEGER",
	"BIGINT": "BIGINT", "INT8": "BIGINT",
	"DECIMAL": "DECIMAL", "NUMERIC": "DECIMAL",
	"REAL": "REAL", "FLOAT4": "REAL",
	"DOUBLE PRECISION": "DOUBLE PRECISION", "FLOAT8": "DOUBLE PRECISION", "FLOAT": "DOUBLE PRECISION",
	"BOOLEAN": "BOOLEAN", "BOOL": "BOOLEAN",
	"DATE":      "DATE",
	"TIMESTAMP": "TIMESTAMP", "TIMESTAMP WITHOUT TIME ZONE": "TIMESTAMP",
	"TIMESTAMPTZ": "TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ",
	"CHAR": "CHAR", "CHARACTER": "CHAR", "NCHAR": "CHAR",
	"VARCHAR": "VARCHAR", "CHARACTER VARYING": "VARCHAR", "NVARCHAR": "VARCHAR",
	"SUPER": "SUPER",
}

// Redshift's limits: the length of CHAR and VARCHAR in bytes, and the digits of DECIMAL.
//
// Sources: https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html
// and https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html
const (
	maxCharBytes     = 4096
	maxVarcharBytes  = 65535
	maxDecimalDigits = 38
	maxDecimalScale  = 37
)

// withParameters returns the type with its parameters, or with Redshift's defaults for
// parameters that are not given. s is the declared type, for error texts.
func withParameters(s, name string, parameters []int) (columnType, error) {
	most := map[string]int{"DECIMAL": 2, "CHAR": 1, "VARCHAR": 1}[name]
	if len(parameters) > most {
		return columnType{}, fmt.Errorf("%q: %s accepts at most %d numbers in parentheses, got %d; remove the others", s, name, most, len(parameters))
	}
	parameter := func(i, defaultValue int) int {
		if i < len(parameters) {
			return parameters[i]
		}
		return defaultValue
	}
	switch name {
	case "DECIMAL":
		t := columnType{name: name, precision: parameter(0, 18), scale: parameter(1, 0)}
		if t.precision < 1 || t.precision > maxDecimalDigits || t.scale > min(t.precision, maxDecimalScale) {
			return columnType{}, fmt.Errorf("%q is out of range; write DECIMAL(p,s) with p from 1 to %d, and s up to p and at most %d", s, maxDecimalDigits, maxDecimalScale)
		}
		return t, nil
	case "CHAR", "VARCHAR":
		t, most := columnType{name: name, length: parameter(0, 1)}, maxCharBytes
		if name == "VARCHAR" {
			t.length, most = parameter(0, 256), maxVarcharBytes
		}
		if t.length < 1 || t.length > most {
			return columnType{}, fmt.Errorf("%q is out of range; write %s(n) with n from 1 to %d bytes", s, name, most)
		}
		return t, nil
	}
	return columnType{name: name}, nil
}

// String returns the type in SQL.
func (t columnType) String() string {
	switch t.name {
	case "DECIMAL":
		return fmt.Sprintf("DECIMAL(%d,%d)", t.precision, t.scale)
	case "CHAR", "VARCHAR":
		return fmt.Sprintf("%s(%d)", t.name, t.length)
	}
	return t.name
}
