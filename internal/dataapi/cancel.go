package dataapi

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"
)

// Cancel ends the request's own statements that still run, and returns their
// ids. The caller has to be who started them.
func (r *Runner) Cancel(ctx context.Context) ([]string, error) {
	return r.cancel(ctx, func(name string) bool { return strings.HasPrefix(name, r.prefix()) })
}

// Supersede ends what earlier requests under the Runner's name still run, and
// waits until nothing of it runs any more.
func (r *Runner) Supersede(ctx context.Context) error {
	ids, err := r.cancel(ctx, func(name string) bool { return !strings.HasPrefix(name, r.prefix()) })
	if err != nil {
		return err
	}
	for _, id := range ids {
		var ended *StatementError
		if _, err := r.await(ctx, id); err != nil && !errors.As(err, &ended) {
			return fmt.Errorf("await the end of statement %s: %w", id, err)
		}
	}
	return nil
}

// cancel ends the statements under the Runner's name that run and are wanted.
func (r *Runner) cancel(ctx context.Context, wanted func(name string) bool) ([]string, error) {
	var cancelled []string
	for _, status := range []types.StatusString{types.StatusStringStarted, types.StatusStringPicked, types.StatusStringSubmitted} {
		pages := redshiftdata.NewListStatementsPaginator(r.API, &redshiftdata.ListStatementsInput{
			StatementName: aws.String(r.Name + "/"), Status: status,
			ClusterIdentifier: optional(r.Target.ClusterIdentifier), WorkgroupName: optional(r.Target.WorkgroupName),
			Database: aws.String(r.Target.Database),
		})
		for pages.HasMorePages() {
			page, err := insist(ctx, r, func() (*redshiftdata.ListStatementsOutput, error) { return pages.NextPage(ctx) })
			if err != nil {
				return cancelled, fmt.Errorf("list the running statements of %q: %w", r.Name, err)
			}
			for _, s := range page.Statements {
				if !wanted(aws.ToString(s.StatementName)) {
					continue
				}
				_, err := insist(ctx, r, func() (*redshiftdata.CancelStatementOutput, error) {
					return r.API.CancelStatement(ctx, &redshiftdata.CancelStatementInput{Id: s.Id})
				})
				if ctx.Err() != nil {
					return cancelled, fmt.Errorf("cancel statement %s: %w", aws.ToString(s.Id), err)
				}
				// An error means that it ended meanwhile; what it left is seen by
				// what runs next.
				cancelled = append(cancelled, aws.ToString(s.Id))
			}
		}
	}
	return cancelled, nil
}
