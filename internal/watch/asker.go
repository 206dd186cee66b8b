package watch

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"

	"github.com/tributary-cdk/tributary/ddl"
	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// askLimit is how long one question may take.
const askLimit = 30 * time.Second

// warehouse answers the page's questions, one at a time, whoever asks.
type warehouse struct {
	runner *dataapi.Runner
	turn   chan struct{} // holds a value while a question is being asked
}

func newWarehouse(runner *dataapi.Runner) *warehouse {
	own := *runner
	own.API = impatient{runner.API}
	return &warehouse{&own, make(chan struct{}, 1)}
}

// result is what a question gave. A value is nil where there is none.
type result struct {
	columns []column
	rows    [][]*string
}

// ask runs one question. Its error is ctx's if ctx ended.
func (w *warehouse) ask(ctx context.Context, s ddl.Statement) (result, error) {
	select {
	case w.turn <- struct{}{}:
		defer func() { <-w.turn }()
	case <-ctx.Done():
		return result{}, ctx.Err()
	}
	limited, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	outcome, err := w.runner.Run(limited, s, 0)
	if limited.Err() != nil && outcome.ID != "" {
		w.cancel(context.WithoutCancel(ctx), outcome.ID)
	}
	if err != nil {
		return result{}, err
	}
	var r result
	pages := redshiftdata.NewGetStatementResultPaginator(w.runner.API, &redshiftdata.GetStatementResultInput{Id: &outcome.ID})
	for pages.HasMorePages() {
		page, err := pages.NextPage(limited)
		if err != nil {
			return result{}, fmt.Errorf("%s: result of statement %s: %w", s.Step, outcome.ID, err)
		}
		r.add(page)
	}
	return r, nil
}

// cancel ends a question that nobody waits for any longer, so that it burdens the
// warehouse no more. If that fails it ends by itself.
func (w *warehouse) cancel(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	_, _ = w.runner.API.CancelStatement(ctx, &redshiftdata.CancelStatementInput{Id: &id})
}

func (r *result) add(page *redshiftdata.GetStatementResultOutput) {
	if r.columns == nil {
		for _, c := range page.ColumnMetadata {
			r.columns = append(r.columns, column{cmp.Or(aws.ToString(c.Label), aws.ToString(c.Name)), aws.ToString(c.TypeName)})
		}
	}
	for _, record := range page.Records {
		row := make([]*string, len(record))
		for i, field := range record {
			row[i] = text(field)
		}
		r.rows = append(r.rows, row)
	}
}

func text(field types.Field) *string {
	var s string
	switch f := field.(type) {
	case *types.FieldMemberStringValue:
		s = f.Value
	case *types.FieldMemberLongValue:
		s = strconv.FormatInt(f.Value, 10)
	case *types.FieldMemberDoubleValue:
		s = strconv.FormatFloat(f.Value, 'f', -1, 64)
	case *types.FieldMemberBooleanValue:
		s = strconv.FormatBool(f.Value)
	default: // null, or bytes, which no question asks for
		return nil
	}
	return &s
}

// impatient is a Data API whose refusals a runner takes as final: the page says
// what is the matter at once, and asks again by itself.
type impatient struct{ dataapi.API }

// ExecuteStatement hands a statement over, or returns a *refusal.
func (i impatient) ExecuteStatement(ctx context.Context, in *redshiftdata.ExecuteStatementInput, options ...func(*redshiftdata.Options)) (*redshiftdata.ExecuteStatementOutput, error) {
	out, err := i.API.ExecuteStatement(ctx, in, options...)
	if err != nil {
		return nil, &refusal{err}
	}
	return out, nil
}

// refusal is an error that hides its kind from the runner, which would retry some.
type refusal struct{ cause error }

func (r *refusal) Error() string { return r.cause.Error() }
