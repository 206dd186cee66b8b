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

// Target says in which database and as which user a statement runs.
type Target struct {
	Cluster, Database string
	// User is the database user. Empty means the cluster's admin user.
	User string
	// OwnUser says that User is the own user of an IAM identity. The Engine creates the
	// user if it doesn't exist. The user has the privileges that every user has, and owns
	// the objects that it creates.
	OwnUser bool
}

// session runs statements on one connection.
type session struct {
	db      *database
	conn    *pgx.Conn
	options rsql.Options
	queryID int64
	batch   bool // true in ExecBatch, which has begun a transaction
	user    string
	own     bool     // true if user is the own user of an IAM identity
	after   []func() // called after the statement has been committed
}

// Exec runs one statement and waits until it has ended. If ctx ends first, the statement is
// cancelled. Settings that the statement changes are reset afterwards. Parameters are the
// values of named parameters, such as :a, by their names without the colon. If the statement
// fails, the error is an *Error.
func (e *Engine) Exec(ctx context.Context, t Target, sql string, parameters map[string]string) (Result, error) {
	var r Result
	err := e.session(ctx, t, parameters, func(ctx context.Context, s *session) (err error) {
		r, err = s.run(ctx, sql)
		return err
	})
	return r, err
}

// ExecBatch runs statements in order in one transaction. If a statement fails, the
// transaction is rolled back, and ExecBatch returns the error and the results of the
// statements before.
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

// session runs f in a session of the target's user in the target's database.
func (e *Engine) session(ctx context.Context, t Target, parameters map[string]string, f func(context.Context, *session) error) error {
	if t.OwnUser {
		t.User = strings.ToLower(t.User) // as in CREATE USER and GRANT
	}
	d, err := e.database(t)
	if err != nil {
		return err
	}
	ctx, cancel := d.running(ctx)
	defer cancel()
	err = d.connection(ctx, t, func(conn *pgx.Conn, user string) error {
		s := &session{db: d, conn: conn, options: rsql.Options{Parameters: parameters, UntypedParameters: e.strict.UntypedParameters}, user: user, own: t.OwnUser}
		if err := f(ctx, s); err != nil {
			return d.replaceName(err)
		}
		for _, f := range s.after {
			f()
		}
		return nil
	})
	if err != nil && ctx.Err() != nil {
		return errorf(codeCancelled, "Query cancelled on user's request")
	}
	return asError(err)
}

// connection runs f on a connection of the target's user. If that is empty, the user is the
// cluster's admin user. Connections of the admin user are reused. A connection of another
// user is closed when f has returned.
func (d *database) connection(ctx context.Context, t Target, f func(conn *pgx.Conn, user string) error) error {
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

// run parses a statement and runs it.
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
	return Result{}, fmt.Errorf("statement %T: the engine can't run it", statement)
}

// allowed returns an error for a statement that Redshift doesn't run in a transaction, if
// the session is in one. For DDL on materialized views and external schemas it returns an
// error in a transaction, too, since AWS doesn't document whether it runs there. It also
// returns an error for this DDL if the user is neither the admin user nor the own user of an
// IAM identity.
func (s *session) allowed(statement rsql.Statement) error {
	var command string
	switch statement.(type) {
	case rsql.AppendTable:
		if s.batch {
			return errorf(codeActive, "ALTER TABLE APPEND cannot run inside a transaction block")
		}
		return nil
	case rsql.CreateExternalSchema:
		command = "CREATE EXTERNAL SCHEMA"
	case rsql.CreateMaterializedView:
		command = "CREATE MATERIALIZED VIEW"
	case rsql.AlterMaterializedView:
		command = "ALTER MATERIALIZED VIEW"
	case rsql.RefreshMaterializedView:
		command = "REFRESH MATERIALIZED VIEW"
	case rsql.DropMaterializedView:
		command = "DROP MATERIALIZED VIEW"
	default:
		return nil
	}
	if s.batch {
		return errorf(codeUnsupported, "the local twin doesn't run %s in a transaction; send it outside a batch", command)
	}
	if s.user != s.db.cluster.AdminUser && !s.own {
		return errorf(codeUnsupported, "the local twin runs %s as the admin user %q only, got %q", command, s.db.cluster.AdminUser, s.user)
	}
	return nil
}

// set changes how the next statements of the session are parsed. This has an effect in a
// batch only, since otherwise a session has one statement.
func (s *session) set(st rsql.Set) {
	switch st.Parameter {
	case rsql.CaseSensitiveIdentifier:
		s.options.CaseSensitiveIdentifier = st.On
	case rsql.CaseSensitiveSuper:
		s.options.CaseSensitiveSuper = st.On
	}
}

// query rewrites a statement and runs it in PostgreSQL.
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

// writes are the statements that change rows. They run in a transaction with Redshift's
// isolation level.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/c_serial_isolation.html
var writes = map[string]bool{"INSERT": true, "UPDATE": true, "DELETE": true, "MERGE": true}

// isolation returns the isolation level of transactions that write. At SERIALIZABLE, one of
// two concurrent transactions fails if each has read rows that the other has changed. At
// SNAPSHOT, one of them fails only if both have changed the same rows. PostgreSQL's
// REPEATABLE READ is the same as SNAPSHOT.
func (e *Engine) isolation() pgx.TxOptions {
	if e.strict.Snapshot {
		return pgx.TxOptions{IsoLevel: pgx.RepeatableRead}
	}
	return pgx.TxOptions{IsoLevel: pgx.Serializable}
}

// refuseChange returns the error of a DROP TABLE, ALTER TABLE or CREATE VIEW that names a
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
