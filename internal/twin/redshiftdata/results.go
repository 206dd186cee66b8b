package redshiftdata

import (
	"context"
	"strconv"

	"github.com/tributary-cdk/tributary/internal/twin/sqlengine"
)

// column is the API's ColumnMetadata.
type column struct {
	Name            string `json:"name"`
	Label           string `json:"label"`
	TypeName        string `json:"typeName"`
	SchemaName      string `json:"schemaName"`
	TableName       string `json:"tableName"`
	Length          int    `json:"length"`
	Precision       int    `json:"precision"`
	Scale           int    `json:"scale"`
	Nullable        int    `json:"nullable"`
	IsCaseSensitive bool   `json:"isCaseSensitive"`
	IsCurrency      bool   `json:"isCurrency"`
	IsSigned        bool   `json:"isSigned"`
}

// field is the API's Field. Exactly one of its members is not nil.
type field struct {
	IsNull       *bool    `json:"isNull,omitempty"`
	BooleanValue *bool    `json:"booleanValue,omitempty"`
	LongValue    *int64   `json:"longValue,omitempty"`
	DoubleValue  *float64 `json:"doubleValue,omitempty"`
	StringValue  *string  `json:"stringValue,omitempty"`
}

// resultOutput is the output of GetStatementResult.
type resultOutput struct {
	ColumnMetadata []column
	Records        [][]field
	TotalNumRows   int64
	NextToken      string `json:",omitempty"`
}

// result returns a page of a statement's result.
func (s *Service) result(ctx context.Context, in *idInput) (*resultOutput, error) {
	if err := s.mayAccess(ctx, "GetStatementResult", in.ID); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	st, p, err := s.find(in.ID, s.Caller(ctx))
	if err != nil {
		return nil, err
	}
	if p.status != finished || p.result.Columns == nil || st.batch && in.ID == st.id {
		return nil, invalid("Query does not have result. Please check query status with DescribeStatement.")
	}
	from := 0
	if in.NextToken != "" {
		if from, err = offset(in.NextToken, len(p.result.Rows)); err != nil {
			return nil, err
		}
	}
	out := &resultOutput{ColumnMetadata: columnsOf(p.result.Columns), Records: [][]field{}, TotalNumRows: int64(len(p.result.Rows))}
	size := 0
	for i, row := range p.result.Rows[from:] {
		if size > maxPageBytes {
			out.NextToken = encode(strconv.Itoa(from + i))
			break
		}
		record := make([]field, len(row))
		for c, v := range row {
			record[c] = fieldOf(p.result.Columns[c].Type, v)
			size += len(v)
		}
		out.Records = append(out.Records, record)
	}
	return out, nil
}

// offset decodes a pagination token that contains an index in a list of n elements.
func offset(token string, n int) (int, error) {
	text, err := decode(token)
	if err != nil {
		return 0, err
	}
	index, err := strconv.Atoi(text)
	if err != nil || index < 0 || index > n {
		return 0, invalid("NextToken %q is not valid", token)
	}
	return index, nil
}

// columnsOf returns the API's description of columns, whose members mean the same as in
// JDBC.
func columnsOf(columns []sqlengine.Column) []column {
	list := make([]column, len(columns))
	for i, c := range columns {
		list[i] = column{
			Name: c.Name, Label: c.Name, TypeName: c.Type, SchemaName: c.Schema, TableName: c.Table,
			Length: c.Length, Precision: c.Precision, Scale: c.Scale, Nullable: 1,
		}
		if c.NotNull {
			list[i].Nullable = 0
		}
		switch c.Type {
		case "varchar", "bpchar", "super", "name":
			list[i].IsCaseSensitive = true
		case "int2", "int4", "int8", "float4", "float8", "numeric":
			list[i].IsSigned = true
		}
	}
	return list
}

// fieldOf returns a value of a type as a field. A nil value is NULL. Booleans, integers and
// floating-point numbers have their own members. Values of other types, such as numeric, are
// strings.
func fieldOf(typ string, v []byte) field {
	yes := true
	if v == nil {
		return field{IsNull: &yes}
	}
	text := string(v)
	switch typ {
	case "bool":
		b := text == "t"
		return field{BooleanValue: &b}
	case "int2", "int4", "int8", "oid":
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return field{LongValue: &n}
		}
	case "float4", "float8":
		// JSON has no NaN and no infinities, so these values are strings.
		if f, err := strconv.ParseFloat(text, 64); err == nil && f-f == 0 {
			return field{DoubleValue: &f}
		}
	}
	return field{StringValue: &text}
}
