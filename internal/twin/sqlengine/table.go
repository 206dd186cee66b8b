package sqlengine

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/tributary-cdk/tributary/internal/twin/sqlengine/rsql"
)

// createTable creates a table from a list of columns or from a query.
func (s *session) createTable(ctx context.Context, st rsql.CreateTable) (Result, error) {
	create := "CREATE TABLE "
	if st.Temp {
		create = "CREATE TEMPORARY TABLE "
	}
	if st.IfNotExists {
		var exists bool
		err := s.conn.QueryRow(ctx, "SELECT to_regclass($1) IS NOT NULL", st.Name.String()).Scan(&exists)
		if err != nil || exists {
			return Result{}, err
		}
		create += "IF NOT EXISTS "
	}
	sql := create + st.Name.String()
	if st.Query != nil {
		env, err := s.env(ctx, st.Query)
		if err != nil {
			return Result{}, err
		}
		selected, err := st.Query.Rewrite(env)
		if err != nil {
			return Result{}, err
		}
		if st.Columns != "" {
			sql += " (" + st.Columns + ")"
		}
		sql += " AS " + selected
	} else {
		sql += " (" + st.Body + ")"
	}
	var r Result
	err := s.inTx(ctx, func() error {
		tag, err := s.conn.Exec(ctx, sql)
		if err != nil {
			return err
		}
		r.RowsAffected = tag.RowsAffected()
		if st.Like != nil {
			a, err := s.attributes(ctx, *st.Like)
			if err != nil {
				return err
			}
			return s.storeAttributes(ctx, st.Name, a)
		}
		return s.createTableAttributes(ctx, st)
	})
	if st.IfNotExists && !s.batch && alreadyExists(err) {
		return Result{}, nil
	}
	return r, err
}

// createTableAttributes stores the attributes of a new table if the statement has any. Users
// who can't write to pg_streaming can create tables without attributes only.
func (s *session) createTableAttributes(ctx context.Context, st rsql.CreateTable) error {
	a := st.Attributes
	if a.DistStyle == "" && a.DistKey == nil && a.SortStyle == "" && !a.NoBackup {
		return nil
	}
	return s.createAttributes(ctx, st.Name, a)
}

// appendTable moves the rows of a table or view to another table. Both must have the same
// columns, distribution keys and sort keys.
func (s *session) appendTable(ctx context.Context, st rsql.AppendTable) (Result, error) {
	if target, err := findView(ctx, s.conn, st.Target); err != nil || target != nil {
		return Result{}, firstError(err, errorf(codeWrongObject, "cannot change materialized view %q", st.Target.Name))
	}
	var r Result
	err := pgx.BeginFunc(ctx, s.conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "LOCK TABLE "+st.Target.String()+", "+st.From.String()+" IN EXCLUSIVE MODE"); err != nil {
			return err
		}
		if err := s.checkAppend(ctx, st); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, allowChange); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, "INSERT INTO "+st.Target.String()+" SELECT * FROM "+st.From.String())
		if err != nil {
			return err
		}
		r.RowsAffected = tag.RowsAffected()
		_, err = tx.Exec(ctx, "TRUNCATE "+st.From.String())
		return err
	})
	return r, err
}

// checkAppend returns an error if the source and the target of an append have different
// columns or keys.
func (s *session) checkAppend(ctx context.Context, st rsql.AppendTable) error {
	const columns = `SELECT string_agg(quote_ident(attname) || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum)
		FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped`
	var want, got string
	if err := s.conn.QueryRow(ctx, columns, st.Target.String()).Scan(&want); err != nil {
		return err
	}
	if err := s.conn.QueryRow(ctx, columns, st.From.String()).Scan(&got); err != nil {
		return err
	}
	if want != got {
		return &Error{Code: codeMismatch, Message: "Columns of the source and the target table differ", Detail: "target: " + want + "\nsource: " + got}
	}
	target, err := s.attributes(ctx, st.Target)
	if err != nil {
		return err
	}
	source, err := s.attributes(ctx, st.From)
	if err != nil {
		return err
	}
	if target.distStyle != source.distStyle || target.distKey != source.distKey {
		return errorf(codeMismatch, "Distribution of the source and the target table differ: target %s %q, source %s %q", target.distStyle, target.distKey, source.distStyle, source.distKey)
	}
	if target.sortStyle != source.sortStyle || !slices.Equal(target.sortKey, source.sortKey) {
		return errorf(codeMismatch, "Sort keys of the source and the target table differ: target %q, source %q", target.sortKey, source.sortKey)
	}
	return nil
}

// firstError returns err, and other if err is nil.
func firstError(err, other error) error {
	if err != nil {
		return err
	}
	return other
}
