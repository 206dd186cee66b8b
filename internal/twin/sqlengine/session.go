package sqlengine

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tributary-cdk/tributary/internal/twin/sqlengine/rsql"
)

// Target says where a statement runs.
type Target struct {
	Cluster, Database string
	// User is the database user. Empty means the cluster's admin user.
	User string
	// OwnUser makes the User if there is none: the one that belongs to an IAM identity.
	// It may do what every user may, and own what it makes.
	OwnUser bool
}

// session runs statements on one connection.
type session struct {
	db      *database
	conn    *pgx.Conn
	options rsql.Options
	queryID int64
	batch   bool // in a transaction that the caller has begun
	user    string
	own     bool     // the user is an IAM identity's own
	after   []func() // what is to be done once the statement is committed
}

// Exec runs one statement to its end, or until ctx ends, which cancels it. What
// a statement sets is forgotten afterwards. Parameters are the values of
// :name. A statement that fails gives an *Error.
func (e *Engine) Exec(ctx context.Context, t Target, sql string, parameters map[string]string) (Result, error) {
	var r Result
	err := e.session(ctx, t, parameters, func(ctx context.Context, s *session) (err error) {
		r, err = s.run(ctx, sql)
		return err
	})
	return r, err
}

// ExecBatch runs statements in order in one transaction, which is rolled back
// if one fails. The results are of those before the one that failed.
func (e *Engine) ExecBatch(ctx context.Context, t Target, sqls []string, parameters map[string]string) ([]Result, error) {
	var results []Result
	err := e.session(ctx, t, parameters, func(ctx context.Context, s *session) error {
		s.batch = true
		return pgx.BeginTxFunc(ctx, s.conn, e.isolation(), func(pgx.Tx) error {
			for _, sql := range sqls {
				r, err := s.run(ctx, sql)
				if err != nil {
					return err
				}
				results = append(results, r)
			}
			return nil
		})
	})
	return results, err
}

// session runs f on a connection of t's, as t's user.
func (e *Engine) session(ctx context.Context, t Target, parameters map[string]string, f func(context.Context, *session) error) error {
	if t.OwnUser {
		t.User = strings.ToLower(t.User) // names fold, as those of CREATE USER and GRANT do
	}
	d, err := e.database(t)
	if err != nil {
		return err
	}
	ctx, cancel := d.running(ctx)
	defer cancel()
	err = d.as(ctx, t, func(conn *pgx.Conn, user string) error {
		s := &session{db: d, conn: conn, options: rsql.Options{Parameters: parameters, UntypedParameters: e.strict.UntypedParameters}, user: user, own: t.OwnUser}
		if err := f(ctx, s); err != nil {
			return d.asKnown(err)
		}
		for _, do := range s.after {
			do()
		}
		return nil
	})
	if err != nil && ctx.Err() != nil {
		return errorf(codeCancelled, "Query cancelled on user's request")
	}
	return asError(err)
}

// as runs f on a connection of the target's user, the cluster's admin user if it is empty. An
// admin user's connections are kept; another user's is opened for f alone.
func (d *database) as(ctx context.Context, t Target, f func(conn *pgx.Conn, user string) error) error {
	if t.User == "" || t.User == d.cluster.AdminUser {
		return d.pool.AcquireFunc(ctx, func(c *pgxpool.Conn) error { return f(c.Conn(), d.cluster.AdminUser) })
	}
	if t.OwnUser {
		if err := d.makeOwnUser(ctx, t.User); err != nil {
			return err
		}
	}
	conn, err := d.connectAs(ctx, t.User)
	if err != nil {
		return err
	}
	return errors.Join(f(conn, t.User), conn.Close(context.WithoutCancel(ctx)))
}

// run reads a statement and runs it.
func (s *session) run(ctx context.Context, sql string) (Result, error) {
	statement, err := rsql.Parse(sql, s.options)
	if err != nil {
		return Result{}, err
	}
	s.queryID = s.db.engine.queries.Add(1)
	r, err := s.dispatch(ctx, statement)
	r.QueryID, r.PID = s.queryID, int64(s.conn.PgConn().PID())
	return r, err
}

