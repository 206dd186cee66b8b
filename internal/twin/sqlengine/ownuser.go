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

// makeOwnUser makes the database user of an IAM identity, unless there is one. It may
// what PUBLIC may on Redshift, which PostgreSQL gives to nobody: make tables in the
// schema public. It keeps the twin's books of what it makes, as the admin user does.
//
// Source: https://docs.aws.amazon.com/redshift/latest/dg/r_Privileges.html
func (d *database) makeOwnUser(ctx context.Context, user string) error {
	d.ownMu.Lock()
	defer d.ownMu.Unlock()
	err := d.pool.AcquireFunc(ctx, func(c *pgxpool.Conn) error {
		var made bool
		err := c.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_user WHERE usename = $1)", user).Scan(&made)
		if err != nil || made {
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

// mustOwn refuses what a materialized view's owner and the admin user alone may do to
// it.
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
		case errors.Is(err, pgx.ErrNoRows): // the statement itself says so
		case err != nil:
			return err
		case owner != s.user:
			return errorf("42501", "must be owner of relation %s", name.Name)
		}
	}
	return nil
}

// mayUse refuses a schema that an identity's own user has no USAGE of.
func (s *session) mayUse(ctx context.Context, schema string) error {
	if !s.own {
		return nil
	}
	var may bool
	if err := s.conn.QueryRow(ctx, "SELECT has_schema_privilege($1, 'USAGE')", schema).Scan(&may); err != nil {
		return err
	}
	if !may {
		return errorf("42501", "permission denied for schema %s", schema)
	}
	return nil
}

// asKnown puts the database's name, as its users know it, in the place of PostgreSQL's.
func (d *database) asKnown(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && strings.HasSuffix(pg.Message, "for database "+d.pgName) {
		return errorf(pg.Code, "%s", strings.TrimSuffix(pg.Message, d.pgName)+d.name)
	}
	return err
}
