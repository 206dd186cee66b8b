package watch

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// queryTimeout is how long one query may take.
const queryTimeout = 30 * time.Second

// querier runs the queries of all open pages, one at a time.
type querier struct {
	runner *dataapi.Runner
	slot   chan struct{} // contains a value while a query is running
}

// newQuerier returns a querier that does not retry when the Data API refuses a statement.
// So the page shows the problem at once; its feed repeats the queries later.
func newQuerier(runner *dataapi.Runner) *querier {
	noRetry := *runner
	noRetry.NoRetry = true
	return &querier{&noRetry, make(chan struct{}, 1)}
}

// queryResult is the result of a query. A nil value is shown as null.
type queryResult struct {
	columns []dataapi.Column
	rows    [][]*string
}

// query runs one statement and returns its result. It waits until no other query is
// running. If ctx ends, its error wraps ctx's error.
func (q *querier) query(ctx context.Context, s dataapi.Statement) (queryResult, error) {
	select {
	case q.slot <- struct{}{}:
		defer func() { <-q.slot }()
	case <-ctx.Done():
		return queryResult{}, ctx.Err()
	}
	limited, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	outcome, err := q.runner.Run(limited, s, 0)
	if limited.Err() != nil && outcome.ID != "" {
		q.cancel(context.WithoutCancel(ctx), outcome.ID)
	}
	if err != nil {
		return queryResult{}, err
	}
	out, err := q.read(limited, outcome.ID)
	if err != nil {
		return queryResult{}, fmt.Errorf("%s: %w", s.Name, err)
	}
	return out, nil
}

// read returns the result of the statement with the given ID.
func (q *querier) read(ctx context.Context, id string) (queryResult, error) {
	result, err := q.runner.Result(ctx, id)
	if err != nil {
		return queryResult{}, err
	}
	out := queryResult{columns: result.Columns}
	for values, err := range result.Rows {
		if err != nil {
			return queryResult{}, err
		}
		row := make([]*string, len(values))
		for i, value := range values {
			row[i] = text(value)
		}
		out.rows = append(out.rows, row)
	}
	return out, nil
}

// cancel cancels a statement whose result is no longer needed. It ignores errors, because
// the statement ends by itself too.
func (q *querier) cancel(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	_, _ = q.runner.API.CancelStatement(ctx, &redshiftdata.CancelStatementInput{Id: &id})
}

// text returns a value as the page shows it. It returns nil for null, and for bytes,
// which no query selects.
func text(value any) *string {
	var s string
	switch v := value.(type) {
	case nil, []byte:
		return nil
	case float64:
		s = strconv.FormatFloat(v, 'f', -1, 64) // no exponent, unlike dataapi.Text
	default:
		s = dataapi.Text(v)
	}
	return &s
}
