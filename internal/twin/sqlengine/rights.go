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

// reservedUsers are the roles that can't be a cluster's user: PostgreSQL's superuser, and
// the role that creates users.
var reservedUsers = []string{"rdsdb", "redshift_users"}

// makeAdmin creates the role of a cluster's admin user if it doesn't exist. The role is not
// a superuser and can't create databases or roles. Statements never run on a superuser's
// connection with SET ROLE, since RESET ROLE would give them the superuser's privileges.
func (e *Engine) makeAdmin(ctx context.Context, name string) error {
	if slices.Contains(reservedUsers, name) || strings.HasPrefix(name, "pg_") {
		return fmt.Errorf("admin user %q: the name is reserved; choose another", name)
	}
	e.adminsMu.Lock() // held until admins says whether the role is an admin user
	defer e.adminsMu.Unlock()
	_, err := e.admin.Exec(ctx, "CREATE ROLE "+rsql.QuoteIdent(name)+" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS")
	var pg *pgconn.PgError
	switch exists := errors.As(err, &pg) && (pg.Code == "42710" || pg.Code == "23505"); {
	case exists && e.admins[name]:
		return nil // another cluster's admin user has the same name
	case exists: // the user who created that role could act as it
		return fmt.Errorf("admin user %q: a user, group or role of another cluster has that name; choose another", name)
	case err == nil:
		e.admins[name] = true
	}
	return err
}

// resetRoleSettings removes the settings that roles have for their future sessions. In
// PostgreSQL, each role can change its own such settings, for all databases.
func (e *Engine) resetRoleSettings(ctx context.Context) error {
	_, err := e.admin.Exec(ctx, "DELETE FROM pg_db_role_setting")
	return err
}

// grantToAdmin grants privileges in a new database to the cluster's admin user: to create
// schemas, to own the schema public, and to write to the tables of pg_streaming. Only the
// admin user and the users that it creates can connect to the database.
func (e *Engine) grantToAdmin(ctx context.Context, d *database) error {
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

// connectAs opens a connection as a user other than the admin user. It returns an error if
// the user was not created in this database.
func (d *database) connectAs(ctx context.Context, user string) (*pgx.Conn, error) {
	unknown := &Error{Severity: "FATAL", Code: "28000", Message: fmt.Sprintf("user %q does not exist", user)}
	if slices.Contains(reservedUsers, user) {
		return nil, unknown
	}
	if err := d.engine.resetRoleSettings(ctx); err != nil {
		return nil, err
	}
	config := d.pool.Config().ConnConfig
	config.User = user
	conn, err := pgx.ConnectConfig(ctx, config)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && (pg.Code == "28000" || pg.Code == "42501") { // the role doesn't exist, or was created in another database
		return nil, unknown
	}
	return conn, err
}

// createUser creates a user, a group or a role. Only users can connect.
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
