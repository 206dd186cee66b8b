package main

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"
)

func warehouse(ctx context.Context, c aws.Config) error {
	clusters, data, cluster := redshift.NewFromConfig(c), redshiftdata.NewFromConfig(c), aws.String(name)
	_, err := clusters.CreateCluster(ctx, &redshift.CreateClusterInput{
		ClusterIdentifier: cluster, ClusterType: aws.String("single-node"), NodeType: aws.String("ra3.large"),
		DBName: aws.String("dev"), MasterUsername: aws.String("awsuser"), MasterUserPassword: aws.String("Abcdefg1"),
	})
	if err != nil {
		return err
	}
	if err := redshift.NewClusterAvailableWaiter(clusters).Wait(ctx, &redshift.DescribeClustersInput{ClusterIdentifier: cluster}, patience); err != nil {
		return err
	}
	if err := statements(ctx, data, cluster); err != nil {
		return err
	}
	_, err = clusters.DeleteCluster(ctx, &redshift.DeleteClusterInput{ClusterIdentifier: cluster, SkipFinalClusterSnapshot: aws.Bool(true)})
	return err
}

func statements(ctx context.Context, data *redshiftdata.Client, cluster *string) error {
	database, user := aws.String("dev"), aws.String("awsuser")
	submitted, err := data.BatchExecuteStatement(ctx, &redshiftdata.BatchExecuteStatementInput{
		ClusterIdentifier: cluster, Database: database, DbUser: user,
		Sqls: []string{"CREATE TABLE t (id INT, name VARCHAR(20))", "INSERT INTO t VALUES (1, 'a''b'), (2, NULL)"},
	})
	if err != nil {
		return err
	}
	batch, err := ended(ctx, data, submitted.Id)
	if err != nil {
		return err
	}
	if err := check("redshift-data runs a batch", []any{batch.Status, len(batch.SubStatements)}, []any{types.StatusStringFinished, 2}); err != nil {
		return err
	}
	run := func(sql string, parameters ...types.SqlParameter) (*redshiftdata.DescribeStatementOutput, error) {
		out, err := data.ExecuteStatement(ctx, &redshiftdata.ExecuteStatementInput{
			ClusterIdentifier: cluster, Database: database, DbUser: user, Sql: &sql, Parameters: parameters,
		})
		if err != nil {
			return nil, err
		}
		return ended(ctx, data, out.Id)
	}
	selected, err := run("SELECT id, name FROM t WHERE id <= :most ORDER BY id", types.SqlParameter{Name: aws.String("most"), Value: aws.String("2")})
	if err != nil {
		return err
	}
	rows, err := data.GetStatementResult(ctx, &redshiftdata.GetStatementResultInput{Id: selected.Id})
	if err != nil {
		return err
	}
	want := [][]types.Field{
		{&types.FieldMemberLongValue{Value: 1}, &types.FieldMemberStringValue{Value: "a'b"}},
		{&types.FieldMemberLongValue{Value: 2}, &types.FieldMemberIsNull{Value: true}},
	}
	if err := check("redshift-data gives rows", rows.Records, want); err != nil {
		return err
	}
	wrong, err := run("SELECT nothing FROM nowhere")
	if err != nil {
		return err
	}
	return check("redshift-data fails a wrong statement", []any{wrong.Status, strings.Contains(aws.ToString(wrong.Error), "nowhere")}, []any{types.StatusStringFailed, true})
}

// ended waits for a statement's end.
func ended(ctx context.Context, data *redshiftdata.Client, id *string) (*redshiftdata.DescribeStatementOutput, error) {
	for {
		now, err := data.DescribeStatement(ctx, &redshiftdata.DescribeStatementInput{Id: id})
		if err != nil {
			return nil, err
		}
		switch now.Status {
		case types.StatusStringFinished, types.StatusStringFailed, types.StatusStringAborted:
			return now, nil
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
