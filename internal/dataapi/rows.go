package dataapi

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
)

// Rows runs s and returns its rows, each a value per column as [Text] has it, null
// as the empty string. It is for the small results that Tributary asks for itself.
func (r *Runner) Rows(ctx context.Context, s Statement, attempt int) ([][]string, Outcome, error) {
	outcome, err := r.Run(ctx, s, attempt)
	if err != nil || !outcome.HasRows {
		return nil, outcome, err
	}
	rows, err := r.texts(ctx, s.Name, outcome)
	return rows, outcome, err
}

// freshRest is the longest time between two looks at a statement of [Runner.Fresh].
const freshRest = time.Second

// Fresh is Rows for a statement that is run anew whatever the request has run
// before: the answer is the present's, in a repeated run too. The outcome's Began says
// of what moment it is; the statement is looked at once a second or more often.
func (r *Runner) Fresh(ctx context.Context, s Statement) ([][]string, Outcome, error) {
	outcome, err := r.run(ctx, s, "", freshRest)
	if err != nil || !outcome.HasRows {
		return nil, outcome, err
	}
	rows, err := r.texts(ctx, s.Name, outcome)
	return rows, outcome, err
}

// texts returns the rows that a statement left, as text. Unlike [Runner.Result] it asks
// again for a page that the Data API is too busy for.
func (r *Runner) texts(ctx context.Context, name string, outcome Outcome) ([][]string, error) {
	pages := redshiftdata.NewGetStatementResultPaginator(r.API, &redshiftdata.GetStatementResultInput{Id: &outcome.ID})
	result, err := readResult(outcome.ID, pages.HasMorePages, func() (*redshiftdata.GetStatementResultOutput, error) {
		return insist(ctx, r, func() (*redshiftdata.GetStatementResultOutput, error) { return pages.NextPage(ctx) })
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var rows [][]string
	for values, err := range result.Rows {
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		row := make([]string, len(values))
		for i, value := range values {
			row[i] = Text(value)
		}
		rows = append(rows, row)
	}
	return rows, nil
}
