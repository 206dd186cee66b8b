package watch

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// askLimit is how long one question may take.
const askLimit = 30 * time.Second

// asker asks the warehouse the page's questions, one at a time, whoever asks.
type asker struct {
	runner *dataapi.Runner
	turn   chan struct{} // holds a value while a question is being asked
}

// newAsker returns an asker for which a refusal is final: the page says what is the
// matter at once, and asks again by itself.
func newAsker(runner *dataapi.Runner) *asker {
	own := *runner
	own.NoRetry = true
	return &asker{&own, make(chan struct{}, 1)}
}

// answer is what a question gave. A value is nil where there is none.
type answer struct {
	columns []dataapi.Column
	rows    [][]*string
}

// ask runs one question. Its error is ctx's if ctx ended.
func (a *asker) ask(ctx context.Context, s dataapi.Statement) (answer, error) {
	select {
	case a.turn <- struct{}{}:
		defer func() { <-a.turn }()
	case <-ctx.Done():
		return answer{}, ctx.Err()
	}
	limited, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	outcome, err := a.runner.Run(limited, s, 0)
	if limited.Err() != nil && outcome.ID != "" {
		a.cancel(context.WithoutCancel(ctx), outcome.ID)
	}
	if err != nil {
		return answer{}, err
	}
	out, err := a.read(limited, outcome.ID)
	if err != nil {
		return answer{}, fmt.Errorf("%s: %w", s.Name, err)
	}
	return out, nil
}

// read returns what the statement that has an id returned.
func (a *asker) read(ctx context.Context, id string) (answer, error) {
	result, err := a.runner.Result(ctx, id)
	if err != nil {
		return answer{}, err
	}
	out := answer{columns: result.Columns}
	for values, err := range result.Rows {
		if err != nil {
			return answer{}, err
		}
		row := make([]*string, len(values))
		for i, value := range values {
			row[i] = text(value)
		}
		out.rows = append(out.rows, row)
	}
	return out, nil
}

// cancel ends a question that nobody waits for any longer, so that it burdens the
// warehouse no more. If that fails it ends by itself.
func (a *asker) cancel(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	_, _ = a.runner.API.CancelStatement(ctx, &redshiftdata.CancelStatementInput{Id: &id})
}

// text returns a value as the page shows it; nil for null, and for bytes, which no
// question asks for.
func text(value any) *string {
	var s string
	switch v := value.(type) {
	case nil, []byte:
		return nil
	case float64:
		s = strconv.FormatFloat(v, 'f', -1, 64) // without an exponent, for people
	default:
		s = dataapi.Text(v)
	}
	return &s
}
