// Package dataapi runs SQL statements through the Amazon Redshift Data API, one at a
// time, and waits for each to end.
package dataapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"

	"github.com/tributary-cdk/tributary/internal/contract"
)

// API is the part of *redshiftdata.Client that this package uses.
type API interface {
	ExecuteStatement(context.Context, *redshiftdata.ExecuteStatementInput, ...func(*redshiftdata.Options)) (*redshiftdata.ExecuteStatementOutput, error)
	DescribeStatement(context.Context, *redshiftdata.DescribeStatementInput, ...func(*redshiftdata.Options)) (*redshiftdata.DescribeStatementOutput, error)
	GetStatementResult(context.Context, *redshiftdata.GetStatementResultInput, ...func(*redshiftdata.Options)) (*redshiftdata.GetStatementResultOutput, error)
	ListStatements(context.Context, *redshiftdata.ListStatementsInput, ...func(*redshiftdata.Options)) (*redshiftdata.ListStatementsOutput, error)
	CancelStatement(context.Context, *redshiftdata.CancelStatementInput, ...func(*redshiftdata.Options)) (*redshiftdata.CancelStatementOutput, error)
}

// Statement is one SQL statement.
type Statement struct {
	// Name says what the statement does. The statement's name in the Data API contains
	// it, and the client token depends on it. It should be unique within a request.
	Name string
	// SQL is the text of the statement.
	SQL string
	// Parameters are the values of the parameters :name in SQL, by name. No value may be
	// empty, since the Data API refuses that. Nil means no parameters.
	Parameters map[string]string
}

// Runner runs statements on one warehouse. Its fields must not be changed after its first
// use.
type Runner struct {
	API    API
	Target contract.Target
	// Name is the first part of the name of each statement in the Data API:
	// <Name>/<Request>/<Statement.Name>. ListStatements finds the statements by it. If it
	// is empty, the statements have no name.
	Name string
	// Request identifies the request, for client tokens. If a Runner with the same
	// Request runs a statement with the same name, attempt and SQL again within 8 hours,
	// the Data API does not run it again, but returns the first statement. If Request is
	// empty, every run is a new statement.
	Request string
	// OnStillRunning is called once for each statement that is still running
	// StillRunningAfter after it was sent. Nil means that nothing is called.
	OnStillRunning    func(ctx context.Context, name, id string)
	StillRunningAfter time.Duration
	// NoRetry means that sending a statement is not retried if the Data API throttles or
	// the warehouse is unavailable. Otherwise it is retried until ctx ends. Other calls
	// are retried in both cases.
	NoRetry bool
	// Log logs calls that IAM refuses, if the Runner can continue without them. Nil means
	// that nothing is logged.
	Log *slog.Logger
	// Sleep waits between two polls of a running statement. Nil means the function
	// [Sleep].
	Sleep func(context.Context, time.Duration) error
}

// Outcome describes a finished statement.
type Outcome struct {
	ID      string    // the statement's ID in the Data API
	Created time.Time // when the Data API accepted the statement
	HasRows bool      // whether the statement has a result, which may have no rows
	// Began is when the statement began to run, by the local clock. It may be too early,
	// by up to the time between two polls, but is never too late.
	Began time.Time
}

// Run runs s and waits until it ends. A different attempt makes Run send the statement
// again, although the request and the statement are the same. The error is a
// *[StatementError] if the statement failed, the Data API's error if the statement was
// not accepted, or a *[RunningError] if Run stopped waiting, such as when ctx ended.
func (r *Runner) Run(ctx context.Context, s Statement, attempt int) (Outcome, error) {
	token := ""
	if r.Request != "" {
		token = r.token(s, attempt)
	}
	return r.run(ctx, s, token, maxPollInterval)
}

// run runs s with a client token. If token is "", the statement is always a new one.
// maxInterval is the longest time between two polls.
func (r *Runner) run(ctx context.Context, s Statement, token string, maxInterval time.Duration) (Outcome, error) {
	sent := time.Now()
	id, err := r.submit(ctx, s, token)
	if err != nil {
		return Outcome{}, fmt.Errorf("%s: %w", s.Name, err)
	}
	outcome, err := r.wait(ctx, s.Name, id, sent, maxInterval)
	if failed, ok := err.(*StatementError); ok { //nolint:errorlint // wait does not wrap it
		failed.Name, failed.SQL = s.Name, s.SQL
		return outcome, failed
	}
	if err != nil {
		return outcome, &RunningError{s.Name, id, err}
	}
	return outcome, nil
}

