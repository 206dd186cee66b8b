package dataapi

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"

	"github.com/tributary-cdk/tributary/ddl"
)

// Rows runs s and returns its rows, each a value per column as text, null as
// the empty string. It is for the small results that Tributary asks for itself.
func (r *Runner) Rows(ctx context.Context, s ddl.Statement, attempt int) ([][]string, Outcome, error) {
	outcome, err := r.Run(ctx, s, attempt)
	if err != nil || !outcome.HasRows {
		return nil, outcome, err
	}
	rows, err := r.result(ctx, s.Step, outcome)
	return rows, outcome, err
}

// freshRest is the longest time between two looks at a statement of [Runner.Fresh].
const freshRest = time.Second

// Fresh is Rows for a statement that is run anew whatever the request has run
// before: the answer is the present's, in a repeated run too. The outcome's Began says
// of what moment it is; the statement is looked at once a second or more often.
func (r *Runner) Fresh(ctx context.Context, s ddl.Statement) ([][]string, Outcome, error) {
	outcome, err := r.run(ctx, s, "", freshRest)
	if err != nil || !outcome.HasRows {
		return nil, outcome, err
	}
	rows, err := r.result(ctx, s.Step, outcome)
	return rows, outcome, err
}

// result returns the rows that a statement left.
func (r *Runner) result(ctx context.Context, step ddl.Step, outcome Outcome) ([][]string, error) {
	var rows [][]string
	pages := redshiftdata.NewGetStatementResultPaginator(r.API, &redshiftdata.GetStatementResultInput{Id: &outcome.ID})
	for pages.HasMorePages() {
		page, err := insist(ctx, r, func() (*redshiftdata.GetStatementResultOutput, error) { return pages.NextPage(ctx) })
		if err != nil {
			return nil, fmt.Errorf("%s: result of statement %s: %w", step, outcome.ID, err)
		}
		for _, record := range page.Records {
			row := make([]string, len(record))
			for i, field := range record {
				row[i] = text(field)
			}
			rows = append(rows, row)
		}
	}
	return rows, nil
}

func text(field types.Field) string {
	switch f := field.(type) {
	case *types.FieldMemberStringValue:
		return f.Value
	case *types.FieldMemberLongValue:
		return strconv.FormatInt(f.Value, 10)
	case *types.FieldMemberDoubleValue:
		return strconv.FormatFloat(f.Value, 'g', -1, 64)
	case *types.FieldMemberBooleanValue:
		return strconv.FormatBool(f.Value)
	}
	return "" // null, or bytes, which no query of ours asks for
}
