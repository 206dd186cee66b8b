package sqlengine

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tributary-cdk/tributary/internal/twin/sqlengine/rsql"
)

// makeOwnUser creates the own user of an IAM identity if it doesn't exist. The user may
// create tables in the schema public, which PUBLIC may do in Redshift but not in PostgreSQL.
// It may also write to the tables in pg_streaming, as the admin user may, since the engine
// uses the session's connection to store data about views and tables in them.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_Privileges.html
func (d *database) makeOwnUser(ctx context.Context, user string) error {
	d.ownMu.Lock()
	defer d.ownMu.Unlock()
	err := d.pool.AcquireFunc(ctx, func(c *pgxpool.Conn) error {
		var exists bool
		err := c.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_user WHERE usename = $1)", user).Scan(&exists)
		if err != nil || exists {
			return err
		}
		_, err = c.Exec(ctx, "SELECT pg_streaming.create_user($1, $2, true)", d.engine.usersKey, user)
		return err
	})
	if err != nil || d.own[user] {
		return err
	}
	conn, err := pgconn.Connect(ctx, d.engine.server.ConnString(d.pgName))
	if err != nil {
		return err
	}
	name := rsql.QuoteIdent(user)
	_, err = conn.Exec(ctx, "GRANT CREATE, USAGE ON SCHEMA public TO "+name+
		"; GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA pg_streaming TO "+name).ReadAll()
	if err == nil {
		d.own[user] = true
	}
	return errors.Join(err, conn.Close(ctx))
}

// mustOwn returns an error if the statement needs the owner of a relation or the admin user,
// and the session's user is the own user of an IAM identity and not the owner.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-refresh-sql-command.html
func (s *session) mustOwn(ctx context.Context, statement rsql.Statement) error {
	if !s.own {
		return nil
	}
	var names []rsql.Name
	switch st := statement.(type) {
	case rsql.AlterMaterializedView:
		names = []rsql.Name{st.Name}
	case rsql.RefreshMaterializedView:
		names = []rsql.Name{st.Name}
	case rsql.DropMaterializedView:
		names = st.Names
	case rsql.AppendTable:
		names = []rsql.Name{st.Target, st.From}
	}
	for _, name := range names {
		var owner string
		err := s.conn.QueryRow(ctx, "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = to_regclass($1)", name.String()).Scan(&owner)
		switch {
		case errors.Is(err, pgx.ErrNoRows): // the relation doesn't exist: the statement fails with that error
		case err != nil:
			return err
		case owner != s.user:
			return errorf("42501", "must be owner of relation %s", name.Name)
		}
	}
	return nil
}

// mayUse returns an error if the session's user is the own user of an IAM identity and has
// no USAGE privilege on a schema.
func (s *session) mayUse(ctx context.Context, schema string) error {
	if !s.own {
		return nil
	}
	var allowed bool
	if err := s.conn.QueryRow(ctx, "SELECT has_schema_privilege($1, 'USAGE')", schema).Scan(&allowed); err != nil {
		return err
	}
	if !allowed {
		return errorf("42501", "permission denied for schema %s", schema)
	}
	return nil
}

// replaceName replaces PostgreSQL's name of the database in an error by the database's name
// in Redshift.
func (d *database) replaceName(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && strings.HasSuffix(pg.Message, "for database "+d.pgName) {
		return errorf(pg.Code, "%s", strings.TrimSuffix(pg.Message, d.pgName)+d.name)
	}
	return err
}
