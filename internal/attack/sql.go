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

// The warehouse that SQL attacks.
const (
	clusterName = "attacked"
	adminUser   = "awsuser"
	superuser   = "rdsdb"
	streamName  = "attacked"
	readingRole = "arn:aws:iam::000000000000:role/attacked"
)

// runner runs statements, one after the other, until one is refused. It returns how
// many have run, and the refusal.
type runner func(ctx context.Context, sql ...string) (int, error)

// defence is what stands between SQL text and the attacked database.
type defence struct {
	name string
	run  runner
	// streaming says that it knows streaming views.
	streaming bool
}

// attackSQL tries every expression and every statement against the parser alone,
// against PostgreSQL's roles and rights alone, and against all of them.
func attackSQL(ctx context.Context, w *world, r *Report) error {
	var errs []error
	for _, a := range forms() {
		errs = append(errs, w.confirm(ctx, a))
	}
	rights := defence{name: "rights", run: w.directly(adminUser)}
	both := defence{name: "rights and parser", run: w.statement, streaming: true}
	parser := defence{name: "parser", run: w.statement, streaming: true}
	errs = append(errs, w.attack(ctx, r, rights), w.attack(ctx, r, both),
		w.withoutRights(ctx, func() error { return w.attack(ctx, r, parser) }), w.attackUsers(ctx, r))
	return errors.Join(errs...)
}

// prepare makes a cluster with a table and a stream with a record.
func (w *world) prepare(ctx context.Context) error {
	streams := kinesis.NewFromConfig(w.AWS)
	err := w.createCluster(ctx, clusterName, adminUser)
	if err == nil {
		_, err = streams.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: aws.String(streamName), ShardCount: aws.Int32(1)})
	}
	if err == nil {
		_, err = streams.PutRecord(ctx, &kinesis.PutRecordInput{StreamName: aws.String(streamName), PartitionKey: aws.String("a"), Data: []byte("{}")})
	}
	if err != nil {
		return err
	}
	_, err = w.statement(ctx, "CREATE EXTERNAL SCHEMA evdata FROM KINESIS IAM_ROLE '"+readingRole+"'",
		"CREATE TABLE victim (line varchar(4000))", "INSERT INTO victim VALUES ('x')", "CREATE USER low PASSWORD DISABLE")
	if err != nil {
		return err
	}
	if err := w.findDatabase(ctx); err != nil {
		return err
	}
	_, err = w.directly(superuser)(ctx, "SELECT lo_create(424242)", "ALTER TABLE victim ADD COLUMN partition_key varchar(9)")
	return err
}

// findDatabase learns PostgreSQL's name of the first cluster's database.
func (w *world) findDatabase(ctx context.Context) error {
	conn, err := w.connect(ctx, superuser, "postgres")
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	const first = "SELECT datname FROM pg_database WHERE datname ~ '^redshift_[0-9]+$' ORDER BY oid LIMIT 1"
	return conn.QueryRow(ctx, first).Scan(&w.database)
}

// statement runs statements through the Data API.
func (w *world) statement(ctx context.Context, sql ...string) (int, error) {
	for i, text := range sql {
		if err := w.statementAs(ctx, adminUser, text); err != nil {
			return i, err
		}
	}
	return len(sql), nil
}

// statementAs runs a statement through the Data API as a user.
func (w *world) statementAs(ctx context.Context, user, sql string) error {
	return w.statementOn(ctx, clusterName, user, sql)
}

// statementOn is statementAs on any cluster.
func (w *world) statementOn(ctx context.Context, cluster, user, sql string) error {
	out, err := w.data.ExecuteStatement(ctx, &redshiftdata.ExecuteStatementInput{
		ClusterIdentifier: aws.String(cluster), Database: aws.String("dev"), DbUser: aws.String(user), Sql: aws.String(sql),
	})
	if err != nil {
		return err
	}
	return w.await(ctx, out.Id)
}

// await waits for a statement's end.
func (w *world) await(ctx context.Context, id *string) error {
	for {
		d, err := w.data.DescribeStatement(ctx, &redshiftdata.DescribeStatementInput{Id: id})
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

// directly returns what runs SQL text on a connection to PostgreSQL, past the twin.
func (w *world) directly(user string) runner {
	return func(ctx context.Context, sql ...string) (int, error) {
		conn, err := w.connect(ctx, user, w.database)
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

// undefended runs SQL text as a superuser, whom nothing is refused.
func (w *world) undefended(ctx context.Context, sql ...string) (int, error) {
	n, err := w.directly(superuser)(ctx, append([]string{"SET event_triggers = off"}, sql...)...)
	return n - 1, err
}

// clean takes away what an attack has left. What it hasn't made can't be dropped,
// which is no matter.
func (w *world) clean(ctx context.Context, undo string) {
	for _, sql := range []string{undo, "DROP VIEW IF EXISTS attack_view; DROP TABLE IF EXISTS attack_stream; DELETE FROM pg_streaming.view v WHERE NOT EXISTS (SELECT FROM pg_class WHERE oid = v.relation)"} {
		_, _ = w.undefended(ctx, sql)
	}
}

// withoutRights lets f run while the admin user is a superuser, whom PostgreSQL
// refuses nothing.
func (w *world) withoutRights(ctx context.Context, f func() error) error {
	var was bool
	conn, err := w.connect(ctx, superuser, w.database)
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
	_, _ = conn.Exec(ctx, "ALTER EVENT TRIGGER refuse_command DISABLE") // an older twin has none
	failed := f()
	_, _ = conn.Exec(ctx, "ALTER EVENT TRIGGER refuse_command ENABLE")
	if was {
		return failed
	}
	if _, err = conn.Exec(ctx, "ALTER ROLE "+adminUser+" NOSUPERUSER"); err != nil {
		return errors.Join(failed, fmt.Errorf("make the admin user an ordinary one again: %w", err))
	}
	return failed
}
