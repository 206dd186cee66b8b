package dataapi

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
)

// Rows runs s and returns all its rows. The values are texts as [Text] returns them, so
// null is the empty string. Rows is for small results.
func (r *Runner) Rows(ctx context.Context, s Statement, attempt int) ([][]string, Outcome, error) {
	outcome, err := r.Run(ctx, s, attempt)
	if err != nil || !outcome.HasRows {
		return nil, outcome, err
	}
	rows, err := r.textRows(ctx, s.Name, outcome)
	return rows, outcome, err
}

// maxFreshPollInterval is the longest time between two polls of a statement of
// [Runner.Fresh].
const maxFreshPollInterval = time.Second

// Fresh is like Rows, but always runs a new statement: it has no client token. So the
// rows are current in a repeated run too. The outcome's Began is a time at which the rows
// were current. Fresh polls the statement at least once a second.
func (r *Runner) Fresh(ctx context.Context, s Statement) ([][]string, Outcome, error) {
	outcome, err := r.run(ctx, s, "", maxFreshPollInterval)
	if err != nil || !outcome.HasRows {
		return nil, outcome, err
	}
	rows, err := r.textRows(ctx, s.Name, outcome)
	return rows, outcome, err
}

// textRows returns the rows of a finished statement as text. Unlike [Runner.Result], it
// retries when the Data API throttles.
func (r *Runner) textRows(ctx context.Context, name string, outcome Outcome) ([][]string, error) {
	pages := redshiftdata.NewGetStatementResultPaginator(r.API, &redshiftdata.GetStatementResultInput{Id: &outcome.ID})
	result, err := readResult(outcome.ID, pages.HasMorePages, func() (*redshiftdata.GetStatementResultOutput, error) {
		return retry(ctx, r, func() (*redshiftdata.GetStatementResultOutput, error) { return pages.NextPage(ctx) })
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
