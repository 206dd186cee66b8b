package sqlengine

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/tributary-cdk/tributary/internal/twin/sqlengine/rsql"
)

// view is a streaming view.
type view struct {
	oid            uint32
	schema, name   string
	externalSchema string
	stream         string
	query          string // the rewritten SELECT, which reads the table incoming
	autoRefresh    bool
}

// table returns the qualified and quoted name of the view's table in PostgreSQL.
func (v *view) table() string { return rsql.Name{Schema: v.schema, Name: v.name}.String() }

// incoming is the name of the temporary table for the records of a refresh.
const incoming = "pg_temp.incoming"

// createIncoming creates the table incoming until the end of the transaction.
const createIncoming = "CREATE TEMPORARY TABLE incoming (" + rsql.StreamColumns + ") ON COMMIT DROP"

// allowChange allows changes to the rows of streaming views until the end of the
// transaction.
const allowChange = "SET LOCAL redshift.refreshing = on"

// findView returns the streaming view with a name, or nil if it doesn't exist.
func findView(ctx context.Context, conn *pgx.Conn, name rsql.Name) (*view, error) {
	list, err := findViews(ctx, conn, "v.relation = to_regclass($1)", name.String())
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// findViews returns the streaming views that meet an SQL condition, sorted by name.
func findViews(ctx context.Context, conn *pgx.Conn, condition string, args ...any) ([]*view, error) {
	rows, err := conn.Query(ctx, `SELECT v.relation, n.nspname, c.relname, e.nspname, v.stream, v.query, v.auto_refresh
		FROM pg_streaming.view v JOIN pg_class c ON c.oid = v.relation JOIN pg_namespace n ON n.oid = c.relnamespace
		JOIN pg_namespace e ON e.oid = v.external_schema
		WHERE `+condition+` ORDER BY 2, 3`, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (*view, error) {
		v := &view{}
		return v, r.Scan(&v.oid, &v.schema, &v.name, &v.externalSchema, &v.stream, &v.query, &v.autoRefresh)
	})
}

// createView creates a materialized view. If its query reads a stream, the view is a
// streaming view.
func (s *session) createView(ctx context.Context, st rsql.CreateMaterializedView) error {
	external, _, err := s.names(ctx)
	if err != nil {
		return err
	}
	if streams := streamsOf(st.Query, external); len(streams) > 0 {
		return s.createStreamingView(ctx, st, streams[0])
	}
	return s.createViewOverRelations(ctx, st)
}

// createViewOverRelations creates a materialized view that reads tables or other views. It
// is a materialized view in PostgreSQL, too.
func (s *session) createViewOverRelations(ctx context.Context, st rsql.CreateMaterializedView) error {
	if st.AutoRefresh {
		readsView, err := s.readsView(ctx, st.Query)
		if err != nil {
			return err
		}
		if readsView {
			return errorf(codeUnsupported, "Auto-refresh is not supported for materialized views defined on other materialized views.")
		}
		return errorf(codeUnsupported, "the local twin doesn't run AUTO REFRESH YES on a materialized view over tables; use REFRESH MATERIALIZED VIEW")
	}
	env, err := s.env(ctx, st.Query)
	if err != nil {
		return err
	}
	sql, err := st.Query.Rewrite(env)
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, s.conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "CREATE MATERIALIZED VIEW "+st.Name.String()+" AS "+sql); err != nil {
			return err
		}
		return s.createAttributes(ctx, st.Name, st.Attributes)
	})
}

