package attack

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata/types"
)

// The names of the attacked cluster, its users, its stream and its role. The superuser is
// PostgreSQL's.
const (
	clusterName = "attacked"
	adminUser   = "awsuser"
	superuser   = "rdsdb"
	streamName  = "attacked"
	readingRole = "arn:aws:iam::000000000000:role/attacked"
)

// runner runs statements in order until one fails. It returns how many succeeded, and the
// error of the one that failed.
type runner func(ctx context.Context, sql ...string) (int, error)

// defence is a protection of the attacked database that is tested.
type defence struct {
	name string
	run  runner // runs SQL behind this defence
	// streaming is true if run supports streaming views.
	streaming bool
}

// attackSQL tries every expression and every statement against PostgreSQL's privileges
// alone, against the parser alone, and against both.
func attackSQL(ctx context.Context, tw *attackedTwin, r *Report) error {
	var errs []error
	for _, a := range variants() {
		errs = append(errs, tw.confirm(ctx, a))
	}
	rights := defence{name: "privileges", run: tw.directRunner(adminUser)}
	both := defence{name: "privileges and parser", run: tw.runStatements, streaming: true}
	parser := defence{name: "parser", run: tw.runStatements, streaming: true}
	errs = append(errs, tw.attack(ctx, r, rights), tw.attack(ctx, r, both),
		tw.withSuperuserAdmin(ctx, func() error { return tw.attack(ctx, r, parser) }), tw.attackUsers(ctx, r))
	return errors.Join(errs...)
}

// prepare creates a cluster with a table and a stream with a record.
func (tw *attackedTwin) prepare(ctx context.Context) error {
	streams := kinesis.NewFromConfig(tw.AWS)
	err := tw.createCluster(ctx, clusterName, adminUser)
	if err == nil {
		_, err = streams.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: aws.String(streamName), ShardCount: aws.Int32(1)})
	}
	if err == nil {
		_, err = streams.PutRecord(ctx, &kinesis.PutRecordInput{StreamName: aws.String(streamName), PartitionKey: aws.String("a"), Data: []byte("{}")})
	}
	if err != nil {
		return err
	}
	_, err = tw.runStatements(ctx, "CREATE EXTERNAL SCHEMA evdata FROM KINESIS IAM_ROLE '"+readingRole+"'",
		"CREATE TABLE victim (line varchar(4000))", "INSERT INTO victim VALUES ('x')", "CREATE USER low PASSWORD DISABLE")
	if err != nil {
		return err
	}
	if err := tw.findDatabase(ctx); err != nil {
		return err
	}
	_, err = tw.directRunner(superuser)(ctx, "SELECT lo_create(424242)", "ALTER TABLE victim ADD COLUMN partition_key varchar(9)")
	return err
}

// findDatabase sets tw.database to the name that PostgreSQL has for the first cluster's
// database.
func (tw *attackedTwin) findDatabase(ctx context.Context) error {
	conn, err := tw.connect(ctx, superuser, "postgres")
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	const first = "SELECT datname FROM pg_database WHERE datname ~ '^redshift_[0-9]+$' ORDER BY oid LIMIT 1"
	return conn.QueryRow(ctx, first).Scan(&tw.database)
}

// runStatements is a runner that uses the Data API, as the cluster's admin user.
func (tw *attackedTwin) runStatements(ctx context.Context, sql ...string) (int, error) {
	for i, text := range sql {
		if err := tw.runAs(ctx, adminUser, text); err != nil {
			return i, err
		}
	}
	return len(sql), nil
}

// runAs runs a statement through the Data API as a user.
func (tw *attackedTwin) runAs(ctx context.Context, user, sql string) error {
	return tw.runOn(ctx, clusterName, user, sql)
}

// runOn runs a statement through the Data API on a cluster as a user.
func (tw *attackedTwin) runOn(ctx context.Context, cluster, user, sql string) error {
	out, err := tw.data.ExecuteStatement(ctx, &redshiftdata.ExecuteStatementInput{
		ClusterIdentifier: aws.String(cluster), Database: aws.String("dev"), DbUser: aws.String(user), Sql: aws.String(sql),
	})
	if err != nil {
		return err
	}
	return tw.await(ctx, out.Id)
}

// await waits until a statement has finished. It returns an error if the statement
// failed or was aborted.
func (tw *attackedTwin) await(ctx context.Context, id *string) error {
	for {
		d, err := tw.data.DescribeStatement(ctx, &redshiftdata.DescribeStatementInput{Id: id})
		if err != nil {
			return err
		}
		switch d.Status {
		case types.StatusStringFinished:
			return nil
		case types.StatusStringFailed, types.StatusStringAborted:
			return errors.New(aws.ToString(d.Error))
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// directRunner returns a runner that uses a direct connection to PostgreSQL, which
// bypasses the twin.
func (tw *attackedTwin) directRunner(user string) runner {
	return func(ctx context.Context, sql ...string) (int, error) {
		conn, err := tw.connect(ctx, user, tw.database)
		if err != nil {
			return 0, err
		}
		defer func() { _ = conn.Close(ctx) }()
		for i, text := range sql {
			if _, err := conn.PgConn().Exec(ctx, text).ReadAll(); err != nil {
				return i, err
			}
		}
		return len(sql), nil
	}
}

// runAsSuperuser runs SQL on a direct connection of a superuser, without any defence.
func (tw *attackedTwin) runAsSuperuser(ctx context.Context, sql ...string) (int, error) {
	n, err := tw.directRunner(superuser)(ctx, append([]string{"SET event_triggers = off"}, sql...)...)
	return n - 1, err
}

// clean removes the objects that an attack created. It ignores errors, since the attack
// may not have created them.
func (tw *attackedTwin) clean(ctx context.Context, undo string) {
	for _, sql := range []string{undo, "DROP VIEW IF EXISTS attack_view; DROP TABLE IF EXISTS attack_stream; DELETE FROM pg_streaming.view v WHERE NOT EXISTS (SELECT FROM pg_class WHERE oid = v.relation)"} {
		_, _ = tw.runAsSuperuser(ctx, sql)
	}
}

// withSuperuserAdmin calls f while the admin user is a superuser, so that PostgreSQL's
// privileges refuse nothing.
func (tw *attackedTwin) withSuperuserAdmin(ctx context.Context, f func() error) error {
	var was bool
	conn, err := tw.connect(ctx, superuser, tw.database)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	if err := conn.QueryRow(ctx, "SELECT rolsuper FROM pg_roles WHERE rolname = $1", adminUser).Scan(&was); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, "ALTER ROLE "+adminUser+" SUPERUSER"); err != nil {
		return err
	}
	_, _ = conn.Exec(ctx, "ALTER EVENT TRIGGER refuse_command DISABLE") // fails on older twins, which have no such trigger
	failed := f()
	_, _ = conn.Exec(ctx, "ALTER EVENT TRIGGER refuse_command ENABLE")
	if was {
		return failed
	}
	if _, err = conn.Exec(ctx, "ALTER ROLE "+adminUser+" NOSUPERUSER"); err != nil {
		return errors.Join(failed, fmt.Errorf("remove superuser from the admin user: %w", err))
	}
	return failed
}
