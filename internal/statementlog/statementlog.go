// Package statementlog writes a line for each statement that runs through the
// Redshift Data API: which it was, and how long it took. It never writes SQL,
// parameters or what the warehouse said, all of which may hold values.
package statementlog

import (
	"context"
	"log/slog"
	"path"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"

	"github.com/tributary-cdk/tributary/internal/dataapi"
)

// API is a Data API that logs. Make one with [New].
type API struct {
	dataapi.API
	log *slog.Logger

	mu    sync.Mutex
	names map[string]string // of the statements under way, by their ids
}

// New returns an API over next. Each line of log's has what log has, the request
// among it, and the statement's object, step, id, status and duration.
func New(next dataapi.API, log *slog.Logger) *API {
	return &API{API: next, log: log, names: map[string]string{}}
}

// ExecuteStatement hands a statement on, and remembers its name.
func (a *API) ExecuteStatement(ctx context.Context, in *redshiftdata.ExecuteStatementInput, options ...func(*redshiftdata.Options)) (*redshiftdata.ExecuteStatementOutput, error) {
	out, err := a.API.ExecuteStatement(ctx, in, options...)
	if err == nil {
		a.mu.Lock()
		a.names[aws.ToString(out.Id)] = aws.ToString(in.StatementName)
		a.mu.Unlock()
	}
	return out, err
}

// DescribeStatement logs a statement when it is first seen to have ended.
func (a *API) DescribeStatement(ctx context.Context, in *redshiftdata.DescribeStatementInput, options ...func(*redshiftdata.Options)) (*redshiftdata.DescribeStatementOutput, error) {
	out, err := a.API.DescribeStatement(ctx, in, options...)
	if err != nil {
		return out, err
	}
	switch out.Status {
	case types.StatusStringSubmitted, types.StatusStringPicked, types.StatusStringStarted:
		return out, nil
	}
	id := aws.ToString(in.Id)
	a.mu.Lock()
	name, known := a.names[id]
	delete(a.names, id)
	a.mu.Unlock()
	if known {
		object, step := path.Split(name)
		a.log.InfoContext(ctx, "statement", "object", path.Clean(object), "step", step, "statement", id,
			"status", string(out.Status), "ms", float64(out.Duration)/float64(time.Millisecond))
	}
	return out, nil
}