// dispatch runs a parsed statement.
func (s *session) dispatch(ctx context.Context, statement rsql.Statement) (Result, error) {
	if err := s.allowed(statement); err != nil {
		return Result{}, err
	}
	if err := s.mustOwn(ctx, statement); err != nil {
		return Result{}, err
	}
	switch st := statement.(type) {
	case *rsql.Query:
		return s.query(ctx, st)
	case rsql.CreateExternalSchema:
		return Result{}, s.createExternalSchema(ctx, st)
	case rsql.DropSchema:
		return Result{}, s.dropSchema(ctx, st)
	case rsql.CreateMaterializedView:
		return Result{}, s.createView(ctx, st)
	case rsql.AlterMaterializedView:
		return Result{}, s.alterView(ctx, st)
	case rsql.RefreshMaterializedView:
		return Result{}, s.refreshView(ctx, st.Name)
	case rsql.DropMaterializedView:
		return Result{}, s.dropViews(ctx, st)
	case rsql.CreateTable:
		return s.createTable(ctx, st)
	case rsql.AppendTable:
		return s.appendTable(ctx, st)
	case rsql.CreateUser:
		return Result{}, s.createUser(ctx, st)
	case rsql.DropUsers:
		return Result{}, s.dropUsers(ctx, st)
	case rsql.Set:
		s.set(st)
		return Result{}, nil
	}
	return Result{}, fmt.Errorf("statement %T: the engine has no way to run it", statement)
}

// allowed refuses what Redshift doesn't run in a transaction. It also refuses DDL on
// streams in a transaction, since nobody documents it there, and as a user who is neither
// the admin nor an identity's own.
func (s *session) allowed(statement rsql.Statement) error {
	var what string
	switch statement.(type) {
	case rsql.AppendTable:
		if s.batch {
			return errorf(codeActive, "ALTER TABLE APPEND cannot run inside a transaction block")
		}
		return nil
	case rsql.CreateExternalSchema:
		what = "CREATE EXTERNAL SCHEMA"
	case rsql.CreateMaterializedView:
		what = "CREATE MATERIALIZED VIEW"
	case rsql.AlterMaterializedView:
		what = "ALTER MATERIALIZED VIEW"
	case rsql.RefreshMaterializedView:
		what = "REFRESH MATERIALIZED VIEW"
	case rsql.DropMaterializedView:
		what = "DROP MATERIALIZED VIEW"
	default:
		return nil
	}
	if s.batch {
		return errorf(codeUnsupported, "the local twin doesn't run %s in a transaction; send it on its own", what)
	}
	if s.user != s.db.cluster.AdminUser && !s.own {
		return errorf(codeUnsupported, "the local twin runs %s as the admin user %q only, got %q", what, s.db.cluster.AdminUser, s.user)
	}
	return nil
}

// set changes how the session's next statements are read. Outside a batch
// there is none: as on Redshift, a SET sent on its own is lost.
func (s *session) set(st rsql.Set) {
	switch st.Parameter {
	case rsql.CaseSensitiveIdentifier:
		s.options.CaseSensitiveIdentifier = st.On
	case rsql.CaseSensitiveSuper:
		s.options.CaseSensitiveSuper = st.On
	}
}

// query runs a statement that PostgreSQL runs.
func (s *session) query(ctx context.Context, q *rsql.Query) (Result, error) {
	env, err := s.env(ctx, q)
	if err != nil {
		return Result{}, err
	}
	for _, name := range q.Changes {
		view, err := findView(ctx, s.conn, name)
		if err != nil {
			return Result{}, err
		}
		if view != nil {
			return Result{}, s.refuseChange(q, view)
		}
	}
	sql, err := q.Rewrite(env)
	if err != nil {
		return Result{}, err
	}
	if s.batch || !writes[q.Verb] {
		return query(ctx, s.conn, sql)
	}
	var r Result
	err = pgx.BeginTxFunc(ctx, s.conn, s.db.engine.isolation(), func(pgx.Tx) (err error) {
		r, err = query(ctx, s.conn, sql)
		return err
	})
	return r, err
}

// writes are the statements that change rows. They run isolated as Redshift
// isolates them.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/c_serial_isolation.html
var writes = map[string]bool{"INSERT": true, "UPDATE": true, "DELETE": true, "MERGE": true}

// isolation returns how transactions that write are isolated. SERIALIZABLE lets one of
// two fail that would each have seen the other's rows; SNAPSHOT lets one of two fail
// only if both change the same rows.
func (e *Engine) isolation() pgx.TxOptions {
	if e.strict.Snapshot {
		return pgx.TxOptions{IsoLevel: pgx.RepeatableRead}
	}
	return pgx.TxOptions{IsoLevel: pgx.Serializable}
}

// refuseChange is the answer to DROP TABLE, ALTER TABLE or CREATE VIEW of a
// streaming view.
func (s *session) refuseChange(q *rsql.Query, v *view) error {
	switch q.Verb {
	case "DROP TABLE":
		return &Error{Code: codeWrongObject, Message: fmt.Sprintf("%q is not a table", v.name), Hint: "Use DROP MATERIALIZED VIEW to remove a materialized view."}
	case "CREATE VIEW":
		return errorf("42P07", "relation %q already exists", v.name)
	}
	return errorf(codeWrongObject, "cannot change materialized view %q", v.name)
}
