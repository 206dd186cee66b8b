package dataapi

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"
)

// Result is the result of a statement.
type Result struct {
	Columns []Column
	// Rows iterates over the rows. It reads one page at a time, so a large result needs
	// little memory. It can be used once, and ends after the first error.
	//
	// A row has one value for each column: nil for null, bool, int64, float64, string,
	// []byte, json.Number for a number whose digits must not change, or json.RawMessage
	// for a SUPER value.
	Rows iter.Seq2[[]any, error]
}

// Column is a column of a result.
type Column struct {
	// Name is the column's name in the statement.
	Name string `json:"name"`
	// Type is the Data API's name of the column's type, such as "int8".
	Type string `json:"type"`
}

// Numeric reports whether the column contains numbers.
func (c Column) Numeric() bool { return numericTypes[c.Type] }

// numericTypes are the Data API's names of numeric types. It is read-only.
var numericTypes = map[string]bool{
	"int2": true, "int4": true, "int8": true, "oid": true, "float4": true, "float8": true, "numeric": true, "decimal": true,
}

// Result returns the result of a finished statement by its ID. It does not retry: if the
// Data API throttles a page, Result or Rows returns the error.
func (r *Runner) Result(ctx context.Context, id string) (Result, error) {
	pages := redshiftdata.NewGetStatementResultPaginator(r.API, &redshiftdata.GetStatementResultInput{Id: &id})
	return readResult(id, pages.HasMorePages, func() (*redshiftdata.GetStatementResultOutput, error) { return pages.NextPage(ctx) })
}

// readResult returns the result of the statement with the given ID. next returns the next
// page, and more reports whether there is a next page.
func readResult(id string, more func() bool, next func() (*redshiftdata.GetStatementResultOutput, error)) (Result, error) {
	wrap := func(err error) error { return fmt.Errorf("result of statement %s: %w", id, err) }
	page, err := next()
	if err != nil {
		return Result{}, wrap(err)
	}
	columns := make([]Column, len(page.ColumnMetadata))
	for i, c := range page.ColumnMetadata {
		columns[i] = Column{cmp.Or(aws.ToString(c.Label), aws.ToString(c.Name)), aws.ToString(c.TypeName)}
	}
	return Result{columns, func(yield func([]any, error) bool) {
		for {
			for _, record := range page.Records {
				row, err := decode(columns, record)
				if err != nil {
					yield(nil, wrap(err))
					return
				}
				if !yield(row, nil) {
					return
				}
			}
			if !more() {
				return
			}
			if page, err = next(); err != nil {
				yield(nil, wrap(err))
				return
			}
		}
	}}, nil
}

// decode returns the values of a record. The Data API sends numbers with many digits and
// SUPER values as strings.
func decode(columns []Column, record []types.Field) ([]any, error) {
	row := make([]any, len(record))
	for i, field := range record {
		switch f := field.(type) {
		case *types.FieldMemberIsNull:
		case *types.FieldMemberStringValue:
			row[i] = f.Value
			if i < len(columns) {
				row[i] = columns[i].parse(f.Value)
			}
		case *types.FieldMemberLongValue:
			row[i] = f.Value
		case *types.FieldMemberDoubleValue:
			row[i] = f.Value
		case *types.FieldMemberBooleanValue:
			row[i] = f.Value
		case *types.FieldMemberBlobValue:
			row[i] = f.Value
		default:
			return nil, fmt.Errorf("column %d: unknown value type %T", i+1, f)
		}
	}
	return row, nil
}

// parse returns the value of a field that the Data API sent as a string.
func (c Column) parse(text string) any {
	switch {
	case c.Numeric():
		return json.Number(text)
	case c.Type == "super" && json.Valid([]byte(text)):
		return json.RawMessage(text)
	}
	return text
}

// Text returns a value of a [Result] as text: null is the empty string, and bytes are
// hexadecimal digits.
func Text(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case json.RawMessage:
		return string(v)
	case []byte:
		return fmt.Sprintf("%x", v)
	}
	return fmt.Sprint(value)
}
