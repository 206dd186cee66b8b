// Package dataapi runs SQL statements through the Amazon Redshift Data API, one
// at a time, each awaited to its end.
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

// API is the part of *redshiftdata.Client used here.
type API interface {
	ExecuteStatement(context.Context, *redshiftdata.ExecuteStatementInput, ...func(*redshiftdata.Options)) (*redshiftdata.ExecuteStatementOutput, error)
	DescribeStatement(context.Context, *redshiftdata.DescribeStatementInput, ...func(*redshiftdata.Options)) (*redshiftdata.DescribeStatementOutput, error)
	GetStatementResult(context.Context, *redshiftdata.GetStatementResultInput, ...func(*redshiftdata.Options)) (*redshiftdata.GetStatementResultOutput, error)
	ListStatements(context.Context, *redshiftdata.ListStatementsInput, ...func(*redshiftdata.Options)) (*redshiftdata.ListStatementsOutput, error)
	CancelStatement(context.Context, *redshiftdata.CancelStatementInput, ...func(*redshiftdata.Options)) (*redshiftdata.CancelStatementOutput, error)
}

// Statement is one SQL statement.
type Statement struct {
	// Name says what the statement is for. It goes into the statement's name in the Data
	// API and, with the request, into its client token. It should be unique in a request.
	Name string
	// SQL is the statement's text.
	SQL string
	// Parameters are the values of the names that SQL holds as :name, by name. None may be
	// empty, which the Data API refuses. Nil means none.
	Parameters map[string]string
}

// Runner runs statements on one warehouse. Its fields are set before its first
// use and not changed.
type Runner struct {
	API    API
	Target contract.Target
	// Name begins every statement's name, by which ListStatements finds them;
	// behind it stand Request and the statement's own. Empty means that statements have no
	// name.
	Name string
	// Request makes client tokens: a Runner with the same Request that runs the
	// same name, attempt and SQL within 8 hours gets the first one's outcome
	// instead of a second run. Empty means that every run is a new one.
	Request string
	// OnStillRunning is called once for each statement that still runs StillRunningAfter
	// it was sent, with its name and its id. Nil means that nobody is told.
	OnStillRunning    func(ctx context.Context, name, id string)
	StillRunningAfter time.Duration
	// NoRetry means that a statement which the Data API or the warehouse is too busy
	// for is an error at once. Otherwise it is sent again until ctx ends. Looks at
	// a statement that runs are repeated in both cases.
	NoRetry bool
	// Log is told of calls that IAM refuses and that the Runner can do without. Nil
	// means that nobody is told.
	Log *slog.Logger
	// Sleep waits between two looks at a running statement. Nil means a timer.
	Sleep func(context.Context, time.Duration) error
}

// Outcome is what a finished statement left.
type Outcome struct {
	ID      string    // the statement's
	Created time.Time // when the Data API accepted it
	HasRows bool      // whether it is one that returns rows, be they none
	// Began is when the statement began to run, by this machine's clock. It may be
	// too early, by as much as lay between two looks at the statement, never too late.
	Began time.Time
}

// Run runs s and waits until it ends. attempt tells a deliberate repetition
// from a repeated request. The error is a *[StatementError] for a statement
// that ran and failed; one from the Data API for a statement it did not accept;
// or a *[RunningError], such as one of ctx's.
func (r *Runner) Run(ctx context.Context, s Statement, attempt int) (Outcome, error) {
	token := ""
	if r.Request != "" {
		token = r.token(s, attempt)
	}
	return r.run(ctx, s, token, mostRest)
}

// run runs s under a client token; without one, it is always a new statement. most is
// the longest time between two looks at it.
func (r *Runner) run(ctx context.Context, s Statement, token string, most time.Duration) (Outcome, error) {
	sent := time.Now()
	id, err := r.submit(ctx, s, token)
	if err != nil {
		return Outcome{}, fmt.Errorf("%s: %w", s.Name, err)
	}
	outcome, err := r.await(ctx, s.Name, id, sent, most)
	if failed, ok := err.(*StatementError); ok { //nolint:errorlint // await returns it bare
		failed.Name, failed.SQL = s.Name, s.SQL
		return outcome, failed
	}
	if err != nil {
		return outcome, &RunningError{s.Name, id, err}
	}
	return outcome, nil
}

