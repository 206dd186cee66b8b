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

// battle is the attacked database.
type battle struct {
	*world
	data     *redshiftdata.Client
	database string // as PostgreSQL knows it
	report   *Report
}

// attackSQL tries every expression and every statement against the parser alone,
// against PostgreSQL's rights alone, and against both.
func attackSQL(ctx context.Context, w *world, r *Report) error {
	b := &battle{world: w, data: redshiftdata.NewFromConfig(w.aws), report: r}
	if err := b.prepare(ctx); err != nil {
		return err
	}
	var errs []error
	for _, a := range b.forms() {
		errs = append(errs, b.prove(ctx, a))
	}
	rights := defence{name: "rights", run: b.directly(adminUser)}
	both := defence{name: "rights and parser", run: b.statement, streaming: true}
	b.attack(ctx, rights)
	b.attack(ctx, both)
	if err := b.withoutRights(ctx, func() { b.attack(ctx, defence{name: "parser", run: b.statement, streaming: true}) }); err != nil {
		return err
	}
	return errors.Join(append(errs, b.attackUsers(ctx))...)
}

// prepare makes a cluster with a table and a stream with a record.
func (b *battle) prepare(ctx context.Context) error {
	streams := kinesis.NewFromConfig(b.aws)
	err := b.createCluster(ctx, clusterName, adminUser)
	if err == nil {
		_, err = streams.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: aws.String(streamName), ShardCount: aws.Int32(1)})
	}
	if err == nil {
		_, err = streams.PutRecord(ctx, &kinesis.PutRecordInput{StreamName: aws.String(streamName), PartitionKey: aws.String("a"), Data: []byte("{}")})
	}
	if err != nil {
		return err
	}
	_, err = b.statement(ctx, "CREATE EXTERNAL SCHEMA evdata FROM KINESIS IAM_ROLE '"+readingRole+"'",
		"CREATE TABLE victim (line varchar(4000))", "INSERT INTO victim VALUES ('x')", "CREATE USER low PASSWORD DISABLE")
	if err != nil {
		return err
	}
	conn, err := b.connect(ctx, superuser, "postgres")
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	const newest = "SELECT datname FROM pg_database WHERE datname ~ '^redshift_[0-9]+$' ORDER BY oid DESC LIMIT 1"
	if err := conn.QueryRow(ctx, newest).Scan(&b.database); err != nil {
		return err
	}
	_, err = b.directly(superuser)(ctx, "SELECT lo_create(424242)")
	return err
}

// statement runs statements through the Data API.
func (b *battle) statement(ctx context.Context, sql ...string) (int, error) {
	for i, text := range sql {
		if err := b.statementAs(ctx, adminUser, text); err != nil {
			return i, err
		}
	}
	return len(sql), nil
}

// statementAs runs a statement through the Data API as a user.
func (b *battle) statementAs(ctx context.Context, user, sql string) error {
	out, err := b.data.ExecuteStatement(ctx, &redshiftdata.ExecuteStatementInput{
		ClusterIdentifier: aws.String(clusterName), Database: aws.String("dev"), DbUser: aws.String(user), Sql: aws.String(sql),
	})
	if err != nil {
		return err
	}
	return b.await(ctx, out.Id)
}

// await waits for a statement's end.
func (b *battle) await(ctx context.Context, id *string) error {
	for {
		d, err := b.data.DescribeStatement(ctx, &redshiftdata.DescribeStatementInput{Id: id})
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
func (b *battle) directly(user string) runner {
	return func(ctx context.Context, sql ...string) (int, error) {
		conn, err := b.connect(ctx, user, b.database)
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
func (b *battle) undefended(ctx context.Context, sql ...string) (int, error) {
	n, err := b.directly(superuser)(ctx, append([]string{"SET event_triggers = off"}, sql...)...)
	return n - 1, err
}

// clean takes away what an attack has left. What it hasn't made can't be dropped,
// which is no matter.
func (b *battle) clean(ctx context.Context, undo string) {
	for _, sql := range []string{undo, "DROP VIEW IF EXISTS attack_view; DROP TABLE IF EXISTS attack_stream; DELETE FROM pg_streaming.view v WHERE NOT EXISTS (SELECT FROM pg_class WHERE oid = v.relation)"} {
		_, _ = b.undefended(ctx, sql)
	}
}

// withoutRights lets f run while the admin user is a superuser, whom PostgreSQL
// refuses nothing.
func (b *battle) withoutRights(ctx context.Context, f func()) error {
	var was bool
	conn, err := b.connect(ctx, superuser, b.database)
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
	f()
	_, _ = conn.Exec(ctx, "ALTER EVENT TRIGGER refuse_command ENABLE")
	if was {
		return nil
	}
	if _, err = conn.Exec(ctx, "ALTER ROLE "+adminUser+" NOSUPERUSER"); err != nil {
		return fmt.Errorf("make the admin user an ordinary one again: %w", err)
	}
	return nil
}
