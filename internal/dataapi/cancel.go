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

// Cancel ends the request's own statements that still run, and returns their ids.
// known are the ids of statements that are known to be; it looks for others.
func (r *Runner) Cancel(ctx context.Context, known []string) ([]string, error) {
	return r.cancel(ctx, known, func(name string) bool { return strings.HasPrefix(name, r.prefix()) })
}

// Supersede ends what earlier requests under the Runner's name still run, and
// waits until nothing of it runs any more. known are the ids of statements that are
// known to be theirs; it looks for others.
func (r *Runner) Supersede(ctx context.Context, known []string) error {
	ids, err := r.cancel(ctx, known, func(name string) bool { return !strings.HasPrefix(name, r.prefix()) })
	if err != nil {
		return err
	}
	for _, id := range ids {
		var ended *StatementError
		_, err := r.await(ctx, "", id, time.Now(), mostRest)
		switch {
		case err == nil, errors.As(err, &ended):
		case ctx.Err() != nil:
			return fmt.Errorf("await the end of statement %s: %w", id, err)
		default: // it is older than the Data API remembers, or IAM hides it
			r.log("a statement of an earlier request can't be watched", "statement", id, "error", err)
		}
	}
	return nil
}

// cancel ends the known statements, and then those under the Runner's name that run and
// are wanted.
func (r *Runner) cancel(ctx context.Context, known []string, wanted func(name string) bool) ([]string, error) {
	var cancelled []string
	end := func(ids []string) error {
		for _, id := range ids {
			if slices.Contains(cancelled, id) {
				continue
			}
			if err := r.end(ctx, id); err != nil {
				return err
			}
			cancelled = append(cancelled, id)
		}
		return nil
	}
	if err := end(known); err != nil {
		return cancelled, err
	}
	listed, err := r.list(ctx, wanted)
	if err != nil {
		return cancelled, err
	}
	return cancelled, end(listed)
}

// end ends a statement. An error means that ctx has ended.
func (r *Runner) end(ctx context.Context, id string) error {
	_, err := insist(ctx, r, func() (*redshiftdata.CancelStatementOutput, error) {
		return r.API.CancelStatement(ctx, &redshiftdata.CancelStatementInput{Id: &id})
	})
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("cancel statement %s: %w", id, err)
	case NotAuthorized(err):
		r.log("a statement can't be cancelled", "statement", id, "error", err)
	}
	return nil // another error means that it ended meanwhile; what it left is seen by what runs next
}

// list returns the ids of the statements under the Runner's name that run and are
// wanted. It asks for each state and for both levels: without a state only finished
// ones are listed, and at the level of the session only those of this process. Where
// IAM refuses to list, nothing is known to run: the statements that run long are in
// the ledger, too.
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
				page, err := insist(ctx, r, func() (*redshiftdata.ListStatementsOutput, error) { return pages.NextPage(ctx) })
				if NotAuthorized(err) {
					r.log("running statements can't be listed; none is taken to run", "role level", roleLevel, "status", string(status), "error", err)
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