// submit sends s, and returns its id.
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
	call := func() (*redshiftdata.ExecuteStatementOutput, error) { return r.API.ExecuteStatement(ctx, in) }
	hand := func() (*redshiftdata.ExecuteStatementOutput, error) { return insist(ctx, r, call) }
	if r.NoRetry {
		hand = call
	}
	out, err := hand()
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Id), nil
}

// prefix begins the names of this request's statements.
func (r *Runner) prefix() string {
	if r.Request == "" {
		return r.Name + "/"
	}
	return r.Name + "/" + r.Request + "/"
}

// insist makes a call again, until ctx ends, for as long as the Data API or the
// warehouse is too busy for it. The error then says why it had to wait, and is
// ctx's, too.
func insist[T any](ctx context.Context, r *Runner, call func() (T, error)) (T, error) {
	for wait := r.backoff(ctx, 100*time.Millisecond, mostRest); ; {
		out, err := call()
		if err == nil || !busy(err) {
			return out, err
		}
		if ended := wait(); ended != nil {
			return out, fmt.Errorf("%w (%w)", err, ended)
		}
	}
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func parameters(values map[string]string) []types.SqlParameter {
	var list []types.SqlParameter
	for _, name := range slices.Sorted(maps.Keys(values)) {
		list = append(list, types.SqlParameter{Name: aws.String(name), Value: aws.String(values[name])})
	}
	return list
}

// token returns a client token of at most 64 characters.
func (r *Runner) token(s Statement, attempt int) string {
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%q %q %q %d %q", r.Request, r.Target, s.Name, attempt, s.SQL)
	for _, name := range slices.Sorted(maps.Keys(s.Parameters)) {
		_, _ = fmt.Fprintf(h, " %q %q", name, s.Parameters[name])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// await looks at the statement until it ends. sent is when it had not been
// accepted yet.
func (r *Runner) await(ctx context.Context, name, id string, sent time.Time, most time.Duration) (Outcome, error) {
	unended, told := sent, false // the last time at which the statement had not ended
	for wait := r.backoff(ctx, 5*time.Millisecond, most); ; {
		looked := time.Now()
		d, err := insist(ctx, r, func() (*redshiftdata.DescribeStatementOutput, error) {
			return r.API.DescribeStatement(ctx, &redshiftdata.DescribeStatementInput{Id: &id})
		})
		if err != nil {
			return Outcome{ID: id}, err
		}
		began := unended.Add(-time.Duration(max(d.Duration, 0)))
		if began.Before(sent) {
			began = sent
		}
		outcome := Outcome{id, aws.ToTime(d.CreatedAt), aws.ToBool(d.HasResultSet), began}
		switch d.Status {
		case types.StatusStringFinished:
			return outcome, nil
		case types.StatusStringSubmitted, types.StatusStringPicked, types.StatusStringStarted:
			unended = looked
		default: // FAILED, ABORTED, or a status this build does not know
			return outcome, &StatementError{ID: id, Status: string(d.Status), Reason: aws.ToString(d.Error), Created: outcome.Created}
		}
		if !told && r.OnStillRunning != nil && time.Since(sent) >= r.StillRunningAfter {
			told = true
			r.OnStillRunning(ctx, name, id)
		}
		if err := wait(); err != nil {
			return Outcome{ID: id}, err
		}
	}
}

// mostRest is the longest time between two looks at a statement.
const mostRest = 5 * time.Second

// backoff returns a function that waits, first for the given time and then for
// longer and longer, up to a hundredth of what was left until ctx's deadline and
// never over most. It returns ctx's error once ctx has ended.
func (r *Runner) backoff(ctx context.Context, first, most time.Duration) func() error {
	if deadline, ok := ctx.Deadline(); ok {
		most = min(most, max(first, time.Until(deadline)/100))
	}
	next, sleep := first, r.Sleep
	if sleep == nil {
		sleep = Sleep
	}
	return func() error {
		this := next
		next = min(most, 2*next)
		return sleep(ctx, this)
	}
}

// Sleep waits for d, or until ctx ends and then returns its error.
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
