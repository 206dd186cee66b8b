package dataapi

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"
)

// Cancel cancels the request's own statements that are still running, and returns their
// IDs. known are IDs of statements that may be running. Cancel finds the others with
// ListStatements.
func (r *Runner) Cancel(ctx context.Context, known []string) ([]string, error) {
	return r.cancel(ctx, known, func(name string) bool { return strings.HasPrefix(name, r.prefix()) })
}

// Supersede cancels the statements that earlier requests of the same Name are still
// running, and waits until they have ended. known are IDs of such statements. Supersede
// finds the others with ListStatements.
func (r *Runner) Supersede(ctx context.Context, known []string) error {
	ids, err := r.cancel(ctx, known, func(name string) bool { return !strings.HasPrefix(name, r.prefix()) })
	if err != nil {
		return err
	}
	for _, id := range ids {
		var ended *StatementError
		_, err := r.wait(ctx, "", id, time.Now(), maxPollInterval)
		switch {
		case err == nil, errors.As(err, &ended):
		case ctx.Err() != nil:
			return fmt.Errorf("wait for the end of statement %s: %w", id, err)
		default: // the Data API has deleted the old statement, or IAM refuses DescribeStatement
			r.log("can't wait for a statement of an earlier request", "statement", id, "error", err)
		}
	}
	return nil
}

// cancel cancels the known statements. Then it cancels the running statements whose name
// begins with the Runner's Name, if wanted returns true for the name. It returns the IDs.
func (r *Runner) cancel(ctx context.Context, known []string, wanted func(name string) bool) ([]string, error) {
	var cancelled []string
	cancelAll := func(ids []string) error {
		for _, id := range ids {
			if slices.Contains(cancelled, id) {
				continue
			}
			if err := r.cancelStatement(ctx, id); err != nil {
				return err
			}
			cancelled = append(cancelled, id)
		}
		return nil
	}
	if err := cancelAll(known); err != nil {
		return cancelled, err
	}
	listed, err := r.list(ctx, wanted)
	if err != nil {
		return cancelled, err
	}
	return cancelled, cancelAll(listed)
}

// cancelStatement cancels a statement. It returns an error only if ctx has ended. It
// ignores other errors: the statement has already ended, or IAM refuses the call. If the
// statement has changed anything, the statements that run next see the change.
func (r *Runner) cancelStatement(ctx context.Context, id string) error {
	_, err := retry(ctx, r, func() (*redshiftdata.CancelStatementOutput, error) {
		return r.API.CancelStatement(ctx, &redshiftdata.CancelStatementInput{Id: &id})
	})
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("cancel statement %s: %w", id, err)
	case NotAuthorized(err):
		r.log("not authorized to cancel a statement", "statement", id, "error", err)
	}
	return nil
}

// list returns the IDs of the running statements whose name begins with the Runner's
// Name, if wanted returns true for the name. It lists each status separately, because
// without a status the Data API lists finished statements only. It lists both the
// statements of the IAM role and those of the IAM session. If IAM refuses ListStatements,
// list returns no IDs and no error, because the ledger also stores the IDs of
// long-running statements.
//
// Source: https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_ListStatements.html
func (r *Runner) list(ctx context.Context, wanted func(name string) bool) ([]string, error) {
	var ids []string
	for _, roleLevel := range []bool{true, false} {
		for _, status := range []types.StatusString{types.StatusStringStarted, types.StatusStringPicked, types.StatusStringSubmitted} {
			pages := redshiftdata.NewListStatementsPaginator(r.API, &redshiftdata.ListStatementsInput{
				StatementName: aws.String(r.Name + "/"), Status: status, RoleLevel: aws.Bool(roleLevel),
				ClusterIdentifier: optional(r.Target.ClusterIdentifier), WorkgroupName: optional(r.Target.WorkgroupName),
				Database: aws.String(r.Target.Database),
			})
			for pages.HasMorePages() {
				page, err := retry(ctx, r, func() (*redshiftdata.ListStatementsOutput, error) { return pages.NextPage(ctx) })
				if NotAuthorized(err) {
					r.log("not authorized to list running statements; assuming that none is running", "role level", roleLevel, "status", string(status), "error", err)
					break
				}
				if err != nil {
					return nil, fmt.Errorf("list the running statements of %q: %w", r.Name, err)
				}
				for _, s := range page.Statements {
					if id := aws.ToString(s.Id); wanted(aws.ToString(s.StatementName)) && !slices.Contains(ids, id) {
						ids = append(ids, id)
					}
				}
			}
		}
	}
	return ids, nil
}

func (r *Runner) log(message string, args ...any) {
	if r.Log != nil {
		r.Log.Warn(message, args...)
	}
}