// submit sends s and returns its ID.
func (r *Runner) submit(ctx context.Context, s Statement, token string) (string, error) {
	in := &redshiftdata.ExecuteStatementInput{
		ClusterIdentifier: optional(r.Target.ClusterIdentifier),
		WorkgroupName:     optional(r.Target.WorkgroupName),
		Database:          aws.String(r.Target.Database),
		SecretArn:         optional(r.Target.SecretARN),
		DbUser:            optional(r.Target.DatabaseUser),
		Sql:               aws.String(s.SQL),
		Parameters:        parameters(s.Parameters),
		ClientToken:       optional(token),
	}
	if r.Name != "" {
		in.StatementName = aws.String(r.prefix() + s.Name)
	}
	send := func() (*redshiftdata.ExecuteStatementOutput, error) { return r.API.ExecuteStatement(ctx, in) }
	var out *redshiftdata.ExecuteStatementOutput
	var err error
	if r.NoRetry {
		out, err = send()
	} else {
		out, err = retry(ctx, r, send)
	}
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Id), nil
}

// prefix returns the first part of the names of this request's statements.
func (r *Runner) prefix() string {
	if r.Request == "" {
		return r.Name + "/"
	}
	return r.Name + "/" + r.Request + "/"
}

// retry makes a call, and repeats it after retryable errors until ctx ends. Then its
// error wraps the call's last error and ctx's error.
func retry[T any](ctx context.Context, r *Runner, call func() (T, error)) (T, error) {
	for sleep := r.backoff(ctx, 100*time.Millisecond, maxPollInterval); ; {
		out, err := call()
		if err == nil || !retryable(err) {
			return out, err
		}
		if ctxErr := sleep(); ctxErr != nil {
			return out, fmt.Errorf("%w (%w)", err, ctxErr)
		}
	}
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// parameters returns the parameters sorted by name.
func parameters(values map[string]string) []types.SqlParameter {
	var list []types.SqlParameter
	for _, name := range slices.Sorted(maps.Keys(values)) {
		list = append(list, types.SqlParameter{Name: aws.String(name), Value: aws.String(values[name])})
	}
	return list
}

// token returns the client token of a statement: 64 characters, the most that the Data
// API allows.
func (r *Runner) token(s Statement, attempt int) string {
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%q %q %q %d %q", r.Request, r.Target, s.Name, attempt, s.SQL)
	for _, name := range slices.Sorted(maps.Keys(s.Parameters)) {
		_, _ = fmt.Fprintf(h, " %q %q", name, s.Parameters[name])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// wait polls the statement until it ends. sent is a time before the statement was
// accepted.
func (r *Runner) wait(ctx context.Context, name, id string, sent time.Time, maxInterval time.Duration) (Outcome, error) {
	lastRunning := sent // the last time at which the statement is known not to have ended
	reported := false   // whether OnStillRunning was called
	for sleep := r.backoff(ctx, 5*time.Millisecond, maxInterval); ; {
		polled := time.Now()
		d, err := retry(ctx, r, func() (*redshiftdata.DescribeStatementOutput, error) {
			return r.API.DescribeStatement(ctx, &redshiftdata.DescribeStatementInput{Id: &id})
		})
		if err != nil {
			return Outcome{ID: id}, err
		}
		began := lastRunning.Add(-time.Duration(max(d.Duration, 0)))
		if began.Before(sent) {
			began = sent
		}
		outcome := Outcome{id, aws.ToTime(d.CreatedAt), aws.ToBool(d.HasResultSet), began}
		switch d.Status {
		case types.StatusStringFinished:
			return outcome, nil
		case types.StatusStringSubmitted, types.StatusStringPicked, types.StatusStringStarted:
			lastRunning = polled
		default: // FAILED, ABORTED, or a status that this version does not know
			return outcome, &StatementError{ID: id, Status: string(d.Status), Reason: aws.ToString(d.Error), Created: outcome.Created}
		}
		if !reported && r.OnStillRunning != nil && time.Since(sent) >= r.StillRunningAfter {
			reported = true
			r.OnStillRunning(ctx, name, id)
		}
		if err := sleep(); err != nil {
			return Outcome{ID: id}, err
		}
	}
}

// maxPollInterval is the longest time between two polls of a statement.
const maxPollInterval = 5 * time.Second

// backoff returns a function that sleeps. Its first call sleeps for the duration first,
// and each further call for twice as long as the call before. No call sleeps longer than
// maxInterval, or than a hundredth of the time that was left until ctx's deadline when
// backoff was called. The function returns ctx's error once ctx has ended.
func (r *Runner) backoff(ctx context.Context, first, maxInterval time.Duration) func() error {
	if deadline, ok := ctx.Deadline(); ok {
		maxInterval = min(maxInterval, max(first, time.Until(deadline)/100))
	}
	next, sleep := first, r.Sleep
	if sleep == nil {
		sleep = Sleep
	}
	return func() error {
		interval := next
		next = min(maxInterval, 2*next)
		return sleep(ctx, interval)
	}
}

// Sleep waits for d. If ctx ends before that, it returns ctx's error.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
