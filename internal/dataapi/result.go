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

// Result is what a statement returned.
type Result struct {
	Columns []Column
	// Rows reads the result page by page as it is ranged over, so that a large result
	// needs little memory. It can be ranged over once, and ends at its first error.
	//
	// A row has one value for each column: nil for null, bool, int64, float64, string,
	// []byte, json.Number for a number whose digits are to be kept, or json.RawMessage
	// for a SUPER value.
	Rows iter.Seq2[[]any, error]
}

// Column is one of a result's columns.
type Column struct {
	// Name is what the statement calls the column.
	Name string `json:"name"`
	// Type is Redshift's name of its type, as the Data API gives it: such as "int8".
	Type string `json:"type"`
}

// Numeric reports whether the column holds numbers.
func (c Column) Numeric() bool { return numericTypes[c.Type] }

// numericTypes are the type names of numbers, as the Data API gives them. It isn't
// changed.
var numericTypes = map[string]bool{
	"int2": true, "int4": true, "int8": true, "oid": true, "float4": true, "float8": true, "numeric": true, "decimal": true,
}

// Result returns the result of the finished statement that has an id. It asks for each
// page once: a page that the Data API is too busy for is an error.
func (r *Runner) Result(ctx context.Context, id string) (Result, error) {
	pages := redshiftdata.NewGetStatementResultPaginator(r.API, &redshiftdata.GetStatementResultInput{Id: &id})
	return readResult(id, pages.HasMorePages, func() (*redshiftdata.GetStatementResultOutput, error) { return pages.NextPage(ctx) })
}

// readResult returns the result of the statement that has an id. next returns its next
// page, as long as more reports that there is one.
func readResult(id string, more func() bool, next func() (*redshiftdata.GetStatementResultOutput, error)) (Result, error) {
	failed := func(err error) error { return fmt.Errorf("result of statement %s: %w", id, err) }
	page, err := next()
	if err != nil {
		return Result{}, failed(err)
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
					yield(nil, failed(err))
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
				yield(nil, failed(err))
				return
			}
		}
	}}, nil
}

// decode returns a record's values. The Data API sends numbers of many digits and SUPER
// values as strings.
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
			return nil, fmt.Errorf("column %d: a value of the unknown kind %T", i+1, f)
		}
	}
	return row, nil
}

// parse returns the column's value that came as a string.
func (c Column) parse(text string) any {
	switch {
	case c.Numeric():
		return json.Number(text)
	case c.Type == "super" && json.Valid([]byte(text)):
		return json.RawMessage(text)
	}
	return text
}

// Text returns a value of a [Result] as text: null as the empty string, and bytes as
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
