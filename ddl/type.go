package ddl

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// columnType is a Redshift column type with its bounds. The zero columnType is not valid.
type columnType struct {
	name             string // canonical, such as "VARCHAR"
	length           int    // bytes, of CHAR and VARCHAR
	precision, scale int    // digits, of DECIMAL
}

// parseType returns s, as [Column]'s Type describes it, as a columnType. The error says
// what is wrong with s, without a path.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/c_Supported_data_types.html
func parseType(s string) (columnType, error) {
	m := typePattern.FindStringSubmatch(s)
	if m == nil {
		return columnType{}, fmt.Errorf("%q is not a type; write one such as VARCHAR(30) or DECIMAL(10,2)", s)
	}
	name, ok := typeNames[strings.Join(strings.Fields(strings.ToUpper(m[1])), " ")]
	if !ok {
		return columnType{}, fmt.Errorf("%q is not a type a column can have; write one of SMALLINT, INTEGER, BIGINT, DECIMAL(p,s), REAL, DOUBLE PRECISION, BOOLEAN, DATE, TIMESTAMP, TIMESTAMPTZ, CHAR(n), VARCHAR(n), SUPER", s)
	}
	var bounds []int
	for _, text := range m[2:] {
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil {
			return columnType{}, fmt.Errorf("%q has the bound %s; write a smaller number", s, text)
		}
		bounds = append(bounds, n)
	}
	return bounded(s, name, bounds)
}

var typePattern = regexp.MustCompile(`^\s*([A-Za-z][A-Za-z0-9 ]*?)\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?\s*$`)

// typeNames leads from each of Redshift's names for a type to the one used
// here.
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

// The longest CHAR and VARCHAR, in bytes, and the most digits of a DECIMAL.
//
// Sources: https://docs.aws.amazon.com/redshift/latest/dg/r_Character_types.html
// and https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html
const (
	maxCharBytes     = 4096
	maxVarcharBytes  = 65535
	maxDecimalDigits = 38
	maxDecimalScale  = 37
)

func bounded(s, name string, bounds []int) (columnType, error) {
	most := map[string]int{"DECIMAL": 2, "CHAR": 1, "VARCHAR": 1}[name]
	if len(bounds) > most {
		return columnType{}, fmt.Errorf("%q has %d bounds, but %s takes %d; write fewer", s, len(bounds), name, most)
	}
	bound := func(i, otherwise int) int {
		if i < len(bounds) {
			return bounds[i]
		}
		return otherwise
	}
	switch name {
	case "DECIMAL":
		t := columnType{name: name, precision: bound(0, 18), scale: bound(1, 0)}
		if t.precision < 1 || t.precision > maxDecimalDigits || t.scale > min(t.precision, maxDecimalScale) {
			return columnType{}, fmt.Errorf("%q is out of bounds; write DECIMAL(p,s) with p from 1 to %d and s up to p and %d", s, maxDecimalDigits, maxDecimalScale)
		}
		return t, nil
	case "CHAR", "VARCHAR":
		t, most := columnType{name: name, length: bound(0, 1)}, maxCharBytes
		if name == "VARCHAR" {
			t.length, most = bound(0, 256), maxVarcharBytes
		}
		if t.length < 1 || t.length > most {
			return columnType{}, fmt.Errorf("%q is out of bounds; write %s(n) with n from 1 to %d bytes", s, name, most)
		}
		return t, nil
	}
	return columnType{name: name}, nil
}

// String returns the type as SQL.
func (t columnType) String() string {
	switch t.name {
	case "DECIMAL":
		return fmt.Sprintf("DECIMAL(%d,%d)", t.precision, t.scale)
	case "CHAR", "VARCHAR":
		return fmt.Sprintf("%s(%d)", t.name, t.length)
	}
	return t.name
}
