package sqlengine

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/tributary-cdk/tributary/internal/twin/sqlengine/rsql"
)

// env returns what rsql needs to know about the database to rewrite a query. It returns an
// error if the query reads a stream.
func (s *session) env(ctx context.Context, q *rsql.Query) (rsql.Env, error) {
	env := rsql.Env{Options: s.options, Supers: map[string]bool{}, HiddenDependents: s.db.engine.strict.HiddenDependents, Database: s.db.name, ServerDatabase: s.db.pgName}
	if len(q.Relations) == 0 {
		return env, nil
	}
	external, supers, err := s.names(ctx)
	if err != nil {
		return env, err
	}
	if streams := streamsOf(q, external); len(streams) > 0 {
		return env, errorf(codeUnsupported, "the stream %q.%q can be read in the definition of a materialized view only", streams[0].Schema, streams[0].Name.Name)
	}
	env.Supers = supers
	return env, nil
}

// names returns the names of all external schemas and of all SUPER columns. It uses a single
// query to save time, since it runs before each query of a user.
func (s *session) names(ctx context.Context) (external, supers map[string]bool, err error) {
	rows, err := s.conn.Query(ctx, `SELECT true, n.nspname FROM pg_streaming.external_schema e JOIN pg_namespace n ON n.oid = e.schema
		UNION ALL SELECT DISTINCT false, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
		WHERE a.atttypid IN ('super'::regtype, 'jsonb'::regtype) AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'pg_streaming'::regnamespace)`)
	if err != nil {
		return nil, nil, err
	}
	external, supers = map[string]bool{}, map[string]bool{}
	var isSchema bool
	var name string
	_, err = pgx.ForEachRow(rows, []any{&isSchema, &name}, func() error {
		if isSchema {
			external[name] = true
		} else {
			supers[name] = true
		}
		return nil
	})
	return external, supers, err
}

// streamsOf returns the relations of a query that are streams: those in an external schema.
func streamsOf(q *rsql.Query, external map[string]bool) []rsql.Relation {
	var list []rsql.Relation
	for _, r := range q.Relations {
		if external[r.Schema] {
			list = append(list, r)
		}
	}
	return list
}