// readsView reports whether a query reads a materialized view.
func (s *session) readsView(ctx context.Context, q *rsql.Query) (bool, error) {
	for _, r := range q.Relations {
		var isView bool
		err := s.conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_class c LEFT JOIN pg_streaming.view v ON v.relation = c.oid
			WHERE c.oid = to_regclass($1) AND (c.relkind = 'm' OR v.relation IS NOT NULL))`, r.Name.String()).Scan(&isView)
		if err != nil || isView {
			return isView, err
		}
	}
	return false, nil
}

// createStreamingView creates a streaming view. The view is empty until its first refresh.
func (s *session) createStreamingView(ctx context.Context, st rsql.CreateMaterializedView, stream rsql.Relation) error {
	sql, err := st.Query.RewriteStream(rsql.Env{Options: s.options}, incoming)
	if err != nil {
		return err
	}
	if err := s.mayUse(ctx, stream.Schema); err != nil {
		return err
	}
	if _, err := s.db.engine.streams.Shards(stream.Name.Name); err != nil {
		return errorf(codeUndefined, "stream %q of external schema %q not found: %v", stream.Name.Name, stream.Schema, err)
	}
	err = pgx.BeginFunc(ctx, s.conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, createIncoming); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "CREATE TABLE "+st.Name.String()+" AS "+sql+" WITH NO DATA"); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "CREATE TRIGGER refuse_change BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON "+st.Name.String()+
			" EXECUTE FUNCTION pg_streaming.refuse_change()"); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "INSERT INTO pg_streaming.view VALUES ($1::regclass, $2::regnamespace, $3, $4, $5)",
			st.Name.String(), rsql.QuoteIdent(stream.Schema), stream.Name.Name, sql, st.AutoRefresh); err != nil {
			return err
		}
		return s.createAttributes(ctx, st.Name, st.Attributes)
	})
	if err != nil || !st.AutoRefresh {
		return err
	}
	v, err := findView(ctx, s.conn, st.Name)
	if err != nil || v == nil {
		return err
	}
	s.db.watch(v)
	return nil
}

// alterView changes a materialized view's attributes.
func (s *session) alterView(ctx context.Context, st rsql.AlterMaterializedView) error {
	v, err := findView(ctx, s.conn, st.Name)
	if err != nil {
		return err
	}
	if v == nil {
		return s.alterViewOverRelations(ctx, st)
	}
	if st.Attributes != nil {
		return pgx.BeginFunc(ctx, s.conn, func(pgx.Tx) error { return s.changeAttributes(ctx, st.Name, *st.Attributes) })
	}
	_, err = s.conn.Exec(ctx, "UPDATE pg_streaming.view SET auto_refresh = $2 WHERE relation = $1", v.oid, *st.AutoRefresh)
	if err != nil {
		return err
	}
	if *st.AutoRefresh {
		s.db.watch(v)
	} else {
		s.db.unwatch(v.oid)
	}
	return nil
}

// alterViewOverRelations changes the attributes of a view that reads no stream.
func (s *session) alterViewOverRelations(ctx context.Context, st rsql.AlterMaterializedView) error {
	var kind string
	err := s.conn.QueryRow(ctx, "SELECT relkind::text FROM pg_class WHERE oid = $1::regclass", st.Name.String()).Scan(&kind)
	switch {
	case err != nil:
		return err
	case kind != "m":
		return errorf(codeWrongObject, "%q is not a materialized view", st.Name.Name)
	case st.Attributes == nil && *st.AutoRefresh:
		return errorf(codeUnsupported, "the local twin doesn't run AUTO REFRESH YES on a materialized view that reads no stream; use REFRESH MATERIALIZED VIEW")
	case st.Attributes == nil:
		return nil // auto refresh is always off
	}
	return pgx.BeginFunc(ctx, s.conn, func(pgx.Tx) error { return s.changeAttributes(ctx, st.Name, *st.Attributes) })
}

// refreshView runs REFRESH MATERIALIZED VIEW.
func (s *session) refreshView(ctx context.Context, name rsql.Name) error {
	v, err := findView(ctx, s.conn, name)
	if err != nil {
		return err
	}
	if v == nil {
		_, err := s.conn.Exec(ctx, "REFRESH MATERIALIZED VIEW "+name.String())
		return err
	}
	return s.refresh(ctx, v, manual)
}

// dropViews drops materialized views.
func (s *session) dropViews(ctx context.Context, st rsql.DropMaterializedView) error {
	return pgx.BeginFunc(ctx, s.conn, func(tx pgx.Tx) error {
		for _, name := range st.Names {
			v, err := findView(ctx, s.conn, name)
			if err != nil {
				return err
			}
			if v != nil {
				if err := s.dropView(ctx, v, st.Cascade); err != nil {
					return err
				}
				continue
			}
			exists, behavior := "", ""
			if st.IfExists {
				exists = "IF EXISTS "
			}
			if st.Cascade {
				behavior = " CASCADE"
			}
			if _, err := tx.Exec(ctx, "DROP MATERIALIZED VIEW "+exists+name.String()+behavior); err != nil {
				return err
			}
		}
		return nil
	})
}

// dropView drops a streaming view in the current transaction. Its automatic refreshes end
// when the transaction is committed.
func (s *session) dropView(ctx context.Context, v *view, cascade bool) error {
	sql := "DROP TABLE " + v.table()
	if cascade {
		sql += " CASCADE"
	}
	if _, err := s.conn.Exec(ctx, sql); err != nil {
		return viewError(err)
	}
	s.after = append(s.after, func() { s.db.unwatch(v.oid) })
	_, err := s.conn.Exec(ctx, "DELETE FROM pg_streaming.view WHERE relation = $1", v.oid)
	if err != nil {
		return fmt.Errorf("delete the data of view %q: %w", v.name, err)
	}
	return nil
}
