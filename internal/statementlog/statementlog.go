// Package statementlog logs a line for each statement that runs through the Redshift Data
// API, with the statement's name, status and duration. It never logs SQL, parameters or the
// warehouse's error messages, because all of them may contain values of records.
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

// API is a client of the Data API that logs statements. [New] returns one.
type API struct {
	dataapi.API
	log *slog.Logger

	mu    sync.Mutex
	names map[string]string // the names of the running statements, by ID
}

// New returns an API that sends all calls to next. To the attributes of log, such as the
// request, it adds the statement's object, step, ID, status and duration in milliseconds.
func New(next dataapi.API, log *slog.Logger) *API {
	return &API{API: next, log: log, names: map[string]string{}}
}

// ExecuteStatement sends a statement to the Data API, and stores its name.
func (a *API) ExecuteStatement(ctx context.Context, in *redshiftdata.ExecuteStatementInput, options ...func(*redshiftdata.Options)) (*redshiftdata.ExecuteStatementOutput, error) {
	out, err := a.API.ExecuteStatement(ctx, in, options...)
	if err == nil {
		a.mu.Lock()
		a.names[aws.ToString(out.Id)] = aws.ToString(in.StatementName)
		a.mu.Unlock()
	}
	return out, err
}

// DescribeStatement logs a statement when the Data API first returns that it has ended.
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
