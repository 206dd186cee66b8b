package sqlengine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tributary-cdk/tributary/internal/twin/sqlengine/rsql"
)

// reservedUsers are the roles that no cluster's user can be: PostgreSQL's
// superuser, which is named as Redshift's own, and the role that makes users.
var reservedUsers = []string{"rdsdb", "redshift_users"}

// makeAdmin makes the role of a cluster's admin user, unless there is one. The role
// is no superuser, and may make no database and no role. Statements never run on a
// superuser's connection: there, RESET ROLE would give them its rights back.
func (e *Engine) makeAdmin(ctx context.Context, name string) error {
	if slices.Contains(reservedUsers, name) || strings.HasPrefix(name, "pg_") {
		return fmt.Errorf("admin user %q: the name is reserved; choose another", name)
	}
	e.adminsMu.Lock() // until it is known whose the role is
	defer e.adminsMu.Unlock()
	_, err := e.admin.Exec(ctx, "CREATE ROLE "+rsql.QuoteIdent(name)+" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS")
	var pg *pgconn.PgError
	switch exists := errors.As(err, &pg) && (pg.Code == "42710" || pg.Code == "23505"); {
	case exists && e.admins[name]:
		return nil // another cluster's admin user has that name, too
	case exists: // whoever made that user could become it
		return fmt.Errorf("admin user %q: a user, group or role of another cluster has that name; choose another", name)
	case err == nil:
		e.admins[name] = true
	}
	return err
}

// forgetSettings removes what roles have set for sessions to come. PostgreSQL lets
// each role do that for itself, in all databases.
func (e *Engine) forgetSettings(ctx context.Context) error {
	_, err := e.admin.Exec(ctx, "DELETE FROM pg_db_role_setting")
	return err
}

// hand gives a new database to its cluster's admin user: the right to make
// schemas in it, the schema public, and the tables of pg_streaming. Nobody else may connect
// but the users that the admin user makes.
func (e *Engine) hand(ctx context.Context, d *database) error {
	conn, err := pgconn.Connect(ctx, e.server.ConnString(d.pgName))
	if err != nil {
		return err
	}
	admin := rsql.QuoteIdent(d.cluster.AdminUser)
	_, err = conn.Exec(ctx, strings.Join([]string{
		"REVOKE CONNECT ON DATABASE " + d.pgName + " FROM PUBLIC",
		"GRANT CONNECT ON DATABASE " + d.pgName + " TO redshift_users WITH GRANT OPTION",
		"GRANT CONNECT ON DATABASE " + d.pgName + " TO " + admin,
		"GRANT CREATE ON DATABASE " + d.pgName + " TO " + admin + " WITH GRANT OPTION",
		"ALTER SCHEMA public OWNER TO " + admin,
		"GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA pg_streaming TO " + admin,
		"GRANT EXECUTE ON FUNCTION pg_streaming.create_user, pg_streaming.drop_user TO " + admin,
	}, ";")).ReadAll()
	return errors.Join(err, conn.Close(ctx))
}

// connectAs opens a connection as a user other than the admin user. The user must
// have been made by the cluster's admin user.
func (d *database) connectAs(ctx context.Context, user string) (*pgx.Conn, error) {
	unknown := &Error{Severity: "FATAL", Code: "28000", Message: fmt.Sprintf("user %q does not exist", user)}
	if slices.Contains(reservedUsers, user) {
		return nil, unknown
	}
	if err := d.engine.forgetSettings(ctx); err != nil {
		return nil, err
	}
	config := d.pool.Config().ConnConfig
	config.User = user
	conn, err := pgx.ConnectConfig(ctx, config)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && (pg.Code == "28000" || pg.Code == "42501") { // no such role, or one of another database
		return nil, unknown
	}
	return conn, err
}

// createUser makes a user, a group or a role. Only users connect.
func (s *session) createUser(ctx context.Context, st rsql.CreateUser) error {
	_, err := s.conn.Exec(ctx, "SELECT pg_streaming.create_user($1, $2, $3)", s.db.engine.usersKey, st.Name, st.Kind == "USER")
	return err
}

// dropUsers drops users, groups or roles.
func (s *session) dropUsers(ctx context.Context, st rsql.DropUsers) error {
	return s.inTx(ctx, func() error {
		for _, name := range st.Names {
			if _, err := s.conn.Exec(ctx, "SELECT pg_streaming.drop_user($1, $2, $3)", s.db.engine.usersKey, name, st.IfExists); err != nil {
				return err
			}
		}
		return nil
	})
}
