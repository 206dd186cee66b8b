package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"

	"github.com/tributary-cdk/tributary/internal/dataapi"
	"github.com/tributary-cdk/tributary/internal/table"
)

// readResult returns a finished statement's rows, page by page as they are asked
// for.
func readResult(ctx context.Context, api dataapi.API, id string) (table.Table, error) {
	pages := redshiftdata.NewGetStatementResultPaginator(api, &redshiftdata.GetStatementResultInput{Id: &id})
	next := func() (*redshiftdata.GetStatementResultOutput, error) {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("result of statement %s: %w", id, err)
		}
		return page, nil
	}
	page, err := next()
	if err != nil {
		return table.Table{}, err
	}
	columns := page.ColumnMetadata
	result := table.Table{Columns: make([]table.Column, len(columns))}
	for i, c := range columns {
		result.Columns[i] = table.Column{Name: cmp.Or(aws.ToString(c.Label), aws.ToString(c.Name)), Numeric: numericTypes[aws.ToString(c.TypeName)]}
	}
	result.Rows = func(yield func([]any, error) bool) {
		for {
			for _, record := range page.Records {
				values, err := row(columns, record)
				if !yield(values, err) || err != nil {
					return
				}
			}
			if !pages.HasMorePages() {
				return
			}
			if page, err = next(); err != nil {
				yield(nil, err)
				return
			}
		}
	}
	return result, nil
}

// numericTypes are the type names of numbers, as the Data API gives them. It isn't
// changed.
var numericTypes = map[string]bool{
	"int2": true, "int4": true, "int8": true, "oid": true, "float4": true, "float8": true, "numeric": true, "decimal": true,
}

// row returns a record's values as a table prints them. The Data API sends numbers
// of many digits and SUPER values as strings.
func row(columns []types.ColumnMetadata, record []types.Field) ([]any, error) {
	values := make([]any, len(record))
	for i, field := range record {
		typeName := ""
		if i < len(columns) {
			typeName = aws.ToString(columns[i].TypeName)
		}
		switch f := field.(type) {
		case *types.FieldMemberIsNull:
		case *types.FieldMemberStringValue:
			values[i] = f.Value
			if numericTypes[typeName] {
				values[i] = json.Number(f.Value)
			} else if typeName == "super" && json.Valid([]byte(f.Value)) {
				values[i] = json.RawMessage(f.Value)
			}
		case *types.FieldMemberLongValue:
			values[i] = f.Value
		case *types.FieldMemberDoubleValue:
			values[i] = f.Value
		case *types.FieldMemberBooleanValue:
			values[i] = f.Value
		case *types.FieldMemberBlobValue:
			values[i] = f.Value
		default:
			return nil, fmt.Errorf("column %d: a value of the unknown kind %T", i+1, f)
		}
	}
	return values, nil
}
