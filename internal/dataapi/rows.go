package dataapi

import (
	"context"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"

	"github.com/tributary-cdk/tributary/ddl"
)

// Rows runs s and returns its rows, each a value per column as text, null as
// the empty string. It is for the small results that Tributary asks for itself.
func (r *Runner) Rows(ctx context.Context, s ddl.Statement, attempt int) ([][]string, Outcome, error) {
	outcome, err := r.Run(ctx, s, attempt)
	if err != nil || !outcome.HasRows {
		return nil, outcome, err
	}
	var rows [][]string
	pages := redshiftdata.NewGetStatementResultPaginator(r.API, &redshiftdata.GetStatementResultInput{Id: &outcome.ID})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, outcome, fmt.Errorf("%s: result of statement %s: %w", s.Step, outcome.ID, err)
		}
		for _, record := range page.Records {
			row := make([]string, len(record))
			for i, field := range record {
				row[i] = text(field)
			}
			rows = append(rows, row)
		}
	}
	return rows, outcome, nil
}

func text(field types.Field) string {
	switch f := field.(type) {
	case *types.FieldMemberStringValue:
		return f.Value
	case *types.FieldMemberLongValue:
		return strconv.FormatInt(f.Value, 10)
	case *types.FieldMemberDoubleValue:
		return strconv.FormatFloat(f.Value, 'g', -1, 64)
	case *types.FieldMemberBooleanValue:
		return strconv.FormatBool(f.Value)
	}
	return "" // null, or bytes, which no query of ours asks for
}

// Cancel ends every statement under the Runner's name that is still running,
// and returns their ids. The caller has to be who started them.
func (r *Runner) Cancel(ctx context.Context) ([]string, error) {
	var cancelled []string
	for _, status := range []types.StatusString{types.StatusStringStarted, types.StatusStringPicked, types.StatusStringSubmitted} {
		pages := redshiftdata.NewListStatementsPaginator(r.API, &redshiftdata.ListStatementsInput{
			StatementName: aws.String(r.Name + "/"), Status: status,
			ClusterIdentifier: optional(r.Target.ClusterIdentifier), WorkgroupName: optional(r.Target.WorkgroupName),
			Database: aws.String(r.Target.Database),
		})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return cancelled, fmt.Errorf("list the running statements of %q: %w", r.Name, err)
			}
			for _, s := range page.Statements {
				if _, err := r.API.CancelStatement(ctx, &redshiftdata.CancelStatementInput{Id: s.Id}); err != nil {
					continue // it ended meanwhile; what it left is seen by what runs next
				}
				cancelled = append(cancelled, aws.ToString(s.Id))
			}
		}
	}
	return cancelled, nil
}
