package sqlengine

import (
	"cmp"
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/tributary-cdk/tributary/internal/twin/sqlengine/rsql"
)

// attributes are what the twin remembers of a relation's DISTSTYLE, DISTKEY,
// SORTKEY and BACKUP; keys are columns' names.
type attributes struct {
	backup    bool
	distStyle string
	distKey   string
	sortStyle string
	sortKey   []string
}

// remember keeps the attributes of a relation just made, in its transaction.
func (s *session) remember(ctx context.Context, name rsql.Name, a rsql.Attributes) error {
	kept := attributes{backup: !a.NoBackup, distStyle: "even", sortKey: []string{}}
	if err := s.apply(ctx, name, a, &kept); err != nil {
		return err
	}
	return s.keep(ctx, name, kept)
}

// change applies the changed attributes a to a relation.
func (s *session) change(ctx context.Context, name rsql.Name, a rsql.Attributes) error {
	kept, err := s.attributes(ctx, name)
	if err != nil {
		return err
	}
	if a.DistStyle != "" && a.DistKey == nil {
		kept.distKey = ""
	}
	if err := s.apply(ctx, name, a, &kept); err != nil {
		return err
	}
	return s.keep(ctx, name, kept)
}

// apply puts what a has into kept, columns by name.
func (s *session) apply(ctx context.Context, name rsql.Name, a rsql.Attributes, kept *attributes) error {
	rows, err := s.conn.Query(ctx, "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum", name.String())
	if err != nil {
		return err
	}
	columns, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	if a.DistKey != nil {
		if kept.distKey, err = resolve(*a.DistKey, columns); err != nil {
			return err
		}
		kept.distStyle = cmp.Or(a.DistStyle, "key")
	} else if a.DistStyle != "" {
		kept.distStyle = a.DistStyle
	}
	if a.SortStyle != "" {
		kept.sortStyle, kept.sortKey = a.SortStyle, []string{}
		for _, k := range a.SortKey {
			column, err := resolve(k, columns)
			if err != nil {
				return err
			}
			kept.sortKey = append(kept.sortKey, column)
		}
	}
	return nil
}

// resolve returns the column that a key names.
func resolve(k rsql.Key, columns []string) (string, error) {
	if k.Ordinal > len(columns) {
		return "", errorf(codeNoColumn, "key column %d does not exist: the relation has %d", k.Ordinal, len(columns))
	}
	if k.Ordinal > 0 {
		return columns[k.Ordinal-1], nil
	}
	for _, c := range columns {
		if c == k.Name {
			return c, nil
		}
	}
	return "", errorf(codeNoColumn, "column %q named in key does not exist", k.Name)
}

// keep stores attributes.
func (s *session) keep(ctx context.Context, name rsql.Name, a attributes) error {
	_, err := s.conn.Exec(ctx, `INSERT INTO pg_streaming.attributes VALUES ($1::regclass, $2, $3, $4, $5, $6)
		ON CONFLICT (relation) DO UPDATE SET backup = excluded.backup, dist_style = excluded.dist_style,
		dist_key = excluded.dist_key, sort_style = excluded.sort_style, sort_key = excluded.sort_key`,
		name.String(), a.backup, a.distStyle, a.distKey, a.sortStyle, a.sortKey)
	return err
}

// attributes returns what is remembered of a relation, which must exist.
func (s *session) attributes(ctx context.Context, name rsql.Name) (attributes, error) {
	a := attributes{backup: true, distStyle: "even", sortKey: []string{}}
	err := s.conn.QueryRow(ctx, "SELECT backup, dist_style, dist_key, sort_style, sort_key FROM pg_streaming.attributes WHERE relation = $1::regclass", name.String()).
		Scan(&a.backup, &a.distStyle, &a.distKey, &a.sortStyle, &a.sortKey)
	if noRows(err) {
		return a, nil
	}
	return a, err
}
