package sqlengine

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/tributary-cdk/tributary/internal/twin/account"
	"github.com/tributary-cdk/tributary/internal/twin/sqlengine/rsql"
)

// areRoles reports whether a text is a role's ARN, or a chain of such ARNs that are
// separated by commas without spaces. IAM_ROLE accepts these and the word default.
//
// Source: https://docs.aws.amazon.com/redshift/latest/mgmt/authorizing-redshift-service.html
func areRoles(text string) bool {
	for role := range strings.SplitSeq(text, ",") {
		if !account.IsRoleARN(role) {
			return false
		}
	}
	return true
}

// createExternalSchema creates an external schema. It is an empty schema in PostgreSQL, too,
// so that the catalog lists it and statements can grant privileges on it.
func (s *session) createExternalSchema(ctx context.Context, st rsql.CreateExternalSchema) error {
	if st.Role != "default" && !areRoles(st.Role) {
		return errorf("22023", "IAM_ROLE %q is invalid: use the ARN of an IAM role, or default", st.Role)
	}
	if roles := s.db.engine.roles; roles != nil {
		if err := roles.Attached(s.db.cluster.ID, st.Role); err != nil {
			return errorf("42501", "%v", err)
		}
	}
	err := pgx.BeginFunc(ctx, s.conn, func(tx pgx.Tx) error {
		if st.IfNotExists {
			var exists bool
			err := tx.QueryRow(ctx, "SELECT to_regnamespace($1) IS NOT NULL", rsql.QuoteIdent(st.Name)).Scan(&exists)
			if err != nil || exists {
				return err
			}
		}
		if _, err := tx.Exec(ctx, "CREATE SCHEMA "+rsql.QuoteIdent(st.Name)); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "INSERT INTO pg_streaming.external_schema VALUES ($1::regnamespace, $2, $3)",
			rsql.QuoteIdent(st.Name), st.Role, st.Region)
		return err
	})
	if st.IfNotExists && alreadyExists(err) {
		return nil
	}
	return err
}

// mayRead returns an error if the role of an external schema may not read a stream.
func (s *session) mayRead(ctx context.Context, externalSchema, stream string) error {
	roles := s.db.engine.roles
	if roles == nil {
		return nil
	}
	var role string
	err := s.conn.QueryRow(ctx, "SELECT role FROM pg_streaming.external_schema WHERE schema = to_regnamespace($1)", rsql.QuoteIdent(externalSchema)).Scan(&role)
	if err != nil {
		return err
	}
	if err := roles.MayRead(s.db.cluster.ID, role, stream); err != nil {
		return errorf("42501", "%v", err)
	}
	return nil
}

// dropSchema drops schemas and external schemas. With CASCADE, it also drops the streaming
// views that read a stream through an external schema, and those in a schema.
func (s *session) dropSchema(ctx context.Context, st rsql.DropSchema) error {
	return s.inTx(ctx, func() error {
		for _, name := range st.Names {
			if err := s.dropOneSchema(ctx, name, st); err != nil {
				return fmt.Errorf("drop schema: %w", err)
			}
		}
		return nil
	})
}

func (s *session) dropOneSchema(ctx context.Context, name string, st rsql.DropSchema) error {
	dependents, err := findViews(ctx, s.conn, `v.external_schema = to_regnamespace($1) OR c.relnamespace = to_regnamespace($1)`, rsql.QuoteIdent(name))
	if err != nil {
		return err
	}
	if len(dependents) > 0 && !st.Cascade {
		e := errorf(codeDependents, "cannot drop schema %s because other objects depend on it", name)
		for i, v := range dependents {
			if i > 0 {
				e.Detail += "\n"
			}
			e.Detail += fmt.Sprintf("materialized view %s.%s depends on schema %s", v.schema, v.name, name)
		}
		e.Hint = "Use DROP ... CASCADE to drop the dependent objects too."
		return e
	}
	for _, v := range dependents {
		if err := s.dropView(ctx, v, true); err != nil {
			return err
		}
	}
	if _, err := s.conn.Exec(ctx, "DELETE FROM pg_streaming.external_schema WHERE schema = to_regnamespace($1)", rsql.QuoteIdent(name)); err != nil {
		return err
	}
	exists, behavior := "", ""
	if st.IfExists {
		exists = "IF EXISTS "
	}
	if st.Cascade {
		behavior = " CASCADE"
	}
	_, err = s.conn.Exec(ctx, "DROP SCHEMA "+exists+rsql.QuoteIdent(name)+behavior)
	return err
}

// inTx runs f in a new transaction. In a batch, it runs f in the batch's transaction.
func (s *session) inTx(ctx context.Context, f func() error) error {
	if s.batch {
		return f()
	}
	return pgx.BeginFunc(ctx, s.conn, func(pgx.Tx) error { return f() })
}

// noRows reports whether err says that a query returned no row.
func noRows(err error) bool { return errors.Is(err, pgx.ErrNoRows) }
